// The neutral form of a row-wise function: what it makes of one row's operands, as a graph of IEEE 754 and integer
// operations. One definition of a function gives both its kernel and its form (form/traced.h), so that the interpreter
// and native code cannot differ; whoever makes code from a form maps each operation to one instruction or a strict
// sequence of them.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <vector>

namespace rec::form {

/// What one lane of a vector holds.
enum class Lane : uint8_t { truth, i32, i64, f32, f64 };

enum class Op : uint8_t {
  argument,  // number `bits`
  constant,  // `bits`: of a float its bits, of an int its two's complement, of a truth 0 or 1
  // f32, f64: correctly rounded, nothing contracted; add, subtract and multiply also of ints, which wrap around
  add,
  subtract,
  multiply,
  divide,
  square_root,
  fused,      // a · b + c, rounded once
  negate,     // the sign bit flipped
  magnitude,  // the sign bit cleared
  floor,
  ceil,
  nearest,  // the nearest whole number, halves to the even one
  // truth and ints
  bit_and,
  bit_or,
  bit_xor,
  shift_left,          // by b, from 0 to the width - 1
  shift_right,         // zeros come in
  shift_right_signed,  // the sign comes in
  // to truth: of floats false where an operand is NaN, but `unequal` true; of ints signed
  equal,
  unequal,
  less,
  less_equal,
  select,     // a, a truth: then b, else c
  widen,      // f32 to f64; i32 to i64 with its sign; truth to i32 or i64
  narrow,     // f64 to f32, rounded to nearest even; i64 to i32, its low bits
  to_float,   // i64 or i32 to f32 or f64, rounded to nearest even
  to_int,     // f32 to i64, towards zero, saturated, NaN is 0
  bits_of,    // f32 to i32, f64 to i64
  from_bits,  // and back
  lookup,     // element a (i64, in range) of table number `bits`
  // Single instructions of AVX-512, which `basic` writes in the operations above for other CPUs.
  exponent,  // f32: the whole k of |a| = 2^k · m with m in [3/4, 3/2); of 0 -infinity, of infinity infinity, of NaN NaN
  significand,  // f32: that m; of 0 and infinity 1, of NaN anything: a form lets none of it through
  scale,        // f64: a · 2^b, rounded once, for a whole b from -1000 to 1000; NaN where a is
  // in kernels of native code only (runtime/native): from memory number `bits`
  load,   // element a (an int, in range), which it widens or turns into a truth
  among,  // whether bit a (i32) of its 512 bits is set; not where a is below 0 or above 511
  find,   // the number (i32) of the key a (i64) in a set of keys; -1 where it is not there
};

using Id = uint32_t;

struct Node {
  Op op = Op::constant;
  Lane lane = Lane::truth;  // of the result
  Id a = 0, b = 0, c = 0;   // operands, as far as `op` has them
  uint64_t bits = 0;

  auto operator<=>(const Node&) const = default;
};

/// Constants that a form looks up; as in Node::bits.
struct Table {
  Lane lane = Lane::f64;
  std::vector<uint64_t> values;

  auto operator<=>(const Table&) const = default;
};

/// A function of `arguments`. Operands stand before their users.
struct Form {
  std::vector<Lane> arguments;
  std::vector<Node> nodes;
  std::vector<Table> tables;
  Id result = 0;
  std::optional<Id> present;  // of a result that may be missing: a truth
};

/// How many operands an operation has.
unsigned operands(Op op);

/// The value of one operation on known operands (as in Node::bits), `from` the lane of the first one.
uint64_t evaluate(Op op, Lane lane, Lane from, uint64_t a, uint64_t b, uint64_t c);
/// The same function, to the bit, without exponent, significand and scale.
Form basic(const Form& form);

/// The whole form on one row's operands: the result, and whether it is present.
std::pair<uint64_t, bool> evaluate(const Form& form, std::span<const uint64_t> arguments);

/// A growing graph in which equal nodes are one and what is known is folded, to the same bits.
class Graph {
 public:
  Id add(Node node);
  Id constant(Lane lane, uint64_t bits) { return add({.op = Op::constant, .lane = lane, .bits = bits}); }
  /// A node that stands for something outside the graph; each call makes a new one.
  Id argument(Lane lane);
  uint64_t table(Table table);
  /// The nodes of `form` with `arguments` in place of its own; its result, and the node that says whether it is there.
  std::pair<Id, std::optional<Id>> insert(const Form& form, std::span<const Id> arguments);

  const Node& operator[](Id id) const { return nodes_[id]; }
  size_t size() const { return nodes_.size(); }
  const std::vector<Node>& nodes() const { return nodes_; }
  const std::vector<Table>& tables() const { return tables_; }
  uint64_t arguments() const { return arguments_; }

 private:
  std::optional<uint64_t> known(Id id) const;
  std::optional<Id> simplified(const Node& node) const;
  void narrow(Node& node);

  std::vector<Node> nodes_;
  std::map<Node, Id> ids_;
  std::vector<Table> tables_;
  uint64_t arguments_ = 0;
};

}  // namespace rec::form
