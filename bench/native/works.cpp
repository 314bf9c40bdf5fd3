// The works, as text.
#include "bench/native/works.h"

#include <fmt/format.h>

#include "bench/native/world.h"

namespace rec::bench {
namespace {

constexpr const char* kFusion = "p * (1 + 2 * l + 3 * c + 1.5 * s)";

/// The same with the columns as Rec names them.
std::string of_items(const std::string& formula) {
  std::string out;
  for (const char c : formula)
    out += std::string_view("plcs").find(c) == std::string_view::npos ? std::string(1, c) : std::string("item.") + c;
  return out;
}

std::string pipeline(const std::string& steps) {
  return "pipeline work(user: users, item: notes) {\n  recall { all = items take 1000000 }\n" + steps +
         "  emit value\n}\n";
}

constexpr const char* kConditions = R"(  where age(item.created_at) < 30d
  where item.category in {}
  where item.price < 8000
)";

}  // namespace

const Work& fusion() {
  static const Work work{.kind = Kind::fusion,
                         .name = "fusion",
                         .says = kFusion,
                         .formula = kFusion,
                         .pipeline = pipeline(fmt::format("  let value = {}\n", of_items(kFusion)))};
  return work;
}

const Work& powers() {
  static const Work work{
      .kind = Kind::powers,
      .name = "powers",
      .says = "p^0.7 * l^0.2 * s^1.3",
      .formula = "p^0.699999988079071 * l^0.200000002980232 * s^1.29999995231628",  // those numbers as floats
      .pipeline = pipeline("  let value = item.p ** 0.7 * item.l ** 0.2 * item.s ** 1.3\n")};
  return work;
}

const Work& filter() {
  static const Work work{
      .kind = Kind::filter,
      .name = "filter",
      .says = "age < 30d, category in a set of eight, price < x; the fusion; top 300",
      .formula = kFusion,
      .pipeline = pipeline(fmt::format(kConditions, kCategories) +
                           fmt::format("  let value = {}\n  top 300 by value\n", of_items(kFusion)))};
  return work;
}

const Work& clicks() {
  static const Work work{
      .kind = Kind::clicks,
      .name = "clicks",
      .says = "the same, level >= 2, language in the user's; times 1 + 0.1 * clicks of the topic among the last 100",
      .formula = {},
      .pipeline = pipeline(
          fmt::format(kConditions, kCategories) +
          "  where item.level >= 2\n"
          "  where item.language in user.languages\n"
          "  let clicked = user.clicks.last(100).count(e => e.item.topic == item.topic)\n" +
          fmt::format("  let value = {} * (1 + 0.1 * float(clicked))\n  top 300 by value\n", of_items(kFusion)))};
  return work;
}

Work formula(size_t operations) {
  constexpr std::string_view kColumns = "plcs";
  std::string text = "p";
  for (size_t i = 0; i < operations; ++i) {
    // Products of two columns with a number of their own each, a float exactly, added up.
    const bool adds = i % 3 == 2;
    text += adds ? fmt::format(" + {:.10f}", static_cast<double>(i + 9) / 1024)
                 : fmt::format(" * {}", kColumns[(i * 7 + i / 3) % 4]);
  }
  return {.kind = Kind::formula,
          .name = fmt::format("formula_{}", operations),
          .says = fmt::format("a formula of {} operations", operations),
          .formula = text,
          .pipeline = pipeline(fmt::format("  let value = {}\n", of_items(text)))};
}

}  // namespace rec::bench
