// `when C { … } else { … }`: each side is checked as steps of its own; what every side binds goes on behind it.
#include <fmt/format.h>

#include <algorithm>

#include "compiler/check/pipeline.h"
#include "compiler/syntax/parse.h"

namespace rec::check {

namespace {

bool may_stand_in_a_side(const syntax::Step& step) {
  const auto& node = step.node;
  return std::holds_alternative<syntax::WhereStep>(node) || std::holds_alternative<syntax::LetStep>(node) ||
         std::holds_alternative<syntax::ScoreStep>(node) || std::holds_alternative<syntax::TopStep>(node) ||
         std::holds_alternative<syntax::SortStep>(node) || std::holds_alternative<syntax::TakeStep>(node) ||
         std::holds_alternative<syntax::SampleStep>(node) || std::holds_alternative<syntax::RerankStep>(node) ||
         std::holds_alternative<syntax::WhenStep>(node);
}

}  // namespace

void PipelineChecker::when(const syntax::WhenStep& when, const syntax::Step& step) {
  graph::WhenStep out;
  std::vector<Scope> sides;
  const Scope before = scope_;
  const auto ordering = ordering_;
  for (const auto& written : when.arms) {
    graph::WhenArm& arm = out.arms.emplace_back();
    scope_ = before;
    if (written.condition) {
      const ExprId id = expressions_.check_as(*written.condition, scope_, types::boolean(), graph::kRequest,
                                              "the condition of `when`");
      arm.condition = {id, syntax::print(*written.condition), written.condition->span};
      if (id != kNoExpr) collect_present(plan_->exprs, id, true, scope_.present);
    }
    for (size_t i = 0; i + 1 < out.arms.size(); ++i) {  // none of the conditions above held
      if (out.arms[i].condition.expr != kNoExpr)
        collect_present(plan_->exprs, out.arms[i].condition.expr, false, scope_.present);
    }
    auto outer = std::exchange(plan_->steps, {});
    for (const auto& inner : written.steps) {
      if (!std::holds_alternative<syntax::ErrorStep>(inner.node) && !may_stand_in_a_side(inner)) {
        context_.diagnostics
            .error(
                Code::step_order, inner.keyword,
                fmt::format("`{}` cannot stand inside `when`: it holds for every request", source_text(inner.keyword)),
                "move it out")
            .help.emplace_back(
                "a side holds `where`, `let`, `score`, `top`, `sort`, `take`, `sample`, `rerank`, `when`");
        continue;
      }
      this->step(inner);
    }
    arm.steps = std::exchange(plan_->steps, std::move(outer));
    sides.push_back(scope_);
  }
  // An ordering of one side may read columns that the other does not have.
  if (ordering_ != ordering) ordering_ = kNoExpr;
  scope_ = before;
  join_names(when, out, sides);
  push(step, std::move(out));
}

void PipelineChecker::join_names(const syntax::WhenStep& when, graph::WhenStep& out, const std::vector<Scope>& sides) {
  std::map<std::string, Span> bound;
  for (const Scope& side : sides) {
    for (const auto& [name, value] : side.names) {
      if (!scope_.names.contains(name)) bound.emplace(name, side.places.at(name));
    }
  }
  const bool has_else = !when.arms.back().condition;
  for (const auto& [name, place] : bound) {
    const auto lacks = std::ranges::find_if(sides, [&](const Scope& side) { return !side.names.contains(name); });
    if (lacks == sides.end() && has_else) {
      join_name(name, place, out, sides);
      continue;
    }
    scope_.local[name] =
        lacks == sides.end()
            ? LocalName{place, "without an `else` no side runs for some requests, and then there is no such name"}
            : LocalName{place, fmt::format("the side on line {} does not bind it",
                                           context_.sources.file(place.file)
                                               .locate(when.arms[static_cast<size_t>(lacks - sides.begin())].span.begin)
                                               .line)};
  }
}

/// Request-level values are chosen by the conditions; others become a column that each side fills at its end.
void PipelineChecker::join_name(const std::string& name, Span place, graph::WhenStep& out,
                                const std::vector<Scope>& sides) {
  std::vector<ExprId> values;
  for (const Scope& side : sides) values.push_back(side.names.at(name));
  scope_.places[name] = place;
  scope_.names[name] = kNoExpr;
  if (std::ranges::find(values, kNoExpr) != values.end()) return;
  const bool records =
      std::ranges::all_of(values, [&](ExprId value) { return expressions_.type(value).kind == types::Kind::record; });
  scope_.names[name] =
      records ? join_records(name, place, out, sides, values) : join_values(name, place, out, sides, std::move(values));
}

/// Records meet in their common fields.
ExprId PipelineChecker::join_records(const std::string& name, Span place, graph::WhenStep& out,
                                     const std::vector<Scope>& sides, const std::vector<ExprId>& records) {
  const auto first = expressions_.type(records.front()).fields;
  std::vector<types::Field> common;
  graph::Node joined{.op = graph::Op::record, .type = {.kind = types::Kind::record}, .span = place};
  for (const auto& field : *first) {
    std::vector<ExprId> values;
    for (const ExprId record : records) {
      const auto& fields = *expressions_.type(record).fields;
      const auto at = std::ranges::find(fields, field.name, &types::Field::name);
      if (at != fields.end())
        values.push_back(expressions_.node(record).args[static_cast<size_t>(at - fields.begin())]);
    }
    if (values.size() < records.size()) continue;
    joined.args.push_back(join_values(name + "." + field.name, place, out, sides, std::move(values)));
    common.push_back(field);
  }
  if (common.empty()) {
    context_.diagnostics.error(Code::type_mismatch, place,
                               fmt::format("the models behind `{}` have no output in common", name),
                               "nothing of it is there for every request");
    return kNoExpr;
  }
  joined.type.fields = std::make_shared<const std::vector<types::Field>>(std::move(common));
  return expressions_.add(std::move(joined));
}

ExprId PipelineChecker::join_values(const std::string& name, Span place, graph::WhenStep& out,
                                    const std::vector<Scope>& sides, std::vector<ExprId> values) {
  types::Type type = expressions_.type(values[0]);
  for (const ExprId value : values) {
    const auto joined = meet(type, expressions_.type(value));
    if (!joined) {
      auto& d = context_.diagnostics.error(Code::type_mismatch, place,
                                           fmt::format("`{}` is {} on one side and {} on another", name,
                                                       types::to_text(type), types::to_text(expressions_.type(value))),
                                           "one name, two types");
      for (const Scope& side : sides) {
        const auto other = side.places.find(name);
        if (other != side.places.end() && other->second != place)
          d.secondary.push_back({other->second, "bound here as well"});
      }
      return kNoExpr;
    }
    type = *joined;
  }
  for (ExprId& value : values) {
    value = expressions_.convert(value, type, place);
    if (value == kNoExpr) return kNoExpr;
  }
  const bool request_level =
      std::ranges::all_of(values, [&](ExprId v) { return (expressions_.level(v) & graph::kCandidate) == 0; });
  if (request_level && type.kind != types::Kind::sequence) {
    ExprId chosen = values.back();
    for (size_t i = values.size() - 1; i-- > 0;) {
      chosen = expressions_.add({.op = graph::Op::choose,
                                 .type = type,
                                 .args = {out.arms[i].condition.expr, values[i], chosen},
                                 .span = place});
    }
    return chosen;
  }
  const auto column = static_cast<uint32_t>(plan_->let_columns.size());
  plan_->let_columns.push_back({name, type});
  if (std::ranges::any_of(values, [&](ExprId value) { return depends_on_score(value); })) mark_scored(column);
  for (size_t i = 0; i < values.size(); ++i)
    out.arms[i].steps.push_back({graph::LetStep{column, values[i]}, "let " + name, place});
  return expressions_.add(
      {.op = graph::Op::let_column, .type = type, .level = graph::kCandidate, .index = column, .span = place});
}

std::optional<types::Type> meet(const types::Type& a, const types::Type& b) {
  types::Type x = types::required(a), y = types::required(b);
  if (x != y) {
    const auto number = [](const types::Type& t) {
      return t.kind == types::Kind::integer || t.kind == types::Kind::floating;
    };
    if (!number(x) || !number(y)) return std::nullopt;
    x = types::floating();
  }
  return a.optional || b.optional ? types::optional(x) : x;
}

}  // namespace rec::check
