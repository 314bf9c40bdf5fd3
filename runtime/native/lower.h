// From expressions of a plan to kernels: what lanes can compute is inlined, what they cannot is left to the
// interpreter.
#pragma once

#include <span>
#include <vector>

#include "compiler/graph/plan.h"
#include "runtime/native/kernel.h"
#include "runtime/store/generation.h"

namespace rec::native {

/// What is the same for all requests that code is made for.
struct Specialisation {
  const graph::Plan& plan;
  const store::Generation& generation;
  std::span<const types::Value> parameters;  // their values are constants of the code
  bool exponents = false;                    // the CPU has instructions for exponents (form::basic)
};

/// Makes one kernel. Outputs are in the physical types of their expressions.
class Lowering {
 public:
  Lowering(const Specialisation& of, Kernel::Does does);

  /// A bool expression that must hold.
  void require(graph::ExprId condition);
  void output(graph::ExprId value);
  /// How many operations an output would add; nullopt where one of them would be a call or a search, or left to the
  /// interpreter.
  std::optional<size_t> cost_of(graph::ExprId value) const;
  /// An ordering of a `first` kernel; false where lanes have no such keys.
  bool order_by(const graph::Order& by);
  /// A `let` column that this kernel reads as its expression.
  void inline_let(uint32_t column, graph::ExprId value);

  /// Whether something that is left to the interpreter reads such a column, which the batch does not have.
  bool reads_unwritten() const { return reads_unwritten_; }

  enum class Little : uint8_t { is_left, is_made };
  /// The kernel; nullopt where so little of it is for lanes that it is not worth it, unless that is to be made too.
  std::optional<Kernel> finish(Little little = Little::is_left);

 private:
  struct Value {
    form::Id id = 0;
    std::optional<form::Id> present{};  // none: always there
  };
  using Source = Memory::Source;

  Value value(graph::ExprId id);
  Value lower(graph::ExprId id);
  Value request_value(graph::ExprId id);
  Value constant(const types::Value& value, const types::Type& type);
  Value stored(const graph::Node& node);
  Value let(const graph::Node& node);
  Value provenance(const graph::Node& node);
  Value call(graph::ExprId id);
  /// The result of a function that stays a call; nullopt where its operations are better in place.
  std::optional<form::Id> called(const std::string& name, const form::Form& form, std::span<const form::Id> arguments);
  void settle_calls();
  std::optional<Value> older_than(const graph::Node& node);
  Value computed(graph::ExprId id);
  Value choose(const graph::Node& node);
  Value coalesce(const graph::Node& node);
  /// An aggregate over events that one look-up by the candidate's value answers.
  std::optional<Value> looked_up(graph::ExprId id);
  std::optional<form::Id> membership(const graph::Node& node);
  template <typename Element>
  const std::vector<Element>* named(const graph::Node& list) const;
  std::optional<form::Id> in_constants(const graph::Node& node, form::Id x);
  /// The codes of a list of strings that the strategy names, as bits; nullopt where a request makes it.
  std::optional<std::vector<uint32_t>> known_bits(const graph::Node& set) const;
  form::Id in_bits(graph::ExprId set, form::Id x, bool bounded);
  form::Id bit(const Memory& words, form::Id at);

  bool known_with_parameters(graph::ExprId id) const;
  form::Id load(const Memory& memory, form::Id at);
  form::Id uniform(const Memory& memory);
  form::Id node(form::Op op, form::Lane lane, form::Id a, form::Id b = 0, form::Id c = 0);
  form::Id truth(bool value) { return kernel_.graph.constant(form::Lane::truth, value ? 1 : 0); }
  form::Id both(form::Id a, form::Id b) { return node(form::Op::bit_and, form::Lane::truth, a, b); }
  form::Id either(form::Id a, form::Id b) { return node(form::Op::bit_or, form::Lane::truth, a, b); }
  form::Id negated(form::Id a);

  const graph::Exprs& exprs_;
  const Specialisation of_;
  const store::Table& items_;
  Kernel kernel_;
  std::vector<std::optional<Value>> values_;  // by expression
  std::vector<uint8_t> unwritten_;            // marks of those inlined
  bool reads_unwritten_ = false;
  std::vector<graph::ExprId> inlined_;  // by let column; kNoExpr: read from the batch
};

/// How lanes hold a value of a type, and how memory does; nullopt for lists, vectors and what is no value.
std::optional<form::Lane> lane_of(types::Kind kind);
Storage physical(types::Kind kind);

}  // namespace rec::native
