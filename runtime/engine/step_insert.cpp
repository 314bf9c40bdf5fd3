// `insert SOURCE … PLACE`: rows of a source of its own, at fixed positions of the final list (language.md, section 8).
#include <algorithm>
#include <map>

#include "operators/insert/places.h"
#include "runtime/engine/nested.h"
#include "runtime/engine/observer.h"
#include "runtime/engine/run.h"

namespace rec::engine {
namespace {

using graph::kNoExpr;
using Place = graph::InsertStep::Place;

constexpr int64_t kFarthest = INT32_MAX;  // beyond any page

/// A row on its way to the page.
struct Arrival {
  size_t row = 0;  // of the source's rows, best first
  int64_t position = 0;
};

class Insertion {
 public:
  Insertion(Run& run, const graph::InsertStep& step, trace::StepTrace& trace) : run_(run), step_(step), trace_(trace) {
    apart_ = step.apart == kNoExpr ? 0 : std::clamp<int64_t>(run.context.integer(step.apart), 0, kFarthest);
  }

  void operator()() {
    const auto source = run_nested(run_, step_.source, run_.deadline);
    report(*source);
    for (const uint32_t at : source->run.batch.order) rows_.push_back({.row = source->run.batch.rows[at]});
    // What foreign rows emit, and the column that says where rows go.
    if (step_.foreign || step_.place == Place::column) items_ = collect_items(source->run);
    keep_damage(*source);
    page_ = slots_of(run_);
    std::vector<Arrival> arrivals = places();
    std::ranges::stable_sort(arrivals, {}, &Arrival::position);
    for (const Arrival& arrival : arrivals) settle(arrival);
    publish();
    if (run_.observer != nullptr) run_.observer->inserted(run_, step_, rows_);
  }

 private:
  void report(Nested& source) {
    const std::string own = "channel " + step_.name;
    for (const Degradation& degraded : source.run.degraded) {
      const bool itself = degraded.what == own;
      run_.degraded.push_back({"insert " + step_.name + (itself ? "" : ": " + degraded.what), degraded.reason});
    }
    if (source.run.failure) run_.degraded.push_back({"insert " + step_.name, source.run.failure->message});
    if (!source.trace.steps.empty()) trace_.channels = std::move(source.trace.steps.front().channels);
  }
  void keep_damage(Nested& source) {
    run_.gone += source.run.gone + source.run.context.gone();
    run_.waited_for_code |= source.run.waited_for_code || source.run.context.waited_for_code();
    if (!run_.damage) run_.damage = source.run.damage ? source.run.damage : source.run.context.error();
  }

  // ---- who wants which position ----

  bool is_on_page(size_t i) const {
    return std::ranges::any_of(run_.insertions.inserted, [&](const InsertedSlot& other) {
      if (other.slot.foreign != step_.foreign) return false;
      if (!step_.foreign) return run_.batch.rows[other.slot.at] == rows_[i].row;
      const Item& item = run_.insertions.foreign[other.slot.at];
      return item.key == items_[i].key && item.table == items_[i].table;
    });
  }

  size_t most() const {
    if (step_.most != kNoExpr) return count_of(run_, step_.most);
    return step_.place == Place::random ? 1 : SIZE_MAX;
  }

  /// The i-th row's own position; 0: it goes nowhere.
  int64_t column_position(size_t i) const {
    const auto* position = std::get_if<int64_t>(&items_[i].values[step_.column].value);
    return position == nullptr ? 0 : std::clamp<int64_t>(*position, 0, kFarthest);
  }

  std::vector<int64_t> written_positions(size_t rows) const {
    const auto number = [&](size_t i) {
      return std::clamp<int64_t>(run_.context.integer(step_.positions[i]), 1, kFarthest);
    };
    std::vector<int64_t> out;
    if (step_.place == Place::at) {
      for (size_t i = 0; i < step_.positions.size(); ++i) out.push_back(number(i));
      std::ranges::sort(out);
    } else if (step_.place == Place::every) {
      for (size_t i = 0; i < rows; ++i)
        out.push_back(std::min(number(1) + static_cast<int64_t>(i) * number(0), kFarthest));
    } else {
      out = operators::random_places(run_.context.inputs().id, step_.number, number(0), number(1),
                                     std::min(rows, most()));
    }
    return out;
  }

  std::vector<Arrival> places() {
    std::vector<size_t> coming;
    std::vector<int64_t> wanted;
    for (size_t i = 0; i < rows_.size(); ++i) {
      rows_[i].why_not = "no place is left for it";
      if (is_on_page(i)) {
        rows_[i].why_not = "an earlier `insert` brought it";
      } else if (step_.place == Place::column && column_position(i) == 0) {
        rows_[i].why_not = "it has no position";
      } else {
        coming.push_back(i);
      }
    }
    if (step_.place == Place::column) {
      for (const size_t i : coming) wanted.push_back(column_position(i));
    } else {
      wanted = written_positions(coming.size());
    }
    const size_t count = std::min({coming.size(), wanted.size(), most()});
    wanted.resize(count);
    const auto positions = operators::assign_places(wanted, standing(), apart_);
    std::vector<Arrival> out;
    for (size_t i = 0; i < count; ++i) out.push_back({coming[i], positions[i]});
    return out;
  }

  std::vector<operators::StandingPlace> standing() {
    std::vector<operators::StandingPlace> out;
    for (size_t p = 0; p < page_.size(); ++p) {
      const auto other = std::ranges::find(run_.insertions.inserted, page_[p], &InsertedSlot::slot);
      if (other == run_.insertions.inserted.end()) {
        others_.push_back(page_[p]);
        continue;
      }
      const auto position = static_cast<int64_t>(p) + 1;
      out.push_back({position, other->apart});
      fixed_.emplace(position, page_[p]);
    }
    return out;
  }

  // ---- the page grows, from the first position to the last ----

  void settle(const Arrival& arrival) {
    InsertedRow& row = rows_[arrival.row];
    const auto copy = std::ranges::find_if(others_, [&](const Slot& other) {
      return !step_.foreign && !other.foreign && run_.batch.rows[other.at] == row.row;
    });
    const bool copied = copy != others_.end();
    const auto size = static_cast<int64_t>(others_.size() + fixed_.size()) - (copied ? 1 : 0);
    if (arrival.position > size + 1) {
      row.why_not = "past the end of the page";
      ++past_the_end_;
      return;
    }
    Slot slot{.at = 0, .foreign = step_.foreign};
    if (copied) {
      slot = *copy;
      others_.erase(copy);
    } else if (step_.foreign) {
      slot.at = static_cast<uint32_t>(run_.insertions.foreign.size());
      run_.insertions.foreign.push_back(as_emitted(items_[arrival.row]));
    } else {
      slot.at = add_rows(run_, {row.row}).front();
    }
    row.position = arrival.position;
    row.why_not.clear();
    fixed_.emplace(arrival.position, slot);
    run_.insertions.inserted.push_back({slot, apart_});
  }

  /// The page's values by name; what this row lacks is absent.
  Item as_emitted(const Item& item) const {
    Item out{.key = item.key, .table = item.table, .inserted = true};
    auto types = std::make_shared<std::vector<types::Type>>();
    for (const auto& emit : run_.plan.emits) {
      const auto& names = step_.source->emits;
      const auto found = std::ranges::find(names, emit.name, &graph::Emit::name);
      const auto value = static_cast<size_t>(found - names.begin());
      out.values.push_back(found == names.end() ? EmittedValue{.absent = true} : item.values[value]);
      types->push_back(found == names.end() ? types::Type{} : item.type_of(value));
    }
    out.types = std::move(types);
    return out;
  }

  void publish() {
    std::vector<Slot> page;
    size_t next = 0;
    while (page.size() < others_.size() + fixed_.size()) {
      const auto here = fixed_.find(static_cast<int64_t>(page.size()) + 1);
      page.push_back(here == fixed_.end() ? others_[next++] : here->second);
    }
    auto& order = run_.batch.order;
    order.clear();
    run_.batch.in_base_order = false;
    for (const Slot& slot : page) {
      if (!slot.foreign) order.push_back(slot.at);
    }
    const bool mixed = order.size() < page.size();
    run_.insertions.page = mixed ? std::move(page) : std::vector<Slot>{};
    if (past_the_end_ > 0) trace_.drops.emplace_back("past the end of the page", past_the_end_);
  }

  Run& run_;
  const graph::InsertStep& step_;
  trace::StepTrace& trace_;
  int64_t apart_ = 0;
  std::vector<InsertedRow> rows_{};  // what the source brought, best first
  std::vector<Item> items_{};        // the same, with values
  std::vector<Slot> page_{}, others_{};
  std::map<int64_t, Slot> fixed_{};  // inserted ones, by position
  uint64_t past_the_end_ = 0;
};

}  // namespace

size_t page_size(const Run& run) {
  return run.insertions.page.empty() ? run.batch.order.size() : run.insertions.page.size();
}

std::vector<Slot> slots_of(const Run& run) {
  if (!run.insertions.page.empty()) return run.insertions.page;
  std::vector<Slot> out;
  for (const uint32_t at : run.batch.order) out.push_back({.at = at});
  return out;
}

bool is_inserted(const Run& run, const Slot& slot) {
  return std::ranges::find(run.insertions.inserted, slot, &InsertedSlot::slot) != run.insertions.inserted.end();
}

void run_insert(Run& run, const graph::InsertStep& step, trace::StepTrace& trace) {
  if (step.when != kNoExpr && *run.context.value(step.when).as<uint8_t>() == 0) {
    trace.text += "  (not for this request)";
    return;
  }
  Insertion(run, step, trace)();
}

}  // namespace rec::engine
