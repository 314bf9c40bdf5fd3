// `explain` for people: the funnel step by step, what each reads, and what is computed once a request.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "compiler/graph/explain.h"
#include "compiler/graph/print.h"

namespace rec::graph {

namespace {

class Explainer {
 public:
  Explainer(const Plan& plan, const catalog::Catalog& catalog, const source::Sources& sources)
      : plan_(plan), catalog_(catalog), sources_(sources) {}

  std::string run() {
    out_ = fmt::format("pipeline {}  ({})\n", plan_.name, plan_.file);
    if (!plan_.doc.empty()) out_ += fmt::format("  {}\n", plan_.doc);
    out_ += fmt::format("  user: {}   item: {}\n", catalog_.tables[plan_.user_table].name,
                        catalog_.tables[plan_.item_table].name);
    parameters();
    if (plan_.deadline != kNoExpr) {
      out_ += fmt::format("  deadline {}{}\n", text(plan_.deadline),
                          plan_.otherwise == nullptr ? "" : " else " + plan_.otherwise->name);
    }
    int number = 0;
    for (const auto& step : plan_.steps) {
      std::visit([&](const auto& what) { explain(step, what, ++number); }, step.what);
      if (const auto* recall = std::get_if<RecallStep>(&step.what); recall && recall->merge.policy) {
        line(++number, "merge", recall->merge.text.substr(recall->merge.text.find(' ') + 1), recall->merge.span);
      }
    }
    if (!plan_.emits.empty()) {
      std::string names;
      for (const auto& emit : plan_.emits) names += (names.empty() ? "" : ", ") + emit.name;
      out_ += fmt::format("  {:>2}  {:<7} {}\n", ++number, "emit", names);
    }
    request_values();
    columns();
    return out_;
  }

 private:
  void line(int number, std::string_view name, const std::string& text, source::Span span) {
    out_ +=
        fmt::format("  {:>2}  {:<7} {}  :{}\n", number, name, text, sources_.file(span.file).locate(span.begin).line);
  }
  void detail(std::string_view what, const std::string& text) {
    out_ += fmt::format("        {:<10} {}\n", what, text);
  }
  std::string text(ExprId id) const { return print(plan_, catalog_, id); }
  std::string order(const Order& by) const { return text(by.key) + (by.ascending ? " asc" : ""); }

  void parameters() {
    for (const auto& p : plan_.parameters) {
      out_ +=
          fmt::format("  param {} : {} = {}", p.name, types::to_text(p.type), types::to_text(p.default_value, p.type));
      if (p.low) {
        const auto bound = p.type.kind == types::Kind::list ? types::element_of(p.type) : p.type;
        out_ += fmt::format(" within {} .. {}", types::to_text(*p.low, bound), types::to_text(*p.high, bound));
      }
      out_ += '\n';
    }
  }

  void explain(const Step& step, const RecallStep& recall, int number) {
    line(number, "recall", fmt::format("{} channel{}", recall.channels.size(), recall.channels.size() == 1 ? "" : "s"),
         step.span);
    for (const auto& channel : recall.channels) {
      out_ += fmt::format("      {} = {}  :{}\n", channel.name, channel.text,
                          sources_.file(channel.span.file).locate(channel.span.begin).line);
      for (const auto& predicate : channel.where) detail("where", text(predicate.expr));
      access(channel);
    }
  }
  /// How a source that could go through the whole table does it.
  void access(const Channel& channel) {
    if (channel.source == nullptr || !std::get<operators::SourceDef>(channel.source->what).scans) return;
    const auto& item = catalog_.tables[plan_.item_table];
    for (const LookUp& look_up : channel.look_ups) {
      const bool indexed = look_up.kind <= LookUp::Kind::has;
      detail("finds", fmt::format("{} by the {} {}", look_up.text, indexed ? "index on" : "order of",
                                  item.columns[look_up.column].name));
    }
    if (channel.walks_along)
      detail("walks", fmt::format("along {}, which is sorted", item.columns[*channel.walks_along].name));
    if (channel.look_ups.empty() && !channel.walks_along) detail("scans", fmt::format("all of {}", item.name));
  }
  void explain(const Step& step, const WhereStep& where, int number) {
    line(number, "where", text(where.condition.expr), step.span);
  }
  void explain(const Step& step, const LetStep& let, int number) {
    const auto& column = plan_.let_columns[let.column];
    line(number, "let", fmt::format("{} : {} = {}", column.name, types::to_text(column.type), text(let.value)),
         step.span);
  }
  void explain(const Step& step, const TopStep& top, int number) {
    line(number, "top", fmt::format("{} by {}", text(top.count), order(top.by)), step.span);
  }
  void explain(const Step& step, const SortStep& sort, int number) {
    line(number, "sort", "by " + order(sort.by), step.span);
  }
  void explain(const Step& step, const TakeStep& take, int number) {
    line(number, "take", text(take.count) + (take.per == kNoExpr ? "" : " per " + text(take.per)), step.span);
  }
  void explain(const Step& step, const ScoreStep& score, int number) {
    line(number, "score", step.text.substr(std::string_view("score ").size()), step.span);
    for (const ExprId input : score.inputs) detail("reads", text(input));
  }
  void explain(const Step&, const WhenStep& when, int number) {
    for (const auto& arm : when.arms) {
      const bool otherwise = arm.condition.expr == kNoExpr;
      if (otherwise) {
        out_ += fmt::format("  {:>2}  else\n", number);
      } else {
        line(number, "when", text(arm.condition.expr), arm.condition.span);
      }
      for (const auto& inner : arm.steps)
        std::visit([&](const auto& what) { explain(inner, what, number); }, inner.what);
    }
  }
  void explain(const Step& step, const InsertStep& insert, int number) {
    line(number, "insert", step.text.substr(std::string_view("insert ").size()), step.span);
    const auto& channel = std::get<RecallStep>(insert.source->steps.front().what).channels.front();
    for (const auto& predicate : channel.where) detail("where", print(*insert.source, catalog_, predicate.expr));
  }
  /// The other steps say all there is to say as they were written.
  template <typename T>
  void explain(const Step& step, const T&, int number) {
    const std::string_view name = step_name(step);
    line(number, name, step.text.substr(std::min(step.text.size(), name.size() + 1)), step.span);
  }
  void explain(const Step& step, const RerankStep& rerank, int number) {
    line(number, "rerank", fmt::format("{} take {}", rerank.algorithm->name, text(rerank.take)), step.span);
    detail("relevance", text(rerank.relevance));
    static constexpr std::string_view kTerms[] = {"cosine", "dot", "same", "jaccard"};
    for (const auto& term : rerank.similarity) {
      detail("similarity",
             fmt::format("{} * {}({})", text(term.weight), kTerms[static_cast<size_t>(term.kind)], text(term.column)));
    }
    if (rerank.theta != kNoExpr) detail("theta", text(rerank.theta));
    if (rerank.vectors != kNoExpr) detail("vectors", text(rerank.vectors));
    if (rerank.gamma != kNoExpr) detail("gamma", text(rerank.gamma));
    if (rerank.window != kNoExpr) detail("window", text(rerank.window));
    for (const auto& rule : rerank.rules) detail(rule.must ? "must" : "rule", rule.text);
  }

  /// Maximal request-level expressions that are more than a name: computed once, shared by all candidates.
  void request_values() {
    std::set<ExprId> inner;
    std::vector<ExprId> once;
    const auto computed = [](const Node& n) {
      return n.level == kRequest && !n.args.empty() && n.op != Op::make_optional && n.op != Op::assume_present;
    };
    for (ExprId id = 0; id < plan_.exprs.size(); ++id) {
      if (!computed(plan_.exprs[id])) continue;
      for (const ExprId arg : plan_.exprs[id].args) inner.insert(arg);
    }
    for (ExprId id = 0; id < plan_.exprs.size(); ++id) {
      if (computed(plan_.exprs[id]) && !inner.contains(id)) once.push_back(id);
    }
    if (once.empty()) return;
    out_ += "  once a request:\n";
    for (const ExprId id : once) out_ += fmt::format("      {}\n", text(id));
  }

  void columns() {
    std::set<uint32_t> used;
    for (ExprId id = 0; id < plan_.exprs.size(); ++id) {
      if (plan_.exprs[id].op == Op::item_column) used.insert(plan_.exprs[id].index);
    }
    if (used.empty()) return;
    std::string names;
    for (const uint32_t column : used)
      names += (names.empty() ? "" : ", ") + catalog_.tables[plan_.item_table].columns[column].name;
    out_ += fmt::format("  item columns read: {}\n", names);
  }

  const Plan& plan_;
  const catalog::Catalog& catalog_;
  const source::Sources& sources_;
  std::string out_;
};

}  // namespace

std::string explain_text(const Plan& plan, const catalog::Catalog& catalog, const source::Sources& sources) {
  return Explainer(plan, catalog, sources).run();
}

}  // namespace rec::graph
