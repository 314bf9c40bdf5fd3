// The steps of a pipeline other than recall, merge and rerank, and the order that steps stand in.
#include "compiler/check/pipeline.h"

#include <fmt/format.h>

#include <algorithm>

#include "compiler/syntax/parse.h"

namespace rec::check {

using types::Kind;

namespace {
constexpr uint8_t kCandidateLevels = graph::kRequest | graph::kCandidate;
}

std::string PipelineChecker::source_text(Span span) const {
  // The written text on one line: what stands in traces and in `explain`.
  std::string out;
  bool space = false;
  for (const char c : context_.sources.file(span.file).text.substr(span.begin, span.end - span.begin)) {
    if (c == ' ' || c == '\n' || c == '\r' || c == '\t') {
      space = true;
      continue;
    }
    if (space && !out.empty()) out += ' ';
    space = false;
    out += c;
  }
  return out;
}

graph::Step& PipelineChecker::push(const syntax::Step& step, decltype(graph::Step::what) what) {
  plan_->steps.push_back({std::move(what), source_text(step.span), step.span});
  return plan_->steps.back();
}

bool PipelineChecker::tables() {
  const auto find = [&](const syntax::Name& name, size_t& out, std::optional<size_t>& scope) {
    const auto index = context_.catalog.table_index(name.text);
    if (index) {
      out = *index;
      scope = *index;
      return true;
    }
    std::vector<std::string> names;
    for (const auto& table : context_.catalog.tables) names.push_back(table.name);
    suggest(context_.diagnostics.error(Code::unknown_table, name.span,
                                       fmt::format("the catalog has no table `{}`", name.text), "not a table"),
            name.text, names, "the catalog");
    return false;
  };
  const bool user = find(decl_.user_table, plan_->user_table, scope_.user_table);
  const bool item = find(decl_.item_table, plan_->item_table, scope_.item_table);
  return user && item;
}

std::shared_ptr<const graph::Plan> PipelineChecker::run() {
  const size_t before = context_.diagnostics.errors();
  plan_->name = decl_.name.text;
  plan_->doc = decl_.doc;
  plan_->file = context_.sources.file(decl_.span.file).path;
  plan_->parameters = context_.declarations.parameters;
  if (!tables()) return nullptr;
  scope_.no_channels_because = "`from`, `score_in`, `position_in` and `channels` are for the steps after `recall`";
  for (const auto& written : decl_.steps) {
    if (in_place(written)) step(written);
  }
  if (!recalled_) {
    const bool broken = std::ranges::any_of(
        decl_.steps, [](const auto& s) { return std::holds_alternative<syntax::ErrorStep>(s.node); });
    if (!broken) {
      context_.diagnostics
          .error(Code::no_recall, decl_.name.span, fmt::format("pipeline `{}` has no `recall`", decl_.name.text),
                 "nothing brings candidates")
          .help.emplace_back(
              "a pipeline needs exactly one, such as `recall { popular = items by item.clicks take 100 }`");
    }
  } else {
    finish_merge();
  }
  if (context_.diagnostics.errors() > before) return nullptr;
  if (!emitted_) emit_ordering();
  return plan_;
}

bool PipelineChecker::in_place(const syntax::Step& step) {
  const auto& node = step.node;
  const bool before_recall =
      std::holds_alternative<syntax::DeadlineStep>(node) || std::holds_alternative<syntax::EligibleStep>(node);
  const bool let = std::holds_alternative<syntax::LetStep>(node);
  const std::string word = source_text(step.keyword);
  if (std::holds_alternative<syntax::ErrorStep>(node)) return false;
  if (emitted_) {
    auto& d = context_.diagnostics.error(Code::step_order, step.keyword,
                                         fmt::format("`{}` stands after `emit`, which is the last step", word));
    d.secondary.push_back({emit_span_, "the page is emitted here"});
    return false;
  }
  if (foreign_insert_ && !std::holds_alternative<syntax::InsertStep>(node) &&
      !std::holds_alternative<syntax::EmitStep>(node)) {
    auto& d = context_.diagnostics.error(
        Code::step_order, step.keyword,
        fmt::format("`{}` stands after an `insert` of another table: only `insert` and `emit` may follow it", word));
    d.secondary.push_back({*foreign_insert_, "rows of another table come in here"});
    d.help.push_back(fmt::format("move the `insert` behind this `{}`", word));
    return false;
  }
  if (recalled_ && (before_recall || std::holds_alternative<syntax::RecallStep>(node))) {
    auto& d = context_.diagnostics.error(
        Code::step_order, step.keyword,
        before_recall ? fmt::format("`{}` stands before `recall`", word) : "a pipeline has exactly one `recall`");
    d.secondary.push_back({recall_span_, before_recall ? "`recall` is here" : "the first is here"});
    if (std::holds_alternative<syntax::EligibleStep>(node))
      d.help.emplace_back("move it up, or filter what is there with `where`");
    return false;
  }
  if (!recalled_ && !before_recall && !let && !std::holds_alternative<syntax::RecallStep>(node)) {
    context_.diagnostics.error(Code::step_order, step.keyword,
                               fmt::format("`{}` needs candidates: it stands after `recall`", word),
                               "no candidates yet");
    return false;
  }
  if (std::holds_alternative<syntax::MergeStep>(node) && (merged_ || plan_->steps.size() != 1)) {
    auto& d = context_.diagnostics.error(Code::step_order, step.keyword,
                                         merged_ ? "channels are merged once" : "`merge` follows `recall` directly");
    d.secondary.push_back({recall_span_, "`recall` is here"});
    return false;
  }
  return true;
}

void PipelineChecker::step(const syntax::Step& step) {
  std::visit(
      [&](const auto& node) {
        using T = std::decay_t<decltype(node)>;
        if constexpr (std::is_same_v<T, syntax::EligibleStep>) {
          eligible(node, step);
        } else if constexpr (std::is_same_v<T, syntax::RecallStep>) {
          recall(node, step);
        } else if constexpr (std::is_same_v<T, syntax::MergeStep>) {
          merge(node, step);
        } else if constexpr (std::is_same_v<T, syntax::WhereStep>) {
          where(node, step);
        } else if constexpr (std::is_same_v<T, syntax::LetStep>) {
          let(node, step);
        } else if constexpr (std::is_same_v<T, syntax::TopStep>) {
          top(node, step);
        } else if constexpr (std::is_same_v<T, syntax::SortStep>) {
          sort(node, step);
        } else if constexpr (std::is_same_v<T, syntax::TakeStep>) {
          take(node, step);
        } else if constexpr (std::is_same_v<T, syntax::RerankStep>) {
          rerank(node, step);
        } else if constexpr (std::is_same_v<T, syntax::EmitStep>) {
          emit(node, step);
        } else if constexpr (std::is_same_v<T, syntax::DeadlineStep>) {
          deadline(node, step);
        } else if constexpr (std::is_same_v<T, syntax::ScoreStep>) {
          score(node, step);
        } else if constexpr (std::is_same_v<T, syntax::SampleStep>) {
          sample(node, step);
        } else if constexpr (std::is_same_v<T, syntax::WhenStep>) {
          when(node, step);
        } else if constexpr (std::is_same_v<T, syntax::InsertStep>) {
          insert(node, step);
        } else if constexpr (std::is_same_v<T, syntax::BackfillStep>) {
          backfill(node, step);
        }
      },
      step.node);
}

void PipelineChecker::eligible(const syntax::EligibleStep& eligible, const syntax::Step&) {
  const ExprId id = expressions_.check_as(*eligible.condition, scope_, types::boolean(), kCandidateLevels,
                                          "the condition of `eligible`");
  if (id != kNoExpr) eligible_.push_back({id, syntax::print(*eligible.condition), eligible.condition->span});
}

void PipelineChecker::bind(const syntax::Name& name, ExprId value) {
  if (const auto it = scope_.places.find(name.text); it != scope_.places.end()) {
    auto& d = context_.diagnostics.error(Code::duplicate_name, name.span, fmt::format("`{}` is bound twice", name.text),
                                         "bound again");
    d.secondary.push_back({it->second, "first bound here"});
    d.help.emplace_back("give the second one a name of its own");
    return;
  }
  scope_.names[name.text] = value;
  scope_.places[name.text] = name.span;
}

bool PipelineChecker::reserved_name(const syntax::Name& name) {
  if (name.text != "user" && name.text != "item" && name.text != "request") return false;
  context_.diagnostics.error(Code::duplicate_name, name.span,
                             fmt::format("`{}` cannot be bound: it always has its own meaning", name.text));
  return true;
}

void PipelineChecker::let(const syntax::LetStep& let, const syntax::Step& step) {
  const auto levels = static_cast<uint8_t>(recalled_ ? kCandidateLevels | graph::kBarrier : graph::kRequest);
  const ExprId value =
      expressions_.check_at(*let.value, scope_, levels, fmt::format("`{}`, bound before `recall`,", let.name.text));
  if (reserved_name(let.name)) return;
  if (value == kNoExpr) return bind(let.name, kNoExpr);
  const auto& type = expressions_.type(value);
  if (type.kind == Kind::none) {
    context_.diagnostics.error(Code::type_mismatch, let.value->span,
                               "`none` alone has no type: give it one with `if … then … else none`");
    return bind(let.name, kNoExpr);
  }
  if (!(expressions_.level(value) & graph::kCandidate) || type.kind == Kind::sequence || type.kind == Kind::record)
    return bind(let.name, value);

  const auto column = static_cast<uint32_t>(plan_->let_columns.size());
  plan_->let_columns.push_back({let.name.text, type});
  if (depends_on_score(value)) mark_scored(column);
  push(step, graph::LetStep{column, value});
  bind(let.name, expressions_.add({.op = graph::Op::let_column,
                                   .type = type,
                                   .level = graph::kCandidate,
                                   .index = column,
                                   .span = let.name.span}));
}

void PipelineChecker::where(const syntax::WhereStep& where, const syntax::Step& step) {
  const ExprId id = expressions_.check_as(*where.condition, scope_, types::boolean(),
                                          kCandidateLevels | graph::kBarrier, "the condition of `where`");
  if (id != kNoExpr) check_decidable(id, where.condition->span);
  if (id != kNoExpr) push(step, graph::WhereStep{{id, syntax::print(*where.condition), where.condition->span}});
}

graph::Order PipelineChecker::order(const syntax::OrderBy& by, std::string_view what) {
  const ExprId key = expressions_.check_order(*by.key, scope_, kCandidateLevels | graph::kBarrier, what);
  if (key != kNoExpr) {
    ordering_ = key;
    ordering_text_ = syntax::print(*by.key);
  }
  return {key, by.ascending};
}

void PipelineChecker::top(const syntax::TopStep& top, const syntax::Step& step) {
  const ExprId count = expressions_.check_count(*top.count, scope_, "the count of `top`");
  const auto by = order(top.by, "what `top` orders by");
  if (count != kNoExpr && by.key != kNoExpr) push(step, graph::TopStep{count, by});
}

void PipelineChecker::sort(const syntax::SortStep& sort, const syntax::Step& step) {
  const auto by = order(sort.by, "what `sort` orders by");
  if (by.key != kNoExpr) push(step, graph::SortStep{by});
}

void PipelineChecker::take(const syntax::TakeStep& take, const syntax::Step& step) {
  const ExprId count = expressions_.check_count(*take.count, scope_, "the count of `take`");
  ExprId per = kNoExpr;
  if (take.per) {
    per = expressions_.check_at(*take.per, scope_, kCandidateLevels | graph::kBarrier, "what `take … per` groups by");
    if (per == kNoExpr) return;
    const auto& type = expressions_.type(per);
    if (type.optional || type.kind == Kind::list || type.kind == Kind::vector || type.kind == Kind::sequence ||
        type.kind == Kind::record || type.kind == Kind::none) {
      auto& d = context_.diagnostics.error(
          Code::type_mismatch, take.per->span,
          fmt::format("`per` groups by a single value, and this is {}", types::to_text(type)));
      if (type.optional)
        d.help.push_back(fmt::format("say what a missing one counts as: `{} ?? …`", syntax::print(*take.per)));
      return;
    }
  }
  if (count != kNoExpr) push(step, graph::TakeStep{count, per});
}

void PipelineChecker::sample(const syntax::SampleStep& sample, const syntax::Step& step) {
  graph::SampleStep out{.count = expressions_.check_count(*sample.count, scope_, "the count of `sample`"),
                        .by = expressions_.check_as(*sample.by, scope_, types::floating(),
                                                    kCandidateLevels | graph::kBarrier, "the weight of `sample`"),
                        .temperature = kNoExpr,
                        .number = ++samples_};
  if (sample.temperature) {
    out.temperature = expressions_.check_as(*sample.temperature, scope_, types::floating(), graph::kRequest,
                                            "the temperature of `sample`");
    if (out.temperature == kNoExpr) return;
    if (const auto* known = expressions_.constant(out.temperature); known && !(std::get<float>(*known) > 0)) {
      context_.diagnostics
          .error(Code::bad_bounds, sample.temperature->span, "the temperature of `sample` is above 0", "too cold")
          .help.emplace_back("`top` takes the largest without chance");
      return;
    }
  }
  if (out.count != kNoExpr && out.by != kNoExpr) push(step, out);
}

void PipelineChecker::emit(const syntax::EmitStep& emit, const syntax::Step& step) {
  emitted_ = true;
  emit_span_ = step.span;
  std::map<std::string, Span> names;
  for (const auto& item : emit.items) {
    const ExprId value =
        expressions_.check_at(*item.value, scope_, kCandidateLevels | graph::kBarrier, "what `emit` returns");
    if (value == kNoExpr) continue;
    const std::string name = item.as ? item.as->text : syntax::print(*item.value);
    const Span span = item.as ? item.as->span : item.value->span;
    if (const auto kind = expressions_.type(value).kind;
        kind == Kind::sequence || kind == Kind::record || kind == Kind::none) {
      context_.diagnostics.error(
          Code::type_mismatch, item.value->span,
          fmt::format("a value of type {} cannot be returned", types::to_text(expressions_.type(value))));
      continue;
    }
    if (const auto [it, fresh] = names.emplace(name, span); !fresh) {
      auto& d =
          context_.diagnostics.error(Code::duplicate_emit, span, fmt::format("`{}` is emitted twice", name), "again");
      d.secondary.push_back({it->second, "first here"});
      d.help.emplace_back("drop one, or give it a name of its own with `as`");
      continue;
    }
    plan_->emits.push_back({name, value});
  }
}

void PipelineChecker::emit_ordering() {
  if (ordering_ != kNoExpr) plan_->emits.push_back({ordering_text_, ordering_});
}

}  // namespace rec::check
