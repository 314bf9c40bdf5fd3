// Conjuncts of a form that an index knows; everything else is left to the scan, and all conditions are checked all the
// same on what is found.
#include "compiler/check/look_ups.h"

#include <algorithm>
#include <string_view>

#include "compiler/graph/print.h"

namespace rec::check {
namespace {

using graph::ExprId;
using graph::LookUp;
using graph::Op;
using types::Kind;

class Finder {
 public:
  Finder(graph::Channel& channel, const graph::Plan& plan, const catalog::Catalog& catalog)
      : channel_(channel), plan_(plan), catalog_(catalog), columns_(catalog.tables[plan.item_table].columns) {}

  void run() {
    for (const auto& predicate : channel_.where) conjunct(predicate.expr);
    if (!channel_.by) return;
    const auto& key = plan_.exprs[channel_.by->key];
    if (key.op == Op::item_column && columns_[key.index].sorted && !key.type.optional) channel_.walks_along = key.index;
  }

 private:
  /// A comparison, and what it is with its sides exchanged.
  struct Range {
    std::string_view name;
    LookUp::Kind kind, turned;
  };
  static const Range* range_of(std::string_view name) {
    static constexpr Range kRanges[] = {{">", LookUp::Kind::above, LookUp::Kind::below},
                                        {">=", LookUp::Kind::at_least, LookUp::Kind::at_most},
                                        {"<", LookUp::Kind::below, LookUp::Kind::above},
                                        {"<=", LookUp::Kind::at_most, LookUp::Kind::at_least}};
    const auto at = std::ranges::find(kRanges, name, &Range::name);
    return at == std::end(kRanges) ? nullptr : at;
  }

  bool in_range(LookUp::Kind kind, ExprId column, ExprId value, ExprId whole) {
    const auto& c = plan_.exprs[column];
    const auto& v = plan_.exprs[value];
    if (c.op != Op::item_column || !columns_[c.index].sorted || c.type.optional) return false;
    if ((v.level & ~graph::kRequest) != 0 || v.type != c.type) return false;
    channel_.look_ups.push_back(
        {.kind = kind, .column = c.index, .value = value, .text = graph::print(plan_, catalog_, whole)});
    return true;
  }

  void conjunct(ExprId id) {
    const auto& node = plan_.exprs[id];
    if (node.op == Op::logical_and) {
      for (const ExprId arg : node.args) conjunct(arg);
    } else if (node.op == Op::call && node.def->name == "==") {
      if (!found(LookUp::Kind::equals, node.args[0], node.args[1], id))
        found(LookUp::Kind::equals, node.args[1], node.args[0], id);
    } else if (const auto* range = node.op == Op::call ? range_of(node.def->name) : nullptr) {
      if (!in_range(range->kind, node.args[0], node.args[1], id))
        in_range(range->turned, node.args[1], node.args[0], id);
    } else if (node.op == Op::in_list) {
      const bool list = plan_.exprs[node.args[1]].op == Op::item_column;
      found(list ? LookUp::Kind::has : LookUp::Kind::among, node.args[list ? 1 : 0], node.args[list ? 0 : 1], id);
    }
  }

  bool found(LookUp::Kind kind, ExprId column, ExprId value, ExprId whole) {
    const auto& c = plan_.exprs[column];
    const auto& v = plan_.exprs[value];
    if (c.op != Op::item_column || !columns_[c.index].indexed || c.type.optional || v.type.optional) return false;
    if ((v.level & ~graph::kRequest) != 0 || v.type.kind == Kind::sequence) return false;
    const bool list = c.type.kind == Kind::list;
    if (list != (kind == LookUp::Kind::has)) return false;
    const Kind own = list ? c.type.element : c.type.kind;
    const Kind given = kind == LookUp::Kind::among ? v.type.element : v.type.kind;
    if (own != given) return false;  // 3 == 3.0 is true, and no index knows it
    channel_.look_ups.push_back(
        {.kind = kind, .column = c.index, .value = value, .text = graph::print(plan_, catalog_, whole)});
    return true;
  }

  graph::Channel& channel_;
  const graph::Plan& plan_;
  const catalog::Catalog& catalog_;
  const std::vector<catalog::Column>& columns_;
};

}  // namespace

void find_look_ups(graph::Channel& channel, const graph::Plan& plan, const catalog::Catalog& catalog) {
  Finder(channel, plan, catalog).run();
}

}  // namespace rec::check
