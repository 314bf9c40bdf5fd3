// Values that write down what is done to them: a definition that is a template runs on plain values (plain.h) as a
// kernel, and once on these to become a form.
#pragma once

#include <array>
#include <bit>
#include <concepts>
#include <cstdint>
#include <utility>
#include <vector>

#include "operators/form/form.h"
#include "operators/form/plain.h"
#include "operators/form/scaling.h"

namespace rec::form {

template <Plain T>
constexpr Lane lane_of() {
  if constexpr (std::same_as<T, bool>) return Lane::truth;
  if constexpr (std::same_as<T, int32_t>) return Lane::i32;
  if constexpr (std::same_as<T, int64_t>) return Lane::i64;
  if constexpr (std::same_as<T, float>) return Lane::f32;
  return Lane::f64;
}

/// As in Node::bits.
template <Plain T>
uint64_t bits_in_node(T x) {
  if constexpr (std::same_as<T, bool>) return x ? 1 : 0;
  if constexpr (sizeof(T) == 4) return std::bit_cast<uint32_t>(x);
  if constexpr (sizeof(T) == 8) return std::bit_cast<uint64_t>(x);
}

template <Plain T>
class Traced;

/// Where the traced values of this thread write, while it lives; one at a time.
class Recorder {
 public:
  Recorder() : outer_(std::exchange(current_, this)) {}
  ~Recorder() { current_ = outer_; }
  Recorder(const Recorder&) = delete;
  Recorder& operator=(const Recorder&) = delete;

  template <Plain T>
  Traced<T> argument() {
    arguments_.push_back(lane_of<T>());
    return Traced<T>::node(graph_.argument(lane_of<T>()));
  }
  template <Plain T>
  Form form(Traced<T> result) const {
    return {.arguments = arguments_,
            .nodes = graph_.nodes(),
            .tables = graph_.tables(),
            .result = result.id(),
            .present = {}};
  }

  static Graph& graph() { return current_->graph_; }

 private:
  static thread_local inline Recorder* current_ = nullptr;

  Recorder* outer_;
  Graph graph_;
  std::vector<Lane> arguments_;
};

/// A value of type T that a graph computes. A constant of T is one too, and so is a whole number of C++'s.
template <Plain T>
class Traced {
 public:
  template <typename U>
    requires std::same_as<U, T> || (std::same_as<U, int> && !std::same_as<T, bool>)
  Traced(U constant)  // NOLINT(google-explicit-constructor): definitions mix both
      : id_(Recorder::graph().constant(lane_of<T>(), bits_in_node(static_cast<T>(constant)))) {}

  static Traced node(Id id) { return Traced(AsNode{}, id); }
  static Traced made(Op op, Id a = 0, Id b = 0, Id c = 0, uint64_t bits = 0) {
    return node(Recorder::graph().add({.op = op, .lane = lane_of<T>(), .a = a, .b = b, .c = c, .bits = bits}));
  }
  Id id() const { return id_; }

  friend Traced<bool> operator==(Traced a, Traced b) { return Traced<bool>::made(Op::equal, a.id_, b.id_); }
  friend Traced<bool> operator!=(Traced a, Traced b) { return Traced<bool>::made(Op::unequal, a.id_, b.id_); }
  friend Traced select(Traced<bool> condition, Traced then, Traced otherwise) {
    return made(Op::select, condition.id(), then.id_, otherwise.id_);
  }

  // Numbers.
  friend Traced<bool> operator<(Traced a, Traced b)
    requires(!std::same_as<T, bool>)
  {
    return Traced<bool>::made(Op::less, a.id_, b.id_);
  }
  friend Traced<bool> operator<=(Traced a, Traced b)
    requires(!std::same_as<T, bool>)
  {
    return Traced<bool>::made(Op::less_equal, a.id_, b.id_);
  }
  friend Traced<bool> operator>(Traced a, Traced b)
    requires(!std::same_as<T, bool>)
  {
    return b < a;
  }
  friend Traced<bool> operator>=(Traced a, Traced b)
    requires(!std::same_as<T, bool>)
  {
    return b <= a;
  }

  // Floats.
  friend Traced operator+(Traced a, Traced b)
    requires PlainFloat<T>
  {
    return made(Op::add, a.id_, b.id_);
  }
  friend Traced operator-(Traced a, Traced b)
    requires PlainFloat<T>
  {
    return made(Op::subtract, a.id_, b.id_);
  }
  friend Traced operator*(Traced a, Traced b)
    requires PlainFloat<T>
  {
    return made(Op::multiply, a.id_, b.id_);
  }
  friend Traced operator/(Traced a, Traced b)
    requires PlainFloat<T>
  {
    return made(Op::divide, a.id_, b.id_);
  }
  friend Traced operator-(Traced a)
    requires PlainFloat<T>
  {
    return made(Op::negate, a.id_);
  }
  friend Traced fused(Traced a, Traced b, Traced c)
    requires PlainFloat<T>
  {
    return made(Op::fused, a.id_, b.id_, c.id_);
  }

  // Truths and ints.
  friend Traced operator&(Traced a, Traced b)
    requires(!PlainFloat<T>)
  {
    return made(Op::bit_and, a.id_, b.id_);
  }
  friend Traced operator|(Traced a, Traced b)
    requires(!PlainFloat<T>)
  {
    return made(Op::bit_or, a.id_, b.id_);
  }
  friend Traced operator^(Traced a, Traced b)
    requires(!PlainFloat<T>)
  {
    return made(Op::bit_xor, a.id_, b.id_);
  }
  friend Traced operator!(Traced a)
    requires std::same_as<T, bool>
  {
    return a ^ Traced(true);
  }

  // Ints: what may overflow has a name that says what then happens.
  friend Traced wrapping_add(Traced a, Traced b)
    requires PlainInt<T>
  {
    return made(Op::add, a.id_, b.id_);
  }
  friend Traced wrapping_subtract(Traced a, Traced b)
    requires PlainInt<T>
  {
    return made(Op::subtract, a.id_, b.id_);
  }
  friend Traced wrapping_multiply(Traced a, Traced b)
    requires PlainInt<T>
  {
    return made(Op::multiply, a.id_, b.id_);
  }
  friend Traced operator<<(Traced a, int by)
    requires PlainInt<T>
  {
    return made(Op::shift_left, a.id_, Traced(by).id_);
  }
  friend Traced operator>>(Traced a, int by)
    requires PlainInt<T>
  {
    return made(Op::shift_right_signed, a.id_, Traced(by).id_);
  }
  friend Traced shift_right(Traced a, int by)
    requires PlainInt<T>
  {
    return made(Op::shift_right, a.id_, Traced(by).id_);
  }

 private:
  struct AsNode {};
  Traced(AsNode, Id id) : id_(id) {}

  Id id_;
};

template <Plain T>
Traced<T> select(Traced<bool> condition, T then, T otherwise) {
  return select(condition, Traced<T>(then), Traced<T>(otherwise));
}

template <PlainFloat T>
Traced<T> square_root(Traced<T> x) {
  return Traced<T>::made(Op::square_root, x.id());
}
template <PlainFloat T>
Traced<T> magnitude(Traced<T> x) {
  return Traced<T>::made(Op::magnitude, x.id());
}
template <PlainFloat T>
Traced<T> floor(Traced<T> x) {
  return Traced<T>::made(Op::floor, x.id());
}
template <PlainFloat T>
Traced<T> ceil(Traced<T> x) {
  return Traced<T>::made(Op::ceil, x.id());
}
template <PlainFloat T>
Traced<T> nearest(Traced<T> x) {
  return Traced<T>::made(Op::nearest, x.id());
}

inline Traced<int64_t> widen(Traced<bool> x) {
  return Traced<int64_t>::made(Op::widen, x.id());
}
inline Traced<int64_t> widen(Traced<int32_t> x) {
  return Traced<int64_t>::made(Op::widen, x.id());
}
inline Traced<double> widen(Traced<float> x) {
  return Traced<double>::made(Op::widen, x.id());
}
inline Traced<int32_t> narrow(Traced<int64_t> x) {
  return Traced<int32_t>::made(Op::narrow, x.id());
}
inline Traced<float> narrow(Traced<double> x) {
  return Traced<float>::made(Op::narrow, x.id());
}
template <PlainInt T>
Traced<float> to_float(Traced<T> x) {
  return Traced<float>::made(Op::to_float, x.id());
}
template <PlainInt T>
Traced<double> to_double(Traced<T> x) {
  return Traced<double>::made(Op::to_float, x.id());
}
inline Traced<int64_t> to_int(Traced<float> x) {
  return Traced<int64_t>::made(Op::to_int, x.id());
}

inline Traced<int32_t> bits_of(Traced<float> x) {
  return Traced<int32_t>::made(Op::bits_of, x.id());
}
inline Traced<int64_t> bits_of(Traced<double> x) {
  return Traced<int64_t>::made(Op::bits_of, x.id());
}
inline Traced<float> from_bits(Traced<int32_t> x) {
  return Traced<float>::made(Op::from_bits, x.id());
}
inline Traced<double> from_bits(Traced<int64_t> x) {
  return Traced<double>::made(Op::from_bits, x.id());
}

inline Traced<float> exponent(Traced<float> x) {
  return Traced<float>::made(Op::exponent, x.id());
}
inline Traced<float> significand(Traced<float> x) {
  return Traced<float>::made(Op::significand, x.id());
}
inline Traced<double> scaled(Traced<double> a, Traced<double> b) {
  return Traced<double>::made(Op::scale, a.id(), b.id());
}

template <Plain T, size_t N>
Traced<T> lookup(const std::array<T, N>& table, Traced<int64_t> at) {
  Table constants{.lane = lane_of<T>()};
  for (const T& each : table) constants.values.push_back(bits_in_node(each));
  return Traced<T>::made(Op::lookup, at.id(), 0, 0, Recorder::graph().table(std::move(constants)));
}

}  // namespace rec::form
