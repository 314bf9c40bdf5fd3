// Durations as numbers, the parts of a time, age.
#include <chrono>
#include <string>

#include <cctz/civil_time.h>
#include <cctz/time_zone.h>

#include "operators/functions/signature.h"
#include "operators/list.h"

namespace rec::operators {

namespace {

template <int64_t Microseconds>
OperatorDef in_unit(std::string name, std::string word) {
  return function(name, "A duration in " + word + ", as a float.", "let shelf_time = age(item.created_at)." + name,
                  {operand("d", "the duration")}, {row_wise<Float(Duration), [](auto d) {
                    return form::narrow(form::to_double(d) / static_cast<double>(Microseconds));
                  }>()});
}

template <typename Part>
void civil_kernel(const KernelCall& call) {
  cctz::time_zone zone;
  cctz::load_time_zone(std::string(call.context->timezone), &zone);  // the catalog has checked the name; UTC otherwise
  const int64_t* time = call.args[0].as<int64_t>();
  int64_t* out = call.result<int64_t>();
  for (size_t i = 0; i < call.n; ++i) {
    const std::chrono::time_point<std::chrono::system_clock, std::chrono::microseconds> at{
        std::chrono::microseconds(time[i])};
    out[i] = Part::of(zone.lookup(std::chrono::floor<cctz::seconds>(at)).cs);
  }
}

struct Hour {
  static int64_t of(const cctz::civil_second& civil) { return civil.hour(); }
};
struct Weekday {
  static int64_t of(const cctz::civil_second& civil) {
    return static_cast<int64_t>(cctz::get_weekday(cctz::civil_day(civil))) + 1;  // cctz counts from Monday = 0
  }
};

template <typename Part>
OperatorDef civil_part(std::string name, std::string doc) {
  std::string example = "let at = request.now." + name;
  return function(std::move(name), std::move(doc), std::move(example), {operand("t", "the time")},
                  {{.parameters = {types::time()}, .result = types::integer(), .kernel = civil_kernel<Part>}});
}

}  // namespace

std::vector<OperatorDef> time_functions() {
  return {
      in_unit<1>("us", "microseconds"),
      in_unit<1'000>("ms", "milliseconds"),
      in_unit<1'000'000>("s", "seconds"),
      in_unit<60'000'000>("minutes", "minutes"),
      in_unit<3'600'000'000>("hours", "hours"),
      in_unit<86'400'000'000>("days", "days"),
      civil_part<Hour>("hour", "The hour of a time in the catalog's timezone, 0 to 23."),
      civil_part<Weekday>("weekday", "The weekday of a time in the catalog's timezone, 1 (Monday) to 7."),
      // No kernel: the checker writes `request.now - t` in its place.
      function("age", "How long ago a time is, at the time of the request.", "where age(item.created_at) < 30d",
               {operand("t", "the time")}, {{.parameters = {types::time()}, .result = types::duration()}}),
  };
}

}  // namespace rec::operators
