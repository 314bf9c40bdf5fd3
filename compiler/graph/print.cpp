// Plan expressions back to text: every node as the language would write it.
#include "compiler/graph/print.h"

#include <fmt/format.h>

#include <cctype>

namespace rec::graph {

namespace {

class Printer {
 public:
  Printer(const Plan& plan, const catalog::Catalog& catalog) : plan_(plan), catalog_(catalog) {}

  std::string text(ExprId id) const {
    const Node& n = plan_.exprs[id];
    const auto arg = [&](size_t i) { return text(n.args[i]); };
    switch (n.op) {
      case Op::constant:
        return n.type.kind == types::Kind::enumeration
                   ? n.type.names->at(static_cast<size_t>(std::get<int64_t>(n.value)))
                   : types::to_text(n.value, n.type);
      case Op::parameter:
        return plan_.parameters[n.index].name;
      case Op::request_field:
        return n.index == 0   ? "request.now"
               : n.index == 1 ? "request.id"
                              : "request." + catalog_.request[n.index - 2].name;
      case Op::user_row:
        return "user";
      case Op::user_column:
        return "user." + catalog_.tables[plan_.user_table].columns[n.index].name;
      case Op::item_row:
        return "item";
      case Op::item_column:
        return "item." + catalog_.tables[plan_.item_table].columns[n.index].name;
      case Op::let_column:
        return plan_.let_columns[n.index].name;
      case Op::from_channel:
        return fmt::format("from({})", channel(n.index));
      case Op::score_in:
        return fmt::format("score_in({})", channel(n.index));
      case Op::position_in:
        return fmt::format("position_in({})", channel(n.index));
      case Op::channel_count:
        return "channels()";
      case Op::event_time:
        return "e.time";
      case Op::event_item:
        return "e.item";
      case Op::event_column:
        return "e." + catalog_.events[n.index2].columns[n.index].name;
      case Op::event_item_column:
        return "e.item." + catalog_.table(catalog_.events[n.index2].item_table)->columns[n.index].name;
      case Op::row_column:
        return arg(0) + "." + catalog_.tables[n.index2].columns[n.index].name;
      case Op::call:
        return call(n);
      case Op::to_float:
        return fmt::format("float({})", arg(0));
      case Op::logical_and:
        return fmt::format("({} and {})", arg(0), arg(1));
      case Op::logical_or:
        return fmt::format("({} or {})", arg(0), arg(1));
      case Op::logical_not:
        return fmt::format("not {}", arg(0));
      case Op::choose:
        return fmt::format("(if {} then {} else {})", arg(0), arg(1), arg(2));
      case Op::coalesce:
        return fmt::format("({} ?? {})", arg(0), arg(1));
      case Op::is_missing:
        return fmt::format("({} is none)", arg(0));
      case Op::assume_present:
      case Op::make_optional:
      case Op::rows_of_keys:
        return arg(0);
      case Op::in_list:
      case Op::in_sequence:
        return fmt::format("({} in {})", arg(0), arg(1));
      case Op::length:
        return fmt::format("len({})", arg(0));
      case Op::element:
        return fmt::format("{}[{}]", arg(0), arg(1));
      case Op::sequence:
        return "user." + catalog_.sequences[n.index].name;
      case Op::sequence_last:
        return fmt::format("{}.last({})", arg(0), arg(1));
      case Op::sequence_within:
        return fmt::format("{}.within({})", arg(0), arg(1));
      case Op::sequence_where:
        return aggregate(n, "where");
      case Op::sequence_count:
        return aggregate(n, "count");
      case Op::sequence_sum:
        return aggregate(n, "sum");
      case Op::sequence_mean:
        return aggregate(n, "mean");
      case Op::sequence_min:
        return aggregate(n, "min");
      case Op::sequence_max:
        return aggregate(n, "max");
      case Op::sequence_latest:
      case Op::sequence_nearest:
        return fmt::format("{}.search({}: {}, k: {})", arg(0), n.op == Op::sequence_latest ? "like" : "near", arg(1),
                           arg(2));
      case Op::barrier_rank:
        return fmt::format("rank({})", arg(0));
      case Op::barrier_minmax:
        return fmt::format("minmax({})", arg(0));
      case Op::barrier_zscore:
        return fmt::format("zscore({})", arg(0));
      case Op::barrier_mean:
        return fmt::format("mean({})", arg(0));
      case Op::barrier_total:
        return fmt::format("total({})", arg(0));
      case Op::barrier_largest:
        return fmt::format("largest({})", arg(0));
      case Op::barrier_smallest:
        return fmt::format("smallest({})", arg(0));
      case Op::barrier_count:
        return "count()";
      case Op::channel_emit:
        return fmt::format(
            "{}.{}", channel(n.index),
            std::get<RecallStep>(plan_.steps.front().what).channels[n.index].pipeline->emits[n.index2].name);
      case Op::model_user:
        return catalog_.models[n.index].name + ".user";
      case Op::index_user:
        return catalog_.indexes[n.index].name + ".user";
      case Op::record:
        return "record";
    }
    return "?";
  }

 private:
  std::string channel(uint32_t index) const {
    return std::get<RecallStep>(plan_.steps.front().what).channels[index].name;
  }

  std::string aggregate(const Node& n, std::string_view name) const {
    return fmt::format("{}.{}({})", text(n.args[0]), name, n.args.size() > 1 ? "e => " + text(n.args[1]) : "");
  }

  std::string call(const Node& n) const {
    const std::string& name = n.def->name;
    if (name == "negate") return "-" + text(n.args[0]);
    if (n.args.size() == 2 && !std::isalpha(static_cast<unsigned char>(name[0])))
      return fmt::format("({} {} {})", text(n.args[0]), name, text(n.args[1]));
    const auto kind = plan_.exprs[n.args[0]].type.kind;
    if (n.args.size() == 1 && (kind == types::Kind::duration || kind == types::Kind::time))
      return fmt::format("{}.{}", text(n.args[0]), name);
    std::string out = name + "(";
    for (size_t i = 0; i < n.args.size(); ++i) out += (i ? ", " : "") + text(n.args[i]);
    return out + ")";
  }

  const Plan& plan_;
  const catalog::Catalog& catalog_;
};

}  // namespace

std::string print(const Plan& plan, const catalog::Catalog& catalog, ExprId id) {
  std::string out = Printer(plan, catalog).text(id);
  // The outermost parentheses of a binary expression say nothing.
  if (out.size() > 2 && out.front() == '(' && out.back() == ')') {
    int depth = 0;
    for (size_t i = 0; i + 1 < out.size(); ++i) {
      depth += out[i] == '(' ? 1 : out[i] == ')' ? -1 : 0;
      if (depth == 0) return out;
    }
    out = out.substr(1, out.size() - 2);
  }
  return out;
}

}  // namespace rec::graph
