// The reference: rows that come in late, and backfill.
#include "tests/interpreter/page_reference.h"

namespace rec::interpreter {

uint32_t PageReference::add_late(uint32_t row) {
  const uint32_t at = state_.add(row);
  for (const auto* let : lets_) compute(*let, at);
  return at;
}

bool PageReference::was_inserted(uint32_t at) const {
  return std::ranges::any_of(inserted_,
                             [&](const auto& each) { return each.slot.foreign == nullptr && each.slot.at == at; });
}

void PageReference::run(const graph::BackfillStep& step) {
  std::vector<uint32_t> order = present();
  const size_t length = count(step.count);
  if (order.size() >= length) return;
  std::vector<uint32_t> candidates;
  for (const uint32_t at : left_out_) {
    const bool there =
        std::ranges::any_of(order, [&](uint32_t other) { return state_.batch.rows[other] == state_.batch.rows[at]; });
    if (!there && !was_inserted(at) && catches_up(at)) candidates.push_back(at);
  }
  if (rerank_ != nullptr && !rerank_->rules.empty()) candidates = by_rules(candidates, length - order.size());
  for (const uint32_t at : candidates) {
    if (order.size() < length) order.push_back(at);
  }
  keep(order);
}

bool PageReference::catches_up(uint32_t at) {
  for (const auto* step : since_cut_) {
    if (const auto* let = std::get_if<graph::LetStep>(&step->what)) compute(*let, at);
    const auto* where = std::get_if<graph::WhereStep>(&step->what);
    if (where != nullptr && !holds(where->condition.expr, at)) return false;
  }
  return true;
}

std::vector<uint32_t> PageReference::by_rules(const std::vector<uint32_t>& candidates, size_t room) {
  std::vector<uint32_t> all = shown_;
  tests::Page page;
  for (const uint32_t at : present()) {
    if (was_inserted(at)) continue;
    page.push_back(static_cast<uint32_t>(all.size()));
    all.push_back(at);
  }
  const size_t begun = page.size();
  std::vector<uint32_t> in_order;
  for (const uint32_t at : candidates) {
    in_order.push_back(static_cast<uint32_t>(all.size()));
    all.push_back(at);
  }
  fill(slate(*rerank_, all, shown_.size(), begun + room), in_order, page, begun + room);
  std::vector<uint32_t> out;
  for (size_t i = begun; i < page.size(); ++i) out.push_back(all[page[i]]);
  return out;
}

}  // namespace rec::interpreter
