// Constants in their physical form, one row of the interpreter's own operations, and back.
#include "compiler/passes/fold.h"

#include <algorithm>

#include "runtime/interpreter/key_set.h"
#include "runtime/interpreter/literal.h"
#include "runtime/interpreter/row_wise.h"

namespace rec::passes {
namespace {

using graph::Node;
using graph::Op;
using interpreter::Values;
using types::Kind;

bool is_scalar(const types::Type& type) {
  switch (type.kind) {
    case Kind::boolean:
    case Kind::integer:
    case Kind::floating:
    case Kind::string:
    case Kind::time:
    case Kind::duration:
      return true;
    default:
      return false;
  }
}

types::Value read(const void* data, Kind kind, const column::StringSpace& strings) {
  switch (kind) {
    case Kind::boolean:
      return *static_cast<const uint8_t*>(data) != 0;
    case Kind::floating:
      return *static_cast<const float*>(data);
    case Kind::string:
      return std::string(strings.text(*static_cast<const int32_t*>(data)));
    default:
      return *static_cast<const int64_t*>(data);
  }
}

bool contains(const Values& element, const types::Type& type, const Values& list, Kind of) {
  const bool as_double = interpreter::compares_as_double(type.kind, of);
  uint64_t key = 0;
  uint8_t valid = 0;
  interpreter::make_keys(element.data, type.kind, as_double, 1, &key, &valid);
  const auto& elements = *list.as<column::ListRef>();
  const auto set = interpreter::set_of(elements.data, of, as_double, elements.size);
  return valid != 0 && set.find(key) != interpreter::KeySet::kNone;
}

}  // namespace

std::optional<types::Value> fold(const graph::Exprs& exprs, const Node& node, const catalog::Catalog& catalog) {
  const bool computes = interpreter::is_row_wise(node.op) && !interpreter::is_alias(node.op) &&
                        (node.op != Op::call || node.overload->kernel != nullptr);
  const bool known = std::ranges::all_of(node.args, [&](graph::ExprId arg) { return exprs[arg].op == Op::constant; });
  if (!known || node.args.empty() || !is_scalar(node.type) || (!computes && node.op != Op::in_list)) return {};
  const column::Dictionary none;
  column::StringSpace strings(none);
  column::Arena arena;
  std::vector<operators::Operand> args;
  for (const graph::ExprId arg : node.args) {
    const Node& from = exprs[arg];
    const Values value = interpreter::literal(from.value, from.type, strings, arena);
    args.push_back({.data = value.data, .present = value.present, .uniform = true, .type = &from.type});
  }
  if (node.op == Op::in_list) {
    const Node& list = exprs[node.args[1]];
    return contains({.data = args[0].data}, exprs[node.args[0]].type, {.data = args[1].data}, list.type.element);
  }
  void* out = arena.allocate_bytes(types::width(node.type));
  uint8_t* present = node.type.optional ? arena.allocate<uint8_t>(1).data() : nullptr;
  interpreter::run_row_wise(node, args, 1, out, present, {.strings = &strings, .timezone = catalog.timezone});
  if (present != nullptr && *present == 0) return types::Value{};
  return read(out, node.type.kind, strings);
}

}  // namespace rec::passes
