// Forms: what their operations mean, one value at a time.
#include "operators/form/form.h"

#include <bit>
#include <cassert>
#include <cmath>
#include <limits>

namespace rec::form {
namespace {

uint64_t of(float x) {
  return std::bit_cast<uint32_t>(x);
}
uint64_t of(double x) {
  return std::bit_cast<uint64_t>(x);
}
uint64_t of(bool x) {
  return x ? 1 : 0;
}
uint64_t of(int64_t x) {
  return static_cast<uint64_t>(x);
}

float f32(uint64_t bits) {
  return std::bit_cast<float>(static_cast<uint32_t>(bits));
}
double f64(uint64_t bits) {
  return std::bit_cast<double>(bits);
}
int64_t whole(Lane lane, uint64_t bits) {
  return lane == Lane::i32 ? int64_t{static_cast<int32_t>(bits)} : static_cast<int64_t>(bits);
}
uint64_t cut(Lane lane, uint64_t bits) {
  return lane == Lane::i64 || lane == Lane::f64 ? bits : lane == Lane::truth ? bits & 1 : bits & UINT32_MAX;
}

template <typename T>
uint64_t of_floats(Op op, T a, T b, T c) {
  switch (op) {
    case Op::add:
      return of(a + b);
    case Op::subtract:
      return of(a - b);
    case Op::multiply:
      return of(a * b);
    case Op::divide:
      return of(a / b);
    case Op::square_root:
      return of(std::sqrt(a));
    case Op::fused:
      return of(std::fma(a, b, c));
    case Op::negate:
      return of(-a);
    case Op::magnitude:
      return of(std::fabs(a));
    case Op::floor:
      return of(std::floor(a));
    case Op::ceil:
      return of(std::ceil(a));
    case Op::nearest:
      return of(std::nearbyint(a));
    case Op::equal:
      return of(a == b);
    case Op::unequal:
      return of(a != b);
    case Op::less:
      return of(a < b);
    case Op::less_equal:
      return of(a <= b);
    default:
      assert(false && "no operation of floats");
      return 0;
  }
}

float exponent(float x) {
  if (x == 0) return -std::numeric_limits<float>::infinity();
  if (!std::isfinite(x)) return std::fabs(x);
  int k = 0;
  return static_cast<float>(std::frexp(std::fabs(x), &k) < 0.75F ? k - 1 : k);
}
float significand(float x) {
  if (x == 0 || !std::isfinite(x)) return 1;
  int k = 0;
  const float half_to_one = std::frexp(std::fabs(x), &k);
  return half_to_one < 0.75F ? 2 * half_to_one : half_to_one;
}

uint64_t of_ints(Op op, Lane from, uint64_t a, uint64_t b) {
  switch (op) {
    case Op::add:
      return a + b;
    case Op::subtract:
      return a - b;
    case Op::multiply:
      return a * b;
    case Op::bit_and:
      return a & b;
    case Op::bit_or:
      return a | b;
    case Op::bit_xor:
      return a ^ b;
    case Op::shift_left:
      return a << b;
    case Op::shift_right:
      return cut(from, a) >> b;
    case Op::shift_right_signed:
      return static_cast<uint64_t>(whole(from, a) >> b);
    case Op::equal:
      return of(a == b);
    case Op::unequal:
      return of(a != b);
    case Op::less:
      return of(whole(from, a) < whole(from, b));
    case Op::less_equal:
      return of(whole(from, a) <= whole(from, b));
    default:
      assert(false && "no operation of ints");
      return 0;
  }
}

int64_t saturated(float x) {
  if (x != x) return 0;
  if (x >= 9223372036854775808.0F) return std::numeric_limits<int64_t>::max();
  if (x < -9223372036854775808.0F) return std::numeric_limits<int64_t>::min();
  return static_cast<int64_t>(x);
}

uint64_t converted(Op op, Lane to, Lane from, uint64_t a) {
  switch (op) {
    case Op::widen:
      return to == Lane::f64 ? of(static_cast<double>(f32(a))) : from == Lane::truth ? a : of(whole(from, a));
    case Op::narrow:
      return to == Lane::f32 ? of(static_cast<float>(f64(a))) : a;
    case Op::to_float:
      return to == Lane::f32 ? of(static_cast<float>(whole(from, a))) : of(static_cast<double>(whole(from, a)));
    case Op::to_int:
      return of(saturated(f32(a)));
    default:  // the bits themselves
      return a;
  }
}

bool converts(Op op) {
  return op >= Op::widen && op <= Op::from_bits;
}

}  // namespace

unsigned operands(Op op) {
  switch (op) {
    case Op::argument:
    case Op::constant:
      return 0;
    case Op::square_root:
    case Op::negate:
    case Op::magnitude:
    case Op::floor:
    case Op::ceil:
    case Op::nearest:
    case Op::widen:
    case Op::narrow:
    case Op::to_float:
    case Op::to_int:
    case Op::bits_of:
    case Op::from_bits:
    case Op::lookup:
    case Op::exponent:
    case Op::significand:
    case Op::load:
    case Op::among:
    case Op::find:
      return 1;
    case Op::fused:
    case Op::select:
      return 3;
    default:
      return 2;
  }
}

uint64_t evaluate(Op op, Lane lane, Lane from, uint64_t a, uint64_t b, uint64_t c) {
  if (op == Op::select) return a != 0 ? b : c;
  if (op == Op::exponent) return of(exponent(f32(a)));
  if (op == Op::significand) return of(significand(f32(a)));
  if (op == Op::scale) return of(std::scalbn(f64(a), static_cast<int>(saturated(static_cast<float>(f64(b))))));
  if (converts(op)) return cut(lane, converted(op, lane, from, a));
  if (from == Lane::f32) return of_floats(op, f32(a), f32(b), f32(c));
  if (from == Lane::f64) return of_floats(op, f64(a), f64(b), f64(c));
  return cut(lane, of_ints(op, from, a, b));
}

std::pair<uint64_t, bool> evaluate(const Form& form, std::span<const uint64_t> arguments) {
  std::vector<uint64_t> values;
  for (const Node& node : form.nodes) {
    const auto at = [&](Id id) { return id < values.size() ? values[id] : 0; };
    switch (node.op) {
      case Op::argument:
        values.push_back(arguments[node.bits]);
        break;
      case Op::constant:
        values.push_back(node.bits);
        break;
      case Op::lookup:
        values.push_back(form.tables[node.bits].values[at(node.a)]);
        break;
      default:
        values.push_back(evaluate(node.op, node.lane, form.nodes[node.a].lane, at(node.a), at(node.b), at(node.c)));
    }
  }
  return {values[form.result], !form.present || values[*form.present] != 0};
}

}  // namespace rec::form
