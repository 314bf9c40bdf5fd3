// `explain --format json`: the plan for programs.
#include <nlohmann/json.hpp>

#include "compiler/graph/explain.h"
#include "compiler/graph/print.h"

namespace rec::graph {
namespace {

using Json = nlohmann::ordered_json;

class Writer {
 public:
  Writer(const Plan& plan, const catalog::Catalog& catalog, const source::Sources& sources)
      : plan_(plan), catalog_(catalog), sources_(sources) {}

  Json run() {
    Json out{{"pipeline", plan_.name}, {"file", plan_.file}};
    if (!plan_.doc.empty()) out["doc"] = plan_.doc;
    out["user"] = catalog_.tables[plan_.user_table].name;
    out["item"] = catalog_.tables[plan_.item_table].name;
    out["parameters"] = Json::array();
    for (const auto& parameter : plan_.parameters) out["parameters"].push_back(describe(parameter));
    if (plan_.deadline != kNoExpr) out["deadline"] = text(plan_.deadline);
    if (plan_.otherwise != nullptr) out["else"] = plan_.otherwise->name;
    out["steps"] = steps(plan_.steps);
    out["emit"] = Json::array();
    for (const auto& emit : plan_.emits) out["emit"].push_back({{"name", emit.name}, {"value", text(emit.value)}});
    return out;
  }

 private:
  std::string text(ExprId id) const { return print(plan_, catalog_, id); }
  uint32_t line(source::Span span) const { return sources_.file(span.file).locate(span.begin).line; }

  static Json describe(const Parameter& parameter) {
    Json out{{"name", parameter.name},
             {"type", types::to_text(parameter.type)},
             {"default", types::to_text(parameter.default_value, parameter.type)}};
    const auto bound = parameter.type.kind == types::Kind::list ? types::element_of(parameter.type) : parameter.type;
    if (parameter.low) out["low"] = types::to_text(*parameter.low, bound);
    if (parameter.high) out["high"] = types::to_text(*parameter.high, bound);
    return out;
  }

  Json steps(const std::vector<Step>& steps) {
    Json out = Json::array();
    for (const auto& step : steps) {
      Json made{{"step", step_name(step)}, {"line", line(step.span)}, {"text", step.text}};
      std::visit([&](const auto& what) { add(made, what); }, step.what);
      out.push_back(std::move(made));
    }
    return out;
  }

  void add(Json& out, const RecallStep& recall) {
    out.erase("text");
    for (const auto& channel : recall.channels) {
      Json made{{"channel", channel.name}, {"line", line(channel.span)}, {"text", channel.text}};
      for (const auto& predicate : channel.where) made["where"].push_back(text(predicate.expr));
      const auto& columns = catalog_.tables[plan_.item_table].columns;
      for (const auto& look_up : channel.look_ups) made["finds"].push_back(columns[look_up.column].name);
      if (channel.walks_along) made["walks"] = columns[*channel.walks_along].name;
      out["channels"].push_back(std::move(made));
    }
    if (recall.merge.policy != nullptr) out["merge"] = {{"line", line(recall.merge.span)}, {"text", recall.merge.text}};
  }
  void add(Json& out, const WhereStep& where) { out["condition"] = text(where.condition.expr); }
  void add(Json& out, const LetStep& let) {
    out["column"] = plan_.let_columns[let.column].name;
    out["type"] = types::to_text(plan_.let_columns[let.column].type);
    out["value"] = text(let.value);
  }
  void add(Json& out, const ScoreStep& score) {
    out["model"] = catalog_.models[score.model].name;
    out["inputs"] = Json::array();
    for (const ExprId input : score.inputs) out["inputs"].push_back(text(input));
    for (const uint32_t column : score.columns) out["columns"].push_back(plan_.let_columns[column].name);
  }
  void add(Json& out, const RerankStep& rerank) {
    out["relevance"] = text(rerank.relevance);
    for (const auto& rule : rerank.rules) out["rules"].push_back({{"line", line(rule.span)}, {"text", rule.text}});
  }
  void add(Json& out, const WhenStep& when) {
    for (const auto& arm : when.arms) {
      Json made = Json::object();
      if (arm.condition.expr != kNoExpr) made["when"] = text(arm.condition.expr);
      made["steps"] = steps(arm.steps);
      out["arms"].push_back(std::move(made));
    }
  }
  template <typename T>
  void add(Json&, const T&) {}  // its text says all

  const Plan& plan_;
  const catalog::Catalog& catalog_;
  const source::Sources& sources_;
};

}  // namespace

Json explain_json(const Plan& plan, const catalog::Catalog& catalog, const source::Sources& sources) {
  return Writer(plan, catalog, sources).run();
}

}  // namespace rec::graph
