// Interval arithmetic. Floats round to nearest, which keeps order: a sum or product of bounds, rounded as the kernel
// rounds, bounds the rounded sums and products between them.
#include "compiler/passes/ranges.h"

#include <algorithm>
#include <cmath>

namespace rec::passes {
namespace {

using graph::ExprId;
using graph::Node;
using graph::Op;
using types::Kind;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

Range exactly(float value) {
  const auto wide = static_cast<double>(value);
  if (std::isnan(value)) return {};
  return {.low = wide, .high = wide, .nan = false, .minus_zero = value == 0 && std::signbit(value)};
}
Range between(double low, double high, bool nan = false, bool minus_zero = false) {
  return {.low = low, .high = high, .nan = nan, .minus_zero = minus_zero};
}
Range either(const Range& a, const Range& b) {
  return {.low = std::min(a.low, b.low),
          .high = std::max(a.high, b.high),
          .nan = a.nan || b.nan,
          .minus_zero = a.minus_zero || b.minus_zero};
}
double as_float(double wide) {
  return static_cast<double>(static_cast<float>(wide));
}

/// A bound of ints in double, where it is not exact rounded outwards.
double below(int64_t value) {
  const auto wide = static_cast<double>(value);
  return std::abs(wide) <= 0x1p53 ? wide : std::nextafter(wide, -kInfinity);
}
double above(int64_t value) {
  const auto wide = static_cast<double>(value);
  return std::abs(wide) <= 0x1p53 ? wide : std::nextafter(wide, kInfinity);
}
/// Ints are bounded, and no NaN or -0.0 is among them.
Range whole(const Range& x) {
  return between(std::max(x.low, below(INT64_MIN)), std::min(x.high, above(INT64_MAX)));
}

Range rounded(const Range& ints) {
  return between(as_float(ints.low), as_float(ints.high));
}

/// Of a node whose arguments' ranges are known.
class Deduction {
 public:
  Deduction(const graph::Plan& plan, const graph::Exprs& exprs, const std::vector<Range>& known)
      : plan_(plan), exprs_(exprs), known_(known) {}

  Range of(const Node& node) const {
    const bool number = node.type.kind == Kind::integer || node.type.kind == Kind::floating;
    if (!number) return {};
    switch (node.op) {
      case Op::constant:
        return constant(node);
      case Op::parameter:
        return parameter(plan_.parameters[node.index]);
      case Op::length:
      case Op::sequence_count:
      case Op::channel_count:
        return between(0, above(INT64_MAX));
      case Op::to_float:
        return rounded(whole(arg(node, 0)));
      case Op::make_optional:
        return arg(node, 0);
      case Op::assume_present:  // zero where nothing is present
        return either(arg(node, 0), between(0, 0));
      case Op::coalesce:
        return either(arg(node, 0), arg(node, 1));
      case Op::choose:
        return either(arg(node, 1), arg(node, 2));
      case Op::call:
        return node.type.kind == Kind::floating ? floating(node) : integer(node);
      default:
        return node.type.kind == Kind::integer ? whole({}) : Range{};
    }
  }

 private:
  const Range& arg(const Node& node, size_t i) const { return known_[node.args[i]]; }

  static Range constant(const Node& node) {
    if (const auto* real = std::get_if<float>(&node.value)) return exactly(*real);
    const auto* integer = std::get_if<int64_t>(&node.value);
    return integer == nullptr ? Range{} : between(below(*integer), above(*integer));
  }
  static Range parameter(const graph::Parameter& parameter) {
    Range out;
    if (parameter.type.kind == Kind::integer) {
      if (parameter.low) out.low = below(std::get<int64_t>(*parameter.low));
      if (parameter.high) out.high = above(std::get<int64_t>(*parameter.high));
      return whole(out);
    }
    if (parameter.low) out.low = static_cast<double>(std::get<float>(*parameter.low));
    if (parameter.high) out.high = static_cast<double>(std::get<float>(*parameter.high));
    out.nan = !parameter.low && !parameter.high;  // NaN is within no bounds
    out.minus_zero = out.low <= 0 && out.high >= 0;
    return out;
  }

  /// Of ints that do not wrap around; min, max and their like.
  Range integer(const Node& node) const {
    const std::string& name = node.def->name;
    const Range x = whole(arg(node, 0));
    if (node.args.size() == 1) {
      const bool magnitude = name == "abs" && x.low > -0x1p63;
      return magnitude ? between(0, above(INT64_MAX)) : name == "sign" ? between(-1, 1) : whole({});
    }
    const Range y = whole(arg(node, 1));
    if (name == "min") return between(std::min(x.low, y.low), std::min(x.high, y.high));
    if (name == "max") return between(std::max(x.low, y.low), std::max(x.high, y.high));
    return whole({});
  }

  Range floating(const Node& node) const {
    const std::string& name = node.def->name;
    const auto& first = exprs_[node.args[0]].type;
    if (first.kind == Kind::duration && node.args.size() == 1) return whole({});
    const bool numbers = first.kind == Kind::integer || first.kind == Kind::floating;
    if (!numbers || node.args.size() > 2) return {};
    if (name == "float") return first.kind == Kind::integer ? rounded(whole(arg(node, 0))) : arg(node, 0);
    if (node.args.size() == 1) return of_one(name, arg(node, 0));
    return of_two(name, arg(node, 0), arg(node, 1), node.args[0] == node.args[1]);
  }

  static Range of_one(const std::string& name, const Range& x) {
    if (name == "negate") return between(-x.high, -x.low, x.nan, x.low <= 0 && x.high >= 0);
    if (name == "abs") {
      const double least = x.low <= 0 && x.high >= 0 ? 0 : std::min(std::abs(x.low), std::abs(x.high));
      return between(least, std::max(std::abs(x.low), std::abs(x.high)), x.nan);
    }
    if (name == "sigmoid") return between(0, 1, x.nan);
    if (name == "tanh") return between(-1, 1, x.nan, x.minus_zero || x.low < 0);
    if (name == "exp") return between(0, x.high <= 80 ? 1e35 : kInfinity, x.nan);
    if (name == "log1p" && x.low >= 0) return between(0, std::isfinite(x.high) ? 89 : kInfinity, x.nan, x.minus_zero);
    if (name == "sqrt" && x.low >= 0)
      return between(0, std::isfinite(x.high) ? 1.9e19 : kInfinity, x.nan, x.minus_zero);
    return {};
  }

  static Range of_two(const std::string& name, const Range& x, const Range& y, bool same) {
    if (name == "+") return sum(x, y);
    if (name == "-") return sum(x, between(-y.high, -y.low, y.nan, y.low <= 0 && y.high >= 0));
    if (name == "*") return product(x, y, same);
    if (name == "/" && y.low > 0 && y.finite()) return quotient(x, y);
    if (name == "min")
      return between(std::min(x.low, y.low), std::min(x.high, y.high), x.nan || y.nan, x.minus_zero || y.minus_zero);
    if (name == "max")
      return between(std::max(x.low, y.low), std::max(x.high, y.high), x.nan || y.nan, x.minus_zero || y.minus_zero);
    return {};
  }

  /// -0.0 comes of two of it alone; infinities of two signs make NaN.
  static Range sum(const Range& x, const Range& y) {
    const bool opposed = (x.high == kInfinity && y.low == -kInfinity) || (x.low == -kInfinity && y.high == kInfinity);
    if (opposed) return between(-kInfinity, kInfinity, true, x.minus_zero && y.minus_zero);
    return between(as_float(x.low + y.low), as_float(x.high + y.high), x.nan || y.nan, x.minus_zero && y.minus_zero);
  }
  /// -0.0 comes of a negative factor, or of -0.0; what is at least 1 makes no zero of what is none.
  static Range product(const Range& x, const Range& y, bool same) {
    const bool positive = (x.unsigned_only() && y.unsigned_only()) || same;  // x * x is never below 0.0
    const bool scales = (x.low >= 1 && !y.minus_zero) || (y.low >= 1 && !x.minus_zero);
    const bool minus_zero = !positive && !scales;
    if (!x.finite() || !y.finite()) return between(-kInfinity, kInfinity, true, minus_zero);
    return corners(x, y, [](double a, double b) { return a * b; }, minus_zero);
  }
  /// Below the smallest normal float a quotient may be rounded twice.
  static Range quotient(const Range& x, const Range& y) {
    if (!x.finite()) return {};
    constexpr double kNormal = std::numeric_limits<float>::min();
    Range out = corners(x, y, [](double a, double b) { return a / b; }, !x.unsigned_only());
    if (std::abs(out.low) < kNormal) out.low = out.low < 0 ? -kNormal : 0;
    if (std::abs(out.high) < kNormal) out.high = out.high > 0 ? kNormal : 0;
    return out;
  }
  template <typename Operation>
  static Range corners(const Range& x, const Range& y, Operation operation, bool minus_zero) {
    const double all[] = {as_float(operation(x.low, y.low)), as_float(operation(x.low, y.high)),
                          as_float(operation(x.high, y.low)), as_float(operation(x.high, y.high))};
    return between(*std::ranges::min_element(all), *std::ranges::max_element(all), false, minus_zero);
  }

  const graph::Plan& plan_;
  const graph::Exprs& exprs_;
  const std::vector<Range>& known_;
};

}  // namespace

bool Range::finite() const {
  return !nan && std::isfinite(low) && std::isfinite(high);
}

Range Ranges::of(const graph::Exprs& exprs, ExprId id) {
  while (known_.size() <= id) {  // arguments stand before their users
    const auto next = static_cast<ExprId>(known_.size());
    known_.push_back(Deduction(plan_, exprs, known_).of(exprs[next]));
  }
  return known_[id];
}

}  // namespace rec::passes
