// Takes a condition apart down to its comparisons and reads their operands.
#include "runtime/engine/operands.h"

#include <fmt/format.h>

#include <algorithm>

#include "compiler/graph/print.h"
#include "runtime/engine/value_text.h"

namespace rec::engine {
namespace {

using graph::ExprId;
using graph::Node;
using graph::Op;
using types::Kind;

constexpr size_t kLongest = 60;  // characters of a value that are shown

class Operands {
 public:
  Operands(Run& run, const interpreter::Batch* batch, uint32_t at) : run_(run), batch_(batch), at_(at) {}

  /// Why `id` is not `wanted`.
  void explain(ExprId id, bool wanted) {
    const Node& node = run_.plan.exprs[id];
    switch (node.op) {
      case Op::logical_not:
        return explain(node.args[0], !wanted);
      case Op::logical_and:
      case Op::logical_or: {
        const bool first = holds(run_, node.args[0], batch_, at_);
        if (first != wanted) explain(node.args[0], wanted);
        // What the first half decides leaves the second unlooked at.
        const bool decided = node.op == Op::logical_and ? !first : first;
        if (!decided && holds(run_, node.args[1], batch_, at_) != wanted) explain(node.args[1], wanted);
        return;
      }
      default:
        return comparison(id);
    }
  }
  std::vector<std::string> take() { return std::move(out_); }

 private:
  void comparison(ExprId id) {
    const Node& node = run_.plan.exprs[id];
    std::string text = fmt::format("`{}` is {}", graph::print(run_.plan, run_.generation.catalog(), id),
                                   holds(run_, id, batch_, at_) ? "true" : "false");
    std::string values;
    for (const ExprId arg : node.args) value(arg, values);
    out_.push_back(values.empty() ? std::move(text) : fmt::format("{}: {}", text, values));
  }

  void value(ExprId id, std::string& out) {
    const Node& node = run_.plan.exprs[id];
    const bool shown = node.op != Op::constant && node.type.kind != Kind::sequence && node.type.kind != Kind::record &&
                       (node.level & graph::kEvent) == 0;
    if (!shown) return;
    if (node.op == Op::to_float || node.op == Op::make_optional || node.op == Op::assume_present ||
        node.op == Op::rows_of_keys)
      return value(node.args[0], out);
    if (!out.empty()) out += ", ";
    out += fmt::format("{} = {}", graph::print(run_.plan, run_.generation.catalog(), id),
                       value_text(run_, id, batch_, at_));
  }

  Run& run_;
  const interpreter::Batch* batch_;
  uint32_t at_;
  std::vector<std::string> out_;
};

}  // namespace

std::string value_text(Run& run, ExprId expr, const interpreter::Batch* batch, uint32_t at) {
  const types::Type& type = run.plan.exprs[expr].type;
  interpreter::Evaluator evaluator(run.context, expr);
  const uint32_t rows[] = {at};
  const types::Value value = read_value(run, evaluator.run({.batch = batch, .indices = rows}), type, 0);
  if (std::holds_alternative<std::monostate>(value)) return "none";
  // A row is told by its key.
  const bool is_row = type.kind == Kind::row;
  const bool is_text = std::holds_alternative<std::string>(value);
  types::Type shown = is_row ? (is_text ? types::string() : types::integer()) : type;
  if (type.kind == Kind::list && type.element == Kind::row)
    shown = types::list(std::holds_alternative<std::vector<std::string>>(value) ? Kind::string : Kind::integer);
  std::string text = display(value, shown, ", ");
  if (text.size() > kLongest) {
    size_t cut = kLongest;
    while (cut > 0 && (static_cast<unsigned char>(text[cut]) & 0xC0U) == 0x80U) --cut;  // not inside a character
    text = text.substr(0, cut) + "…";
  }
  if (type.kind == Kind::list) return "[" + text + "]";
  return is_text ? "\"" + text + "\"" : text;
}

bool holds(Run& run, ExprId condition, const interpreter::Batch* batch, uint32_t at) {
  const uint32_t rows[] = {at};
  uint8_t keep[] = {1};
  interpreter::Evaluator(run.context, condition).filter({.batch = batch, .indices = rows}, keep);
  return keep[0] != 0;
}

std::vector<std::string> why_false(Run& run, ExprId condition, const interpreter::Batch* batch, uint32_t at) {
  Operands operands(run, batch, at);
  operands.explain(condition, true);
  return operands.take();
}

}  // namespace rec::engine
