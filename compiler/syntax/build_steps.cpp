// Building pipeline steps, channels, insertions and rules.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "compiler/syntax/build.h"

namespace rec::syntax {
namespace {

using diagnostics::Code;

bool is_set(const ExprPtr& slot) {
  return slot != nullptr;
}
template <typename T>
bool is_set(const std::optional<T>& slot) {
  return slot.has_value();
}
bool is_set(bool slot) {
  return slot;
}

}  // namespace

std::vector<Step> Builder::block(RecParser::BlockContext* tree) {
  std::vector<Step> out;
  for (auto* each : tree->step()) out.push_back(step(each));
  return out;
}

template <typename Slot, typename Value>
void Builder::set_once(Slot& slot, Value value, const Context* option) {
  if (is_set(slot)) {
    const Span word = list_.span(option->start->getTokenIndex());
    diagnostics_.error(Code::option_twice, word,
                       fmt::format("`{}` is given twice here", list_.text(option->start->getTokenIndex())),
                       "the second time");
    return;
  }
  slot = std::move(value);
}

OrderBy Builder::ordering(RecParser::OrderingContext* tree) {
  return {expr(tree->expr()), tree->ASC() != nullptr};
}

OperatorRef Builder::operator_ref(RecParser::OperatorRefContext* tree) {
  return {span(tree), name(tree->name()), tree->arguments() != nullptr, arguments(tree->arguments())};
}

template <typename Target>
void Builder::source_option(RecParser::SourceOptionContext* tree, Target& out) {
  if (tree->WHERE()) set_once(out.where, expr(tree->expr()), tree);
  if (tree->BY()) set_once(out.by, ordering(tree->ordering()), tree);
  if (tree->TAKE()) set_once(out.take, expr(tree->additive()), tree);
  if (tree->TIMEOUT()) set_once(out.timeout, expr(tree->additive()), tree);
  if (tree->WHEN()) set_once(out.when, expr(tree->expr()), tree);
}

Channel Builder::channel(RecParser::ChannelContext* tree) {
  Channel out{
      .span = span(tree), .doc = doc(tree), .name = name(tree->name()), .source = operator_ref(tree->operatorRef())};
  for (auto* option : tree->channelOption()) {
    if (option->sourceOption()) source_option(option->sourceOption(), out);
    if (option->ELSE()) set_once(out.otherwise, name(option->name()), option);
    if (option->REQUIRED()) set_once(out.required, true, option);
  }
  return out;
}

MergeStep Builder::merge(RecParser::MergeStepContext* tree) {
  MergeStep out{.policy = name(tree->name())};
  for (auto* each : tree->mergeArgument()) {
    MergeArgument argument{.channel = name(each->name()), .low = expr(each->additive(0))};
    if (each->RANGE()) argument.high = expr(each->additive(1));
    out.arguments.push_back(std::move(argument));
  }
  return out;
}

// A `when` has one condition a block, but for a last `else`.
WhenStep Builder::when(RecParser::WhenStepContext* tree) {
  WhenStep out;
  const auto conditions = tree->expr();
  const auto blocks = tree->block();
  for (size_t i = 0; i < blocks.size(); ++i) {
    WhenArm arm;
    arm.span = span(blocks[i]);
    if (i < conditions.size()) {
      arm.condition = expr(conditions[i]);
      arm.span = join(arm.condition->span, arm.span);
    }
    arm.steps = block(blocks[i]);
    out.arms.push_back(std::move(arm));
  }
  return out;
}

RerankStep Builder::rerank(RecParser::RerankStepContext* tree) {
  RerankStep out{.algorithm = operator_ref(tree->operatorRef()), .take = expr(tree->additive())};
  if (tree->AFTER()) out.after = expr(tree->expr());
  for (auto* each : tree->ruleLine()) {
    if (!each->ERROR()) out.rules.push_back(rule(each));
  }
  return out;
}

Rule Builder::rule(RecParser::RuleLineContext* tree) {
  Rule out{.span = span(tree), .must = tree->MUST() != nullptr, .at_least = tree->LEAST() != nullptr};
  out.count = expr(tree->additive());
  auto* scope = tree->ruleScope();
  out.scope = scope->ROW() ? RuleScope::in_a_row : scope->ANY() ? RuleScope::in_any : RuleScope::in_first;
  if (scope->additive()) out.length = expr(scope->additive());
  for (auto* option : tree->ruleOption()) set_once(option->WHERE() ? out.where : out.by, expr(option->expr()), option);
  if (out.at_least && out.scope == RuleScope::in_a_row) {
    diagnostics_
        .error(Code::rule_form, span(scope), "`at least` cannot be combined with `in a row`",
               "not a scope of `at least`")
        .help.push_back("say within what: `at least K in first T`, or `at least K in any W`");
  }
  if (out.at_least && out.by) {
    diagnostics_.error(Code::rule_form, out.by->span, "`at least` takes no `by`", "not here")
        .help.push_back("name what is to be seen with `where`: `at least 1 in first 5 where item.kind == \"video\"`");
  }
  return out;
}

void Builder::place(RecParser::PlaceContext* tree, InsertStep& out) {
  out.place = tree->AT_RANDOM()   ? PlaceKind::random
              : tree->AT_COLUMN() ? PlaceKind::column
              : tree->EVERY()     ? PlaceKind::every
                                  : PlaceKind::at;
  if (tree->AT_COLUMN()) out.column = name(tree->name());
  for (auto* each : tree->additive()) out.positions.push_back(expr(each));
}

InsertStep Builder::insert(RecParser::InsertStepContext* tree) {
  InsertStep out{.source = operator_ref(tree->operatorRef())};
  for (auto* option : tree->sourceOption()) source_option(option, out);
  for (auto* limit : tree->insertLimit()) {
    if (limit->MOST()) set_once(out.most, expr(limit->additive()), limit);
    if (limit->APART()) set_once(out.apart, expr(limit->additive()), limit);
  }
  bool placed = false;
  for (auto* written : tree->place()) {
    const bool first = !placed;
    set_once(placed, true, written);
    if (first) place(written, out);
  }
  if (!placed) {
    diagnostics_.error(Code::place_missing, span(tree), "this `insert` does not say where", "no place")
        .help.push_back("add `at 3, 9`, `every 8 from 4`, `at random 5 .. 20` or `at column NAME`");
  }
  return out;
}

Step Builder::step(RecParser::StepContext* tree) {
  return {span(tree), list_.span(tree->start->getTokenIndex()), step_node(tree)};
}

decltype(Step::node) Builder::step_node(RecParser::StepContext* tree) {
  if (auto* s = dynamic_cast<RecParser::DeadlineStepContext*>(tree)) {
    return DeadlineStep{expr(s->additive()), s->ELSE() ? std::optional(name(s->name())) : std::nullopt};
  }
  if (auto* s = dynamic_cast<RecParser::EligibleStepContext*>(tree)) {
    return EligibleStep{expr(s->expr())};
  }
  if (auto* s = dynamic_cast<RecParser::RecallStepContext*>(tree)) {
    const auto channels = s->channel();
    const bool whole = std::ranges::none_of(channels, [](auto* each) { return each->ERROR() != nullptr; });
    RecallStep recall;
    for (auto* each : channels) {
      if (!each->ERROR()) recall.channels.push_back(channel(each));
    }
    if (whole) return recall;  // with a channel missing, what names it would be wrong too
  }
  if (auto* s = dynamic_cast<RecParser::MergeStepContext*>(tree)) {
    return merge(s);
  }
  if (auto* s = dynamic_cast<RecParser::WhereStepContext*>(tree)) {
    return WhereStep{expr(s->expr())};
  }
  if (auto* s = dynamic_cast<RecParser::LetStepContext*>(tree)) {
    return LetStep{name(s->name()), expr(s->expr())};
  }
  if (auto* s = dynamic_cast<RecParser::ScoreStepContext*>(tree)) {
    return ScoreStep{name(s->name(0)), name(s->name(1)), arguments(s->arguments())};
  }
  if (auto* s = dynamic_cast<RecParser::TopStepContext*>(tree)) {
    return TopStep{expr(s->additive()), ordering(s->ordering())};
  }
  if (auto* s = dynamic_cast<RecParser::SortStepContext*>(tree)) {
    return SortStep{ordering(s->ordering())};
  }
  if (auto* s = dynamic_cast<RecParser::TakeStepContext*>(tree)) {
    return TakeStep{expr(s->additive()), s->PER() ? expr(s->expr()) : nullptr};
  }
  if (auto* s = dynamic_cast<RecParser::SampleStepContext*>(tree)) {
    return SampleStep{expr(s->additive(0)), expr(s->expr()), s->TEMPERATURE() ? expr(s->additive(1)) : nullptr};
  }
  if (auto* s = dynamic_cast<RecParser::WhenStepContext*>(tree)) {
    return when(s);
  }
  if (auto* s = dynamic_cast<RecParser::RerankStepContext*>(tree)) {
    return rerank(s);
  }
  if (auto* s = dynamic_cast<RecParser::InsertStepContext*>(tree)) {
    return insert(s);
  }
  if (auto* s = dynamic_cast<RecParser::BackfillStepContext*>(tree)) {
    return BackfillStep{expr(s->additive())};
  }
  if (auto* s = dynamic_cast<RecParser::EmitStepContext*>(tree)) {
    EmitStep emit;
    for (auto* each : s->emitItem()) {
      emit.items.push_back({expr(each->expr()), each->AS() ? std::optional(name(each->name())) : std::nullopt});
    }
    return emit;
  }
  return ErrorStep{};
}

}  // namespace rec::syntax
