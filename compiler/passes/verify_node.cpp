// Nodes: arguments, indices, types, levels.
#include "compiler/passes/verify_node.h"

#include <fmt/format.h>

namespace rec::passes {
namespace {

using graph::ExprId;
using graph::Node;
using graph::Op;
using types::Kind;
using types::Type;

class NodeCheck {
 public:
  NodeCheck(const graph::Plan& plan, const catalog::Catalog& catalog, ExprId id)
      : plan_(plan), catalog_(catalog), id_(id), node_(plan.exprs[id]) {}

  std::string wrong() const {
    for (const ExprId arg : node_.args) {
      if (arg >= id_) return fmt::format("its argument {} does not stand before it", arg);
    }
    if (node_.args.size() < least_arguments()) return "it lacks an argument";
    if (std::string out = wrong_index(); !out.empty()) return out;
    if (std::string out = wrong_type(); !out.empty()) return out;
    const uint8_t level = graph::level_of(plan_.exprs, node_);
    return level == node_.level ? std::string() : fmt::format("its level is {}, not {}", node_.level, level);
  }

 private:
  const Type& type(size_t arg) const { return plan_.exprs[node_.args[arg]].type; }
  static std::string expect(bool good, const char* what) { return good ? std::string() : std::string(what); }

  size_t least_arguments() const {
    switch (node_.op) {
      case Op::choose:
      case Op::sequence_latest:
      case Op::sequence_nearest:
        return 3;
      case Op::logical_and:
      case Op::logical_or:
      case Op::coalesce:
      case Op::in_list:
      case Op::in_sequence:
      case Op::element:
      case Op::sequence_last:
      case Op::sequence_within:
      case Op::sequence_where:
      case Op::sequence_sum:
      case Op::sequence_mean:
      case Op::sequence_min:
      case Op::sequence_max:
        return 2;
      case Op::row_column:
      case Op::to_float:
      case Op::logical_not:
      case Op::is_missing:
      case Op::assume_present:
      case Op::make_optional:
      case Op::rows_of_keys:
      case Op::length:
      case Op::sequence_count:
        return 1;
      case Op::call:
        return 1;
      default:
        return graph::is_barrier(node_.op) && node_.op != Op::barrier_count ? 1 : 0;
    }
  }

  template <typename List>
  static bool in(uint32_t index, const List& list) {
    return index < list.size();
  }
  bool is_column(size_t table) const {
    return table < catalog_.tables.size() && in(node_.index, catalog_.tables[table].columns);
  }

  std::string wrong_index() const {
    switch (node_.op) {
      case Op::parameter:
        return expect(in(node_.index, plan_.parameters), "there is no such parameter");
      case Op::request_field:
        return expect(node_.index < catalog_.request.size() + 2, "there is no such request field");
      case Op::user_column:
        return expect(is_column(plan_.user_table), "users have no such column");
      case Op::item_column:
        return expect(is_column(plan_.item_table), "items have no such column");
      case Op::row_column:
        return expect(is_column(node_.index2), "the rows have no such column");
      case Op::let_column:
        return expect(in(node_.index, plan_.let_columns) && plan_.let_columns[node_.index].type == node_.type,
                      "there is no such column of this type");
      case Op::event_column:
        return expect(in(node_.index2, catalog_.events) && in(node_.index, catalog_.events[node_.index2].columns),
                      "the events have no such column");
      case Op::from_channel:
      case Op::score_in:
      case Op::position_in:
      case Op::channel_emit:
        return wrong_channel();
      case Op::sequence:
        return expect(in(node_.index, catalog_.sequences), "there is no such sequence");
      case Op::model_user:
        return expect(in(node_.index, catalog_.models), "there is no such model");
      case Op::index_user:
        return expect(in(node_.index, catalog_.indexes), "there is no such index");
      default:
        return {};
    }
  }
  std::string wrong_channel() const {
    const auto* recall = plan_.steps.empty() ? nullptr : std::get_if<graph::RecallStep>(&plan_.steps.front().what);
    if (recall == nullptr || !in(node_.index, recall->channels)) return "there is no such channel";
    if (node_.op != Op::channel_emit) return {};
    const auto& page = recall->channels[node_.index].pipeline;
    return expect(page != nullptr && in(node_.index2, page->emits), "the channel has no such value");
  }

  bool is_flag(size_t arg) const { return type(arg) == types::boolean(); }

  std::string wrong_type() const {
    switch (node_.op) {
      case Op::constant:
        return expect(node_.type.optional || node_.type.kind == Kind::none ||
                          !std::holds_alternative<std::monostate>(node_.value),
                      "it has no value, and may not be missing");
      case Op::call:
        return wrong_call();
      case Op::to_float:
        return expect(type(0).kind == Kind::integer && node_.type.kind == Kind::floating &&
                          type(0).optional == node_.type.optional,
                      "it makes a float of what is no int");
      case Op::logical_and:
      case Op::logical_or:
        return expect(is_flag(0) && is_flag(1) && node_.type == types::boolean(), "its operands are no bools");
      case Op::logical_not:
        return expect(is_flag(0) && node_.type == types::boolean(), "its operand is no bool");
      case Op::choose:
        return expect(is_flag(0) && type(1) == node_.type && type(2) == node_.type, "its sides differ in type");
      case Op::coalesce:
        return expect(types::required(type(0)) == types::required(node_.type) && type(1) == node_.type,
                      "its sides differ in type");
      case Op::assume_present:
        return expect(types::required(type(0)) == node_.type, "it changes the type");
      case Op::make_optional:
        return expect(types::optional(type(0)) == node_.type, "it changes the type");
      case Op::sequence_where:
        return expect(is_flag(1) && type(0) == node_.type, "its condition is no bool");
      case Op::in_sequence:
        return expect(type(1).kind == Kind::sequence, "its right side is no sequence");
      case Op::in_list:
        return expect(type(1).kind == Kind::list, "its right side is no list");
      default:
        return {};
    }
  }

  /// The last parameters of an overload; a variadic function has more before them.
  std::string wrong_call() const {
    if (node_.def == nullptr || node_.overload == nullptr) return "it calls nothing";
    const auto& wanted = node_.overload->parameters;
    const bool variadic = std::get<operators::FunctionDef>(node_.def->what).variadic;
    const size_t more = node_.args.size() - wanted.size();
    if (node_.args.size() < wanted.size() || (more > 0 && !variadic)) return "it has another number of arguments";
    for (size_t i = 0; i < wanted.size(); ++i) {
      const Type& given = type(more + i);
      if (given.kind != wanted[i].kind || given.optional != wanted[i].optional)
        return fmt::format("argument {} is {}, not {}", more + i + 1, types::to_text(given), types::to_text(wanted[i]));
    }
    return expect(node_.type == node_.overload->result, "its type is not that of the function");
  }

  const graph::Plan& plan_;
  const catalog::Catalog& catalog_;
  const ExprId id_;
  const Node& node_;
};

}  // namespace

std::string wrong_with(const graph::Plan& plan, const catalog::Catalog& catalog, ExprId id) {
  return NodeCheck(plan, catalog, id).wrong();
}

}  // namespace rec::passes
