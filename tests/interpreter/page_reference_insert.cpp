// The reference: inserted rows and their places.
#include "operators/insert/places.h"
#include "tests/interpreter/page_reference.h"

namespace rec::interpreter {

using graph::kNoExpr;
using types::Kind;

bool PageReference::same_item(const Slot& slot, const ReferenceItem& item) const {
  if (slot.foreign != nullptr) return slot.foreign->table == item.table && slot.foreign->row == item.row;
  return item.table == plan_.item_table && state_.batch.rows[slot.at] == item.row;
}

const PageReference::Inserted* PageReference::inserted_at(const Slot& slot) const {
  for (const Inserted& each : inserted_) {
    if (each.slot.foreign == slot.foreign && (slot.foreign != nullptr || each.slot.at == slot.at)) return &each;
  }
  return nullptr;
}

std::vector<int64_t> PageReference::wanted(const graph::InsertStep& step, const std::vector<Coming>& coming) {
  using Place = graph::InsertStep::Place;
  std::vector<int64_t> out;
  const auto position = [&](size_t i) { return std::max<int64_t>(number(step.positions[i]), 1); };
  const size_t most = step.most != kNoExpr ? count(step.most) : step.place == Place::random ? 1 : SIZE_MAX;
  switch (step.place) {
    case Place::at:
      for (size_t i = 0; i < step.positions.size(); ++i) out.push_back(position(i));
      std::ranges::sort(out);
      break;
    case Place::every:
      for (size_t i = 0; i < coming.size(); ++i) out.push_back(position(1) + static_cast<int64_t>(i) * position(0));
      break;
    case Place::random:  // the draw is the engine's
      out = operators::random_places(context_.inputs().id, step.number, position(0), position(1),
                                     std::min(coming.size(), most));
      break;
    case Place::column:
      for (const auto& each : coming) out.push_back(each.item.values[step.column]->as<int64_t>());
      break;
  }
  out.resize(std::min({out.size(), coming.size(), most}));
  return out;
}

int64_t PageReference::free_place(int64_t position, const std::vector<std::pair<int64_t, int64_t>>& taken,
                                  int64_t apart) {
  const auto meets = [&](const auto& other) {
    return std::abs(position - other.first) <= std::max(apart, other.second);
  };
  while (std::ranges::any_of(taken, meets)) ++position;
  return position;
}

void PageReference::run(const graph::InsertStep& step) {
  if (step.when != kNoExpr && of_row(step.when, 0).as<uint8_t>() == 0) return;
  RequestContext inner(*step.source, context_.generation(), context_.inputs(), context_.arena());
  std::vector<Coming> coming;
  for (auto& each : PageReference(inner).run()) {
    for (size_t e = 0; e < each.values.size(); ++e) {  // codes of strings are those of one request
      if (step.source->exprs[step.source->emits[e].value].type.kind != Kind::string || !each.values[e]->present)
        continue;
      const auto text = inner.strings().text(each.values[e]->as<int32_t>());
      each.values[e] = Cell::of(context_.strings().intern(text));
    }
    const bool known = std::ranges::any_of(inserted_, [&](const auto& other) { return same_item(other.slot, each); });
    const bool nowhere = step.place == graph::InsertStep::Place::column &&
                         (!each.values[step.column]->present || each.values[step.column]->as<int64_t>() < 1);
    if (!known && !nowhere) coming.push_back({std::move(each), 0});
  }
  const int64_t apart = step.apart == kNoExpr ? 0 : std::max<int64_t>(number(step.apart), 0);
  std::vector<std::pair<int64_t, int64_t>> taken;
  std::map<int64_t, Slot> fixed;
  std::vector<Slot> others;
  for (size_t p = 0; p < page_.size(); ++p) {
    const Inserted* standing = inserted_at(page_[p]);
    if (standing == nullptr) {
      others.push_back(page_[p]);
      continue;
    }
    taken.emplace_back(static_cast<int64_t>(p) + 1, standing->apart);
    fixed.emplace(static_cast<int64_t>(p) + 1, page_[p]);
  }
  const auto places = wanted(step, coming);
  coming.resize(places.size());
  for (size_t i = 0; i < places.size(); ++i) {
    coming[i].position = free_place(places[i], taken, apart);
    taken.emplace_back(coming[i].position, apart);
  }
  std::ranges::stable_sort(coming, {}, &Coming::position);
  for (const Coming& each : coming) put(step, each, apart, others, fixed);
  page_.clear();
  for (size_t next = 0; page_.size() < others.size() + fixed.size();) {
    const auto here = fixed.find(static_cast<int64_t>(page_.size()) + 1);
    page_.push_back(here == fixed.end() ? others[next++] : here->second);
  }
  state_.batch.order = present();
}

void PageReference::put(const graph::InsertStep& step, const Coming& each, int64_t apart, std::vector<Slot>& others,
                        std::map<int64_t, Slot>& fixed) {
  const auto copy = std::ranges::find_if(others, [&](const Slot& other) { return same_item(other, each.item); });
  const bool copied = copy != others.end();
  if (each.position > static_cast<int64_t>(others.size() + fixed.size()) - (copied ? 1 : 0) + 1) return;
  Slot slot;
  if (copied) {
    slot = *copy;
    others.erase(copy);
  } else if (step.foreign) {
    slot.foreign = std::make_shared<ReferenceItem>(as_emitted(step, each.item));
  } else {
    slot.at = add_late(each.item.row);
  }
  fixed.emplace(each.position, slot);
  inserted_.push_back({slot, apart});
}

ReferenceItem PageReference::as_emitted(const graph::InsertStep& step, const ReferenceItem& from) const {
  ReferenceItem out{.table = from.table, .row = from.row};
  for (const auto& emit : plan_.emits) {
    const auto& emits = step.source->emits;
    const auto same = std::ranges::find(emits, emit.name, &graph::Emit::name);
    out.values.push_back(same == emits.end() ? std::nullopt : from.values[static_cast<size_t>(same - emits.begin())]);
  }
  return out;
}

}  // namespace rec::interpreter
