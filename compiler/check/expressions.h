// Expressions of one plan: from syntax to typed, levelled nodes.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "compiler/check/context.h"
#include "compiler/check/scope.h"

namespace rec::check {

/// A leaf that depends on the candidate or an event, remembered to name the culprit of a wrong level.
struct Leaf {
  uint8_t level;
  Span span;
  std::string text;
};

class Expressions {
 public:
  Expressions(const Context& context, graph::Plan& plan) : context_(context), plan_(plan) {}

  /// Checks an expression; kNoExpr after an error. `expected` gives `none`, empty lists and variants their type; it is
  /// no requirement.
  ExprId check(const syntax::Expr& expr, Scope& scope, const types::Type* expected = nullptr);

  /// check, then the type it must have (an int is taken as a float, T as T?) and the levels it may have.
  /// `what` completes "... must be" messages: "the condition of `where`".
  ExprId check_as(const syntax::Expr& expr, Scope& scope, const types::Type& wanted, uint8_t levels,
                  std::string_view what);
  /// check, then the level only.
  ExprId check_at(const syntax::Expr& expr, Scope& scope, uint8_t levels, std::string_view what,
                  const types::Type* expected = nullptr);
  /// An ordering key: int, float, time or duration.
  ExprId check_order(const syntax::Expr& expr, Scope& scope, uint8_t levels, std::string_view what);
  /// A non-negative request-level int: a count, a position.
  ExprId check_count(const syntax::Expr& expr, Scope& scope, std::string_view what, int64_t least = 0);
  /// A list of rows of the table, from rows, keys or (where allowed) a sequence.
  ExprId check_rows(const syntax::Expr& expr, Scope& scope, size_t table, bool sequences, std::string_view what);
  /// What a model reads: any value but a record, or the events that `.search` finds for each candidate.
  ExprId model_input(const syntax::Expr& expr, Scope& scope, uint8_t levels, std::string_view what);
  /// The model that a member is of: MODEL.user; nullptr where it is none of a model.
  const catalog::Model* model_of(const syntax::Expr& expr, const Scope& scope) const;
  /// The index by als that a member is of: INDEX.user; nullptr where it is none.
  const catalog::Index* factors_of(const syntax::Expr& expr, const Scope& scope) const;
  ExprId index_user(const catalog::Index& index, const syntax::Expr& expr, const Scope& scope);
  ExprId model_user(const catalog::Model& model, const syntax::Expr& expr, const Scope& scope);
  /// Whether a model is about the tables of the pipeline.
  bool model_fits(const catalog::Model& model, const Scope& scope, Span span);
  /// A lambda's body over the events of a log, as a float.
  ExprId check_lambda(const syntax::Expr& expr, Scope& scope, size_t events, const types::Type& wanted,
                      std::string_view what);

  const types::Type& type(ExprId id) const { return plan_.exprs[id].type; }
  uint8_t level(ExprId id) const { return plan_.exprs[id].level; }
  const graph::Node& node(ExprId id) const { return plan_.exprs[id]; }
  /// The value of a constant node, if it is one.
  const types::Value* constant(ExprId id) const;

  ExprId add(graph::Node node);
  ExprId add_constant(types::Value value, types::Type type, Span span);
  /// A call of a function that the language needs itself (`-`, `*`, `==`): the overload must exist.
  ExprId call(std::string_view function, std::vector<ExprId> arguments, Span span);
  /// The value as `wanted` (int -> float, T -> T?, none -> T?), or kNoExpr without a message where it does not convert.
  ExprId convert(ExprId id, const types::Type& wanted, Span span);

 private:
  /// OWNER of OWNER.member, where it is no name of the scope.
  const std::string* owner_of(const syntax::Expr& expr, const Scope& scope) const;
  // names.cpp
  ExprId literal(const syntax::Expr& expr, const types::Type* expected);
  ExprId list_literal(const syntax::Expr& expr, const syntax::ListLiteral& list, const types::Type* expected);
  ExprId name(const syntax::Expr& expr, const syntax::NameRef& ref, Scope& scope, const types::Type* expected);
  const LambdaParameter* lambda_of(const syntax::Expr& expr, Scope& scope, bool* outer);

  // members.cpp
  ExprId member(const syntax::Expr& expr, const syntax::Member& member, Scope& scope);
  ExprId record_member(ExprId record, const syntax::Member& member);
  ExprId channel_member(const syntax::NameRef& channel, const syntax::Member& member, Span span, Scope& scope);
  ExprId user_member(const syntax::Member& member, Span span, Scope& scope);
  ExprId request_member(const syntax::Member& member, Span span);
  ExprId event_member(const LambdaParameter& lambda, const syntax::Member& member, Span span);
  ExprId row_member(ExprId row, const syntax::Member& member, Span span);
  ExprId time_part(ExprId base, const syntax::Member& member, Span span);

  // logic.cpp
  ExprId unary(const syntax::Expr& expr, const syntax::Unary& unary, Scope& scope);
  ExprId binary(const syntax::Expr& expr, const syntax::Binary& binary, Scope& scope, const types::Type* expected);
  ExprId logical(const syntax::Expr& expr, const syntax::Binary& binary, Scope& scope);
  ExprId equality(const syntax::Expr& expr, const syntax::Binary& binary, Scope& scope);
  ExprId same_variant(ExprId a, ExprId b, bool negate, Span span);
  ExprId coalesce(const syntax::Expr& expr, const syntax::Binary& binary, Scope& scope, const types::Type* expected);
  ExprId membership(const syntax::Expr& expr, const syntax::Binary& binary, Scope& scope);
  ExprId in_range(const syntax::Expr& expr, const syntax::InRange& range, Scope& scope);
  ExprId is_none(const syntax::Expr& expr, const syntax::IsNone& test, Scope& scope);
  ExprId choose(const syntax::Expr& expr, const syntax::If& conditional, Scope& scope, const types::Type* expected);
  ExprId negated(ExprId id, bool negate, Span span);
  ExprId index(const syntax::Expr& expr, const syntax::Index& index, Scope& scope);
  /// Both as one type (int and float: float; T and T?: T?); false where there is none.
  bool unify(ExprId& a, ExprId& b, Span span);

  // calls.cpp
  ExprId call(const syntax::Expr& expr, const syntax::Call& call, Scope& scope);
  ExprId named_call(const syntax::Expr& expr, const syntax::Call& call, const std::string& function, Scope& scope);
  ExprId special_call(const syntax::Expr& expr, const syntax::Call& call, const std::string& function, Scope& scope,
                      bool& handled);
  ExprId provenance(const syntax::Expr& expr, const syntax::Call& call, const std::string& function, Scope& scope);
  ExprId barrier(const syntax::Expr& expr, const syntax::Call& call, const std::string& function, Scope& scope);
  ExprId inlined(const syntax::Expr& expr, const syntax::Call& call, const syntax::FnDecl& decl, Scope& scope);
  bool positional(const syntax::Call& call, size_t least, size_t most, const std::string& function, Span span);

  // overloads.cpp
  ExprId overloaded(const operators::OperatorDef& def, std::vector<ExprId> arguments, std::span<const Span> spans,
                    Span span);
  bool never_zero(ExprId id) const;
  /// `div` and `%` whose divisor cannot be zero have a plain result.
  ExprId plain_division(ExprId id);

  // model_inputs.cpp
  struct SearchArguments {
    const syntax::Expr *column = nullptr, *k = nullptr;
    bool near = false;
  };
  bool search_arguments(const syntax::Expr& expr, const syntax::Call& call, SearchArguments& out);
  ExprId search(const syntax::Expr& expr, const syntax::Call& call, ExprId base, Scope& scope);

  // sequences.cpp
  ExprId method(const syntax::Expr& expr, const syntax::Call& call, const syntax::Member& member, Scope& scope);
  ExprId sequence_method(const syntax::Expr& expr, const syntax::Call& call, const syntax::Member& member, ExprId base,
                         Scope& scope);
  ExprId aggregate(const syntax::Expr& expr, const syntax::Call& call, const std::string& name, ExprId base,
                   size_t events, Scope& scope);

  /// Reports that T? stands where T is needed.
  void maybe_missing(ExprId id, Span span, std::string_view what);
  void leaf(uint8_t level, Span span);
  bool check_level(ExprId id, Span span, uint8_t levels, std::string_view what, size_t first_leaf);

  const Context& context_;
  graph::Plan& plan_;
  std::vector<Leaf> leaves_;
  std::vector<const syntax::FnDecl*> inlining_;
};

/// Checks every function once, on its own; those with errors are marked broken.
void check_functions(Declarations& declarations, const catalog::Catalog& catalog, const operators::Registry& registry,
                     const source::Sources& sources, diagnostics::Diagnostics& diagnostics);

/// A model's input as the catalog has it, in a plan over the tables that it is about; kNoExpr after an error.
ExprId check_catalog_input(const catalog::Expression& expression, const Context& context, graph::Plan& plan,
                           std::optional<size_t> user_table, std::optional<size_t> item_table);

/// Whether a function stands between its operands: `+`, `==`.
bool is_spelled_between(std::string_view name);

/// What an optional value that `condition` tests is known to be where the condition holds (or, `negated`, does not).
void collect_present(const graph::Exprs& exprs, ExprId condition, bool holds, std::set<ExprId>& present);

}  // namespace rec::check
