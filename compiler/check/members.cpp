// Members: what the word behind a dot is of a row, an event, the user, the request, a channel, a score, a time.
#include <fmt/format.h>

#include <algorithm>

#include "compiler/check/expressions.h"

namespace rec::check {

using graph::Op;
using types::Kind;

ExprId Expressions::member(const syntax::Expr& expr, const syntax::Member& member, Scope& scope) {
  bool outer = false;
  if (const auto* lambda = lambda_of(*member.base, scope, &outer)) {
    if (outer)
      return not_supported(context_.diagnostics, expr.span, "an event of an outer lambda inside an inner one"), kNoExpr;
    return event_member(*lambda, member, expr.span);
  }
  // e.item.COLUMN of the innermost lambda.
  if (const auto* inner = std::get_if<syntax::Member>(&member.base->node); inner && inner->member.text == "item") {
    if (const auto* lambda = lambda_of(*inner->base, scope, &outer); lambda && !outer) {
      const auto& table = *context_.catalog.table(context_.catalog.events[lambda->events].item_table);
      const auto column = table.column_index(member.member.text);
      if (!column) {
        unknown_column(context_.diagnostics, member.member, table);
        return kNoExpr;
      }
      leaf(graph::kEvent, expr.span);
      return add({.op = Op::event_item_column,
                  .type = table.columns[*column].type,
                  .level = graph::kEvent,
                  .index = static_cast<uint32_t>(*column),
                  .index2 = static_cast<uint32_t>(lambda->events),
                  .span = expr.span});
    }
  }
  if (const auto* base = std::get_if<syntax::NameRef>(&member.base->node); base && !scope.names.contains(base->name)) {
    const auto& catalog = context_.catalog;
    if (base->name == "user" && scope.user_table) return user_member(member, expr.span, scope);
    if (base->name == "request" && scope.request) return request_member(member, expr.span);
    if (base->name == "item" && scope.item_table) {
      const auto& table = catalog.tables[*scope.item_table];
      if (const auto column = table.column_index(member.member.text)) {
        leaf(graph::kCandidate, expr.span);
        return add({.op = Op::item_column,
                    .type = table.columns[*column].type,
                    .level = graph::kCandidate,
                    .index = static_cast<uint32_t>(*column),
                    .span = expr.span});
      }
      unknown_column(context_.diagnostics, member.member, table);
      return kNoExpr;
    }
  }
  if (const auto* base = std::get_if<syntax::NameRef>(&member.base->node);
      base && scope.channels != nullptr && !scope.names.contains(base->name) &&
      !context_.declarations.parameter_index.contains(base->name) &&
      std::ranges::find(*scope.channels, base->name) != scope.channels->end())
    return channel_member(*base, member, expr.span, scope);
  if (const auto* model = model_of(expr, scope)) {
    context_.diagnostics
        .error(Code::unknown_name, expr.span, fmt::format("`{}` is a model, and has no value here", model->name),
               "not a value")
        .help.push_back(
            fmt::format("`score p = {0}` runs it on candidates; `{0}.user` is the query of `nearest`", model->name));
    return kNoExpr;
  }
  const ExprId base = check(*member.base, scope);
  if (base == kNoExpr) return kNoExpr;
  if (type(base).kind == Kind::record) return record_member(base, member);
  if (type(base).optional)
    return maybe_missing(base, member.base->span, fmt::format("what `.{}` is taken of", member.member.text)), kNoExpr;
  if (type(base).kind == Kind::duration || type(base).kind == Kind::time) return time_part(base, member, expr.span);
  if (type(base).kind == Kind::row) return row_member(base, member, expr.span);
  if (type(base).kind == Kind::sequence) {
    context_.diagnostics.error(Code::unknown_name, member.member.span,
                               fmt::format("`.{}` of a sequence is called, with parentheses", member.member.text));
    return kNoExpr;
  }
  context_.diagnostics
      .error(Code::unknown_name, member.member.span,
             fmt::format("{} has no member `{}`", types::to_text(type(base)), member.member.text), "no such member")
      .help.push_back(type(base).kind == Kind::list && (member.member.text == "length" || member.member.text == "size")
                          ? "write `len(xs)`"
                          : "members are for rows, events, durations and times");
  return kNoExpr;
}

/// One output of a model.
ExprId Expressions::record_member(ExprId record, const syntax::Member& member) {
  const auto& fields = *type(record).fields;
  const auto field = std::ranges::find(fields, member.member.text, &types::Field::name);
  if (field != fields.end()) {
    leaf(graph::kCandidate, member.member.span);
    return node(record).args[static_cast<size_t>(field - fields.begin())];
  }
  std::vector<std::string> names;
  for (const auto& each : fields) names.push_back(each.name);
  suggest(context_.diagnostics.error(Code::unknown_name, member.member.span,
                                     fmt::format("the score has no output `{}`", member.member.text), "not an output"),
          member.member.text, names, "it");
  return kNoExpr;
}

/// CHANNEL.name: what the channel's pipeline emits; missing for candidates that others brought.
ExprId Expressions::channel_member(const syntax::NameRef& channel, const syntax::Member& member, Span span,
                                   Scope& scope) {
  const auto index = static_cast<size_t>(std::ranges::find(*scope.channels, channel.name) - scope.channels->begin());
  const graph::PlanPtr& page = (*scope.channel_plans)[index];
  if (page == nullptr) {
    context_.diagnostics
        .error(Code::unknown_name, span, fmt::format("channel `{}` is no pipeline and emits nothing", channel.name),
               "only pipelines emit values")
        .help.push_back(
            fmt::format("`score_in({0})` and `position_in({0})` say where it had the candidate", channel.name));
    return kNoExpr;
  }
  const auto emit = std::ranges::find(page->emits, member.member.text, &graph::Emit::name);
  if (emit == page->emits.end()) {
    std::vector<std::string> names;
    for (const auto& each : page->emits) names.push_back(each.name);
    auto& d = context_.diagnostics.error(Code::unknown_name, member.member.span,
                                         fmt::format("pipeline `{}` emits no `{}`", page->name, member.member.text),
                                         "not emitted");
    suggest(d, member.member.text, names, fmt::format("`{}`", page->name));
    if (d.help.empty()) d.help.push_back(fmt::format("let it `emit … as {}`", member.member.text));
    return kNoExpr;
  }
  leaf(graph::kCandidate, span);
  return add({.op = Op::channel_emit,
              .type = types::optional(page->exprs[emit->value].type),
              .level = graph::kCandidate,
              .index = static_cast<uint32_t>(index),
              .index2 = static_cast<uint32_t>(emit - page->emits.begin()),
              .span = span});
}

ExprId Expressions::user_member(const syntax::Member& member, Span span, Scope& scope) {
  const auto& catalog = context_.catalog;
  const auto& table = catalog.tables[*scope.user_table];
  const std::string& word = member.member.text;
  if (const auto column = table.column_index(word)) {
    return add({.op = Op::user_column,
                .type = table.columns[*column].type,
                .level = graph::kRequest,
                .index = static_cast<uint32_t>(*column),
                .span = span});
  }
  if (const auto sequence = catalog.sequence_index(word);
      sequence && catalog.events[catalog.sequences[*sequence].events].user_table == table.name) {
    return add({.op = Op::sequence,
                .type = types::sequence(word),
                .level = graph::kRequest,
                .index = static_cast<uint32_t>(*sequence),
                .span = span});
  }
  auto names = column_names(table);
  for (auto& name : sequence_names(catalog, table.name)) names.push_back(std::move(name));
  suggest(context_.diagnostics.error(Code::unknown_column, member.member.span,
                                     fmt::format("unknown column or sequence `{}` of `{}`", word, table.name),
                                     "neither a column nor a sequence"),
          word, names, fmt::format("`{}`", table.name));
  return kNoExpr;
}

ExprId Expressions::request_member(const syntax::Member& member, Span span) {
  const std::string& word = member.member.text;
  if (word == "now")
    return add({.op = Op::request_field, .type = types::time(), .level = graph::kRequest, .index = 0, .span = span});
  if (word == "id")
    return add({.op = Op::request_field, .type = types::string(), .level = graph::kRequest, .index = 1, .span = span});
  const auto& fields = context_.catalog.request;
  std::vector<std::string> names{"now", "id"};
  for (size_t i = 0; i < fields.size(); ++i) {
    if (fields[i].name == word) {
      return add({.op = Op::request_field,
                  .type = fields[i].type,
                  .level = graph::kRequest,
                  .index = static_cast<uint32_t>(2 + i),
                  .span = span});
    }
    names.push_back(fields[i].name);
  }
  suggest(context_.diagnostics.error(Code::unknown_column, member.member.span,
                                     fmt::format("unknown request field `{}`", word), "not a field of the request"),
          word, names, "`request`");
  return kNoExpr;
}

ExprId Expressions::event_member(const LambdaParameter& lambda, const syntax::Member& member, Span span) {
  const auto& events = context_.catalog.events[lambda.events];
  const auto log = static_cast<uint32_t>(lambda.events);
  const std::string& word = member.member.text;
  leaf(graph::kEvent, span);
  if (word == "time")
    return add({.op = Op::event_time, .type = types::time(), .level = graph::kEvent, .index2 = log, .span = span});
  if (word == "item")
    return add({.op = Op::event_item,
                .type = types::row(events.item_table),
                .level = graph::kEvent,
                .index2 = log,
                .span = span});
  if (const auto column = events.column_index(word)) {
    return add({.op = Op::event_column,
                .type = events.columns[*column].type,
                .level = graph::kEvent,
                .index = static_cast<uint32_t>(*column),
                .index2 = log,
                .span = span});
  }
  std::vector<std::string> names{"time", "item"};
  for (const auto& column : events.columns) names.push_back(column.name);
  auto& d = context_.diagnostics.error(Code::unknown_column, member.member.span,
                                       fmt::format("unknown column `{}` of the events `{}`", word, events.name),
                                       "not a column");
  if (context_.catalog.table(events.item_table)->column(word)) {
    d.help.push_back(fmt::format("it is a column of the event's item: write `{}.item.{}`", lambda.name, word));
  } else {
    suggest(d, word, names, fmt::format("`{}`", events.name));
  }
  return kNoExpr;
}

ExprId Expressions::row_member(ExprId row, const syntax::Member& member, Span span) {
  const auto index = *context_.catalog.table_index(type(row).name);
  const auto& table = context_.catalog.tables[index];
  if (const auto column = table.column_index(member.member.text)) {
    return add({.op = Op::row_column,
                .type = table.columns[*column].type,
                .args = {row},
                .index = static_cast<uint32_t>(*column),
                .index2 = static_cast<uint32_t>(index),
                .span = span});
  }
  unknown_column(context_.diagnostics, member.member, table);
  return kNoExpr;
}

ExprId Expressions::time_part(ExprId base, const syntax::Member& member, Span span) {
  static const std::vector<std::string> kDuration{"us", "ms", "s", "minutes", "hours", "days"},
      kTime{"hour", "weekday"};
  const bool time = type(base).kind == Kind::time;
  const auto& parts = time ? kTime : kDuration;
  if (std::ranges::find(parts, member.member.text) == parts.end()) {
    suggest(context_.diagnostics.error(
                Code::unknown_name, member.member.span,
                fmt::format("a {} has no part `{}`", types::to_text(type(base)), member.member.text)),
            member.member.text, parts, fmt::format("a {}", types::to_text(type(base))));
    return kNoExpr;
  }
  if (time && context_.catalog.timezone.empty()) {
    context_.diagnostics
        .error(Code::no_timezone, span,
               fmt::format("`.{}` needs a time zone, and the catalog declares none", member.member.text))
        .help.emplace_back("add a line such as `timezone: Asia/Shanghai` to catalog.yaml");
    return kNoExpr;
  }
  return call(member.member.text, {base}, span);
}

}  // namespace rec::check
