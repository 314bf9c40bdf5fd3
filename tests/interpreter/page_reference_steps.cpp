// The reference: values, orders and the steps that keep, compute and cut.
#include <fmt/format.h>

#include "operators/text_hash.h"
#include "tests/interpreter/page_reference.h"

namespace rec::interpreter {

using graph::kNoExpr;
using types::Kind;

std::vector<ReferenceItem> PageReference::run() {
  for (const auto& step : plan_.steps) run_step(step);
  std::vector<ReferenceItem> out;
  for (const Slot& slot : page_) out.push_back(slot.foreign != nullptr ? *slot.foreign : item(slot.at));
  return out;
}

Cell PageReference::value(graph::ExprId id, uint32_t at) {
  return Reference(context_, &state_.batch).value(id, at);
}

Cell PageReference::of_row(graph::ExprId id, uint32_t row) {
  return Reference(context_, nullptr).value(id, row);
}

bool PageReference::holds(graph::ExprId id, uint32_t at) {
  return value(id, at).as<uint8_t>() != 0;
}

int64_t PageReference::number(graph::ExprId id) {
  return of_row(id, 0).as<int64_t>();
}

size_t PageReference::count(graph::ExprId id) {
  return id == kNoExpr ? SIZE_MAX : static_cast<size_t>(std::max<int64_t>(number(id), 0));
}

std::vector<uint32_t> PageReference::list_of_rows(graph::ExprId id) {
  std::vector<uint32_t> out;
  for (const uint32_t row : of_row(id, 0).as<column::ListRef>().as<uint32_t>()) {
    if (row != column::kNoRow && std::ranges::find(out, row) == out.end()) out.push_back(row);
  }
  return out;
}

ReferenceItem PageReference::item(uint32_t at) {
  ReferenceItem out{.table = plan_.item_table, .row = state_.batch.rows[at]};
  for (const auto& channel : state_.batch.channels) {
    out.positions.push_back(channel.position[at]);
    out.scores.push_back(channel.score.empty() ? 0.0F : channel.score[at]);
  }
  for (const auto& emit : plan_.emits) out.values.emplace_back(value(emit.value, at));
  return out;
}

std::vector<uint32_t> PageReference::present() const {
  std::vector<uint32_t> out;
  for (const Slot& slot : page_) {
    if (slot.foreign == nullptr) out.push_back(slot.at);
  }
  return out;
}

void PageReference::keep(const std::vector<uint32_t>& order) {
  page_.clear();
  for (const uint32_t at : order) page_.push_back({.at = at});
  state_.batch.order = order;
}

void PageReference::cut(std::vector<uint32_t> order, size_t most) {
  const size_t kept = std::min(order.size(), most);
  left_out_.assign(order.begin() + static_cast<std::ptrdiff_t>(kept), order.end());
  order.resize(kept);
  keep(order);
  since_cut_.clear();
}

bool PageReference::before(const Cell& a, const Cell& b, Kind kind, bool ascending) {
  if (kind != Kind::floating) return ascending ? a.as<int64_t>() < b.as<int64_t>() : a.as<int64_t>() > b.as<int64_t>();
  const float x = a.as<float>(), y = b.as<float>();
  if (std::isnan(x) || std::isnan(y)) return !std::isnan(x) && std::isnan(y);
  return ascending ? x < y : x > y;
}

void PageReference::run_step(const graph::Step& step) {
  std::visit([&](const auto& what) { run(what); }, step.what);
  if (std::holds_alternative<graph::LetStep>(step.what)) lets_.push_back(&std::get<graph::LetStep>(step.what));
  if (std::holds_alternative<graph::LetStep>(step.what) || std::holds_alternative<graph::WhereStep>(step.what))
    since_cut_.push_back(&step);
}

void PageReference::run(const graph::WhereStep& step) {
  auto order = present();
  std::erase_if(order, [&](uint32_t at) { return !holds(step.condition.expr, at); });
  keep(order);
}

void PageReference::run(const graph::LetStep& step) {
  for (const uint32_t at : present()) compute(step, at);
}

void PageReference::compute(const graph::LetStep& step, uint32_t at) {
  state_.set_let(step.column, at, value(step.value, at));
}

std::vector<uint32_t> PageReference::by(const graph::Order& order) {
  return ordered(present(), order, [&](uint32_t at) { return value(order.key, at); });
}

void PageReference::run(const graph::TopStep& step) {
  cut(by(step.by), count(step.count));
}

void PageReference::run(const graph::SortStep& step) {
  keep(by(step.by));
}

void PageReference::run(const graph::TakeStep& step) {
  const size_t most = count(step.count);
  std::vector<uint32_t> order, left;
  for (const uint32_t at : present()) {
    const auto same = [&](uint32_t other) {
      return step.per == kNoExpr || value(step.per, at).bytes == value(step.per, other).bytes;
    };
    const bool fits = static_cast<size_t>(std::ranges::count_if(order, same)) < most;
    (fits ? order : left).push_back(at);
  }
  const size_t kept = order.size();
  order.insert(order.end(), left.begin(), left.end());
  cut(order, kept);
}

/// By the keys of the specification, computed in long double; u has 53 bits and is never 0.
void PageReference::run(const graph::SampleStep& step) {
  const auto& table = context_.generation().table(plan_.item_table);
  const long double temperature =
      step.temperature == kNoExpr ? 1.0F : std::max(of_row(step.temperature, 0).as<float>(), 1e-6F);
  std::vector<std::pair<long double, uint32_t>> drawn;
  std::vector<uint32_t> order, without;
  for (const uint32_t at : present()) {
    const float weight = value(step.by, at).as<float>();
    if (std::isnan(weight) || weight <= 0) {
      without.push_back(at);
      continue;
    }
    const std::string text =
        fmt::format("{}:{}:{}", context_.inputs().id, step.number, table.key_text(state_.batch.rows[at]));
    const uint64_t bits = operators::text_hash(text) >> 11;
    const long double u = (static_cast<long double>(bits) + 0.5L) / 0x1p53L;
    drawn.emplace_back(std::log(static_cast<long double>(weight)) / temperature - std::log(-std::log(u)), at);
  }
  std::ranges::stable_sort(drawn, std::ranges::greater(), [](const auto& each) { return each.first; });
  for (const auto& [key, at] : drawn) order.push_back(at);
  order.insert(order.end(), without.begin(), without.end());
  cut(order, count(step.count));
}

void PageReference::run(const graph::WhenStep& step) {
  for (const auto& arm : step.arms) {
    if (arm.condition.expr != kNoExpr && of_row(arm.condition.expr, 0).as<uint8_t>() == 0) continue;
    for (const auto& inner : arm.steps) run_step(inner);
    return;
  }
}

std::vector<ReferenceItem> run_reference(RequestContext& context) {
  return PageReference(context).run();
}

}  // namespace rec::interpreter
