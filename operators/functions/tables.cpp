// bucket and interpolate: functions given by lists of points.
#include <algorithm>

#include "operators/functions/signature.h"
#include "operators/list.h"
#include "operators/numerics/exp.h"

namespace rec::operators {

namespace {

// ---- bucket

template <typename T>
void bucket_kernel(const KernelCall& call) {
  const T* x = call.args[0].as<T>();
  const auto* bounds = call.args[1].as<column::ListRef>();
  int64_t* out = call.result<int64_t>();
  for (size_t i = 0; i < call.n; ++i) {
    const auto list = bounds[i].as<T>();
    out[i] = std::lower_bound(list.begin(), list.end(), x[i]) - list.begin();
  }
}

template <typename T>
bool ascending(const types::Value& value) {
  const auto* list = std::get_if<std::vector<T>>(&value);
  if (list == nullptr) return true;
  return std::adjacent_find(list->begin(), list->end(), [](T a, T b) { return !(a < b); }) == list->end();
}
bool ascending(const std::optional<types::Value>& value) {
  return !value || (ascending<int64_t>(*value) && ascending<float>(*value));
}

std::string check_bucket(std::span<const std::optional<types::Value>> arguments) {
  return arguments.size() < 2 || ascending(arguments[1]) ? std::string() : "the bounds of `bucket` must ascend";
}

template <typename T>
Overload bucket_of() {
  return {.parameters = {T::type(), types::list(T::type().kind)},
          .result = types::integer(),
          .kernel = bucket_kernel<typename T::Physical>};
}

OperatorDef bucket() {
  OperatorDef def = function("bucket", "How many of the ascending bounds are below x; 0 for NaN.",
                             "let shelf = bucket(item.price, [1.0, 10.0, 100.0])",
                             {operand("x", "the value"), operand("bounds", "the bounds, ascending")},
                             {bucket_of<Int>(), bucket_of<Float>(), bucket_of<Duration>(), bucket_of<Time>()});
  std::get<FunctionDef>(def.what).check_constants = check_bucket;
  return def;
}

// ---- interpolate

/// In double, rounded once. Flat outside the points; NaN without points.
float interpolated(float x, std::span<const float> xs, std::span<const float> ys) {
  const size_t size = std::min(xs.size(), ys.size());
  if (size == 0 || x != x) return numerics::kNaN;
  const auto above =
      static_cast<size_t>(std::upper_bound(xs.begin(), xs.begin() + static_cast<ptrdiff_t>(size), x) - xs.begin());
  if (above == 0) return ys[0];
  if (above == size) return ys[size - 1];
  const auto x0 = static_cast<double>(xs[above - 1]), x1 = static_cast<double>(xs[above]);
  const auto y0 = static_cast<double>(ys[above - 1]), y1 = static_cast<double>(ys[above]);
  return static_cast<float>(y0 + (y1 - y0) * ((static_cast<double>(x) - x0) / (x1 - x0)));
}

void interpolate_kernel(const KernelCall& call) {
  const float* x = call.args[0].as<float>();
  const auto* xs = call.args[1].as<column::ListRef>();
  const auto* ys = call.args[2].as<column::ListRef>();
  float* out = call.result<float>();
  for (size_t i = 0; i < call.n; ++i) out[i] = interpolated(x[i], xs[i].as<float>(), ys[i].as<float>());
}

std::string check_interpolate(std::span<const std::optional<types::Value>> arguments) {
  if (arguments.size() < 3) return {};
  if (!ascending(arguments[1])) return "the xs of `interpolate` must ascend";
  if (!arguments[1] || !arguments[2]) return {};
  const auto* xs = std::get_if<std::vector<float>>(&*arguments[1]);
  const auto* ys = std::get_if<std::vector<float>>(&*arguments[2]);
  if (xs == nullptr || ys == nullptr) return {};
  if (xs->empty()) return "`interpolate` needs at least one point";
  return xs->size() == ys->size() ? std::string() : "the xs and ys of `interpolate` must be equally many";
}

OperatorDef interpolate() {
  const types::Type list = types::list(types::Kind::floating);
  OperatorDef def = function(
      "interpolate", "The line through points, at x; flat before the first and after the last.",
      "let curve = interpolate(item.price, [0.0, 100.0], [1.0, 0.5])",
      {operand("x", "where"), operand("xs", "the points' places, ascending"), operand("ys", "the points' values")},
      {{.parameters = {types::floating(), list, list}, .result = types::floating(), .kernel = interpolate_kernel}});
  std::get<FunctionDef>(def.what).check_constants = check_interpolate;
  return def;
}

}  // namespace

std::vector<OperatorDef> table_functions() {
  return {bucket(), interpolate()};
}

}  // namespace rec::operators
