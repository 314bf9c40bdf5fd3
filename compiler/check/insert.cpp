// insert and backfill: a source of its own, the places its rows take, and what the page emits of them.
#include <fmt/format.h>

#include <algorithm>

#include "compiler/check/pipeline.h"
#include "compiler/check/plans.h"
#include "compiler/syntax/parse.h"

namespace rec::check {

using types::Kind;

namespace {

bool is_cut(const graph::Step& step) {
  const auto& what = step.what;
  if (const auto* when = std::get_if<graph::WhenStep>(&what)) {
    return std::ranges::any_of(when->arms, [](const auto& arm) { return std::ranges::any_of(arm.steps, is_cut); });
  }
  return std::holds_alternative<graph::TopStep>(what) || std::holds_alternative<graph::TakeStep>(what) ||
         std::holds_alternative<graph::SampleStep>(what) || std::holds_alternative<graph::RerankStep>(what);
}

}  // namespace

void PipelineChecker::insert(const syntax::InsertStep& written, const syntax::Step& step) {
  graph::InsertStep out;
  out.name = written.source.name.text;
  out.number = ++inserts_;
  bool good = place(written, out);
  if (written.when) {
    out.when =
        expressions_.check_as(*written.when, scope_, types::boolean(), graph::kRequest, "the `when` of an `insert`");
    good = good && out.when != kNoExpr;
  }
  PipelineChecker source(context_, decl_);
  out.source = source.insert_source(written, *this, out);
  good = good && out.source != nullptr && known_places(written, out);
  if (!good) return;
  plan_->replays = true;
  if (out.foreign && !foreign_insert_) foreign_insert_ = step.span;
  push(step, std::move(out));
}

bool PipelineChecker::place(const syntax::InsertStep& written, graph::InsertStep& out) {
  using Written = syntax::PlaceKind;
  using Place = graph::InsertStep::Place;
  out.place = written.place == Written::at       ? Place::at
              : written.place == Written::every  ? Place::every
              : written.place == Written::random ? Place::random
                                                 : Place::column;
  bool good = true;
  for (const auto& position : written.positions) {
    out.positions.push_back(expressions_.check_count(*position, scope_, "a position of `insert`", 1));
    good = good && out.positions.back() != kNoExpr;
  }
  if (written.most) {
    out.most = expressions_.check_count(*written.most, scope_, "`most` of `insert`");
    good = good && out.most != kNoExpr;
  }
  if (written.apart) {
    out.apart = expressions_.check_count(*written.apart, scope_, "`apart` of `insert`");
    good = good && out.apart != kNoExpr;
  }
  if (!good || out.place != Place::random) return good;
  const auto *low = expressions_.constant(out.positions[0]), *high = expressions_.constant(out.positions[1]);
  if (low == nullptr || high == nullptr || std::get<int64_t>(*low) <= std::get<int64_t>(*high)) return true;
  context_.diagnostics.error(Code::bad_bounds, written.positions[1]->span,
                             "the first position of a random place is at most the last", "put the smaller one first");
  return false;
}

/// Two inserts that are sure to meet, and places of one that repeat.
bool PipelineChecker::known_places(const syntax::InsertStep& written, const graph::InsertStep& made) {
  if (made.place != graph::InsertStep::Place::at || made.when != kNoExpr) return true;
  bool good = true;
  for (size_t i = 0; i < made.positions.size(); ++i) {
    const auto* known = expressions_.constant(made.positions[i]);
    if (known == nullptr) continue;
    const Span span = written.positions[i]->span;
    const auto [it, fresh] = places_.emplace(std::get<int64_t>(*known), span);
    if (fresh) continue;
    auto& d = context_.diagnostics.error(Code::place_taken, span,
                                         fmt::format("position {} is taken already", it->first), "again");
    d.secondary.push_back({it->second, "first here"});
    d.help.emplace_back("give one of them another position");
    good = false;
  }
  return good;
}

/// Whose rows a source brings: those of a pipeline, of an index or of a list; else the page's.
size_t PipelineChecker::table_of(const syntax::OperatorRef& source) const {
  const auto& catalog = context_.catalog;
  const size_t own = catalog.table_index(decl_.item_table.text).value_or(0);
  const auto of = [&](std::string_view name) { return catalog.table_index(name).value_or(own); };
  const auto* def = context_.registry.source(source.name.text);
  if (def == nullptr) {
    const auto it = context_.declarations.pipelines.find(source.name.text);
    return it == context_.declarations.pipelines.end() ? own : of(it->second->item_table.text);
  }
  const bool has_index =
      std::ranges::any_of(def->parameters, [](const auto& p) { return p.kind == operators::ParameterKind::index; });
  for (const auto& argument : source.arguments) {
    if (has_index) {
      const auto* ref = std::get_if<syntax::NameRef>(&argument.value->node);
      const auto* index = ref == nullptr ? nullptr : catalog.index(ref->name);
      if (index != nullptr) return of(index->item_table);
      continue;
    }
    // Tried on its own: what is wrong with it is said where it is checked.
    diagnostics::Diagnostics unheard;
    const Context trial{catalog, context_.registry, context_.sources, unheard, context_.declarations, context_.plans};
    graph::Plan scratch;
    scratch.parameters = context_.declarations.parameters;
    Scope scope;
    scope.user_table = plan_->user_table;
    Expressions expressions(trial, scratch);
    const ExprId value = expressions.check(*argument.value, scope);
    if (value == kNoExpr) continue;
    const auto& type = expressions.type(value);
    if (type.kind == Kind::list && type.element == Kind::row) return of(type.name);
    if (type.kind == Kind::sequence)
      return of(catalog.events[catalog.sequences[*catalog.sequence_index(type.name)].events].item_table);
  }
  return own;
}

/// What the page bound that is the same for the whole request.
void PipelineChecker::request_values_of(const PipelineChecker& page) {
  diagnostics::Diagnostics unheard;  // the page says what is wrong
  const Context trial{context_.catalog, context_.registry,     context_.sources,
                      unheard,          context_.declarations, context_.plans};
  for (const auto& step : decl_.steps) {
    const auto* let = std::get_if<syntax::LetStep>(&step.node);
    if (let == nullptr) continue;
    const auto bound = page.scope_.names.find(let->name.text);
    if (bound == page.scope_.names.end()) return;
    const bool request = bound->second != kNoExpr &&
                         (page.plan_->exprs[bound->second].level & (graph::kCandidate | graph::kBarrier)) == 0;
    if (!request) continue;
    const ExprId value = Expressions(trial, *plan_).check(*let->value, scope_);
    if (value != kNoExpr) scope_.names[let->name.text] = value;
  }
}

graph::PlanPtr PipelineChecker::insert_source(const syntax::InsertStep& insert, const PipelineChecker& page,
                                              graph::InsertStep& out) {
  inserting_ = true;
  plan_->name = insert.source.name.text;
  plan_->file = page.plan_->file;
  plan_->parameters = context_.declarations.parameters;
  plan_->user_table = page.plan_->user_table;
  plan_->item_table = table_of(insert.source);
  scope_.user_table = plan_->user_table;
  scope_.item_table = plan_->item_table;
  scope_.no_channels_because = "an `insert` brings rows of its own, which no channel had";
  out.foreign = plan_->item_table != page.plan_->item_table;
  request_values_of(page);
  for (const auto& step : decl_.steps) {
    const auto* eligible = std::get_if<syntax::EligibleStep>(&step.node);
    if (eligible != nullptr && !out.foreign) this->eligible(*eligible, step);
  }
  const SourceSyntax source{.span = insert.source.span,
                            .name = insert.source.name.text,
                            .source = insert.source,
                            .where = insert.where.get(),
                            .take = insert.take.get(),
                            .timeout = insert.timeout.get(),
                            .by = insert.by ? &*insert.by : nullptr};
  graph::RecallStep recall;
  if (!channel(source, recall.channels.emplace_back())) return nullptr;
  channel_names_ = {source.name};
  channel_plans_ = {recall.channels.front().pipeline};
  plan_->steps.push_back({std::move(recall), "recall", insert.source.span});
  const auto& made = std::get<graph::RecallStep>(plan_->steps.front().what).channels.front();
  if (insert.column && !place_column(*insert.column, made, out)) return nullptr;
  if (out.foreign) emit_as_page(page);
  return plan_;
}

/// `at column NAME`: what the source's pipeline emits, else a column of its table.
bool PipelineChecker::place_column(const syntax::Name& column, const graph::Channel& channel, graph::InsertStep& out) {
  const auto& table = context_.catalog.tables[plan_->item_table];
  std::vector<std::string> names = column_names(table);
  graph::Node node{.op = graph::Op::item_column, .type = {}, .level = graph::kCandidate, .span = column.span};
  const auto emit = [&] { return std::ranges::find(channel.pipeline->emits, column.text, &graph::Emit::name); };
  if (channel.pipeline != nullptr && emit() != channel.pipeline->emits.end()) {
    node.op = graph::Op::channel_emit;
    node.index2 = static_cast<uint32_t>(emit() - channel.pipeline->emits.begin());
    node.type = types::optional(channel.pipeline->exprs[emit()->value].type);
  } else if (const auto index = table.column_index(column.text)) {
    node.index = static_cast<uint32_t>(*index);
    node.type = table.columns[*index].type;
  } else {
    suggest(
        context_.diagnostics.error(Code::unknown_column, column.span,
                                   fmt::format("unknown column `{}` of `{}`", column.text, table.name), "not a column"),
        column.text, names, fmt::format("`{}`", table.name));
    return false;
  }
  if (types::required(node.type) != types::integer()) {
    context_.diagnostics.error(
        Code::type_mismatch, column.span,
        fmt::format("a place is an int, which may be missing, and `{}` is {}", column.text, types::to_text(node.type)));
    return false;
  }
  out.column = plan_->emits.size();
  plan_->emits.push_back({"at column " + column.text, expressions_.add(std::move(node))});
  return true;
}

/// What the page emits, under its names, as far as a row of this source has it.
void PipelineChecker::emit_as_page(const PipelineChecker& page) {
  const graph::PlanPtr& pipeline = channel_plans_.front();
  const auto from_pipeline = [&](const std::string& name) {
    if (pipeline == nullptr) return false;
    const auto emit = std::ranges::find(pipeline->emits, name, &graph::Emit::name);
    if (emit == pipeline->emits.end()) return false;
    plan_->emits.push_back({name, expressions_.add({.op = graph::Op::channel_emit,
                                                    .type = types::optional(pipeline->exprs[emit->value].type),
                                                    .level = graph::kCandidate,
                                                    .index2 = static_cast<uint32_t>(emit - pipeline->emits.begin())})});
    return true;
  };
  const auto written = std::ranges::find_if(
      decl_.steps, [](const auto& step) { return std::holds_alternative<syntax::EmitStep>(step.node); });
  if (written == decl_.steps.end()) {
    from_pipeline(page.ordering_text_);
    return;
  }
  for (const auto& item : std::get<syntax::EmitStep>(written->node).items) {
    const std::string name = item.as ? item.as->text : syntax::print(*item.value);
    if (from_pipeline(name)) continue;
    diagnostics::Diagnostics unheard;  // what this row lacks is absent on it
    const Context trial{context_.catalog, context_.registry,     context_.sources,
                        unheard,          context_.declarations, context_.plans};
    const ExprId value = Expressions(trial, *plan_)
                             .check_at(*item.value, scope_, graph::kRequest | graph::kCandidate, "what `emit` returns");
    if (value != kNoExpr) plan_->emits.push_back({name, value});
  }
}

void PipelineChecker::backfill(const syntax::BackfillStep& backfill, const syntax::Step& step) {
  const ExprId count = expressions_.check_count(*backfill.count, scope_, "the count of `backfill to`");
  if (!std::ranges::any_of(plan_->steps, is_cut)) {
    context_.diagnostics
        .error(Code::step_order, step.keyword, "`backfill` has nothing to fill up with: no step before it cuts",
               "no `top`, `take`, `sample` or `rerank` stands before it")
        .help.emplace_back("it appends what the last of these left out, such as `top 100 by value … backfill to 30`");
    return;
  }
  if (count == kNoExpr) return;
  plan_->replays = true;
  push(step, graph::BackfillStep{count});
}

}  // namespace rec::check
