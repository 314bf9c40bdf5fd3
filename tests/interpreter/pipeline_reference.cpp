// A pipeline run one row at a time.
#include "tests/interpreter/pipeline_reference.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <numeric>
#include <set>
#include <stdexcept>

#include "operators/insert/places.h"
#include "tests/interpreter/merge_reference.h"
#include "tests/interpreter/page_state.h"
#include "tests/operators/slate.h"

namespace rec::interpreter {
namespace {

using graph::kNoExpr;
using types::Kind;

struct Found {
  std::vector<uint32_t> rows;
  std::vector<float> scores;  // empty: none
  std::map<uint32_t, std::vector<Cell>> emits;
};

/// An item of the page: a candidate, or a row of another table with what it emits.
struct Slot {
  uint32_t at = 0;
  std::shared_ptr<const ReferenceItem> foreign{};
};

class Pipeline {
 public:
  explicit Pipeline(RequestContext& context)
      : context_(context),
        plan_(context.plan()),
        state_(plan_, std::get<graph::RecallStep>(plan_.steps.front().what).channels.size()) {}

  std::vector<ReferenceItem> run() {
    for (const auto& step : plan_.steps) run_step(step);
    std::vector<ReferenceItem> out;
    for (const Slot& slot : page_) out.push_back(slot.foreign != nullptr ? *slot.foreign : item(slot.at));
    return out;
  }

 private:
  // ---- values ----

  Cell value(graph::ExprId id, uint32_t at) { return Reference(context_, &state_.batch).value(id, at); }
  Cell of_row(graph::ExprId id, uint32_t row) { return Reference(context_, nullptr).value(id, row); }
  bool holds(graph::ExprId id, uint32_t at) { return value(id, at).as<uint8_t>() != 0; }
  int64_t number(graph::ExprId id) { return of_row(id, 0).as<int64_t>(); }
  size_t count(graph::ExprId id) {
    return id == kNoExpr ? SIZE_MAX : static_cast<size_t>(std::max<int64_t>(number(id), 0));
  }
  std::vector<uint32_t> list_of_rows(graph::ExprId id) {
    std::vector<uint32_t> out;
    for (const uint32_t row : of_row(id, 0).as<column::ListRef>().as<uint32_t>()) {
      if (row != column::kNoRow && std::ranges::find(out, row) == out.end()) out.push_back(row);
    }
    return out;
  }

  ReferenceItem item(uint32_t at) {
    ReferenceItem out{.table = plan_.item_table, .row = state_.batch.rows[at]};
    for (const auto& channel : state_.batch.channels) {
      out.positions.push_back(channel.position[at]);
      out.scores.push_back(channel.score.empty() ? 0.0F : channel.score[at]);
    }
    for (const auto& emit : plan_.emits) out.values.emplace_back(value(emit.value, at));
    return out;
  }

  /// What steps look at: the page's candidates, in order.
  std::vector<uint32_t> present() const {
    std::vector<uint32_t> out;
    for (const Slot& slot : page_) {
      if (slot.foreign == nullptr) out.push_back(slot.at);
    }
    return out;
  }
  void keep(const std::vector<uint32_t>& order) {
    page_.clear();
    for (const uint32_t at : order) page_.push_back({.at = at});
    state_.batch.order = order;
  }
  void cut(std::vector<uint32_t> order, size_t most) {
    const size_t kept = std::min(order.size(), most);
    left_out_.assign(order.begin() + static_cast<std::ptrdiff_t>(kept), order.end());
    order.resize(kept);
    keep(order);
    since_cut_.clear();
  }

  /// Whether a key stands before another: NaN last, whatever the direction.
  static bool before(const Cell& a, const Cell& b, Kind kind, bool ascending) {
    if (kind != Kind::floating)
      return ascending ? a.as<int64_t>() < b.as<int64_t>() : a.as<int64_t>() > b.as<int64_t>();
    const float x = a.as<float>(), y = b.as<float>();
    if (std::isnan(x) || std::isnan(y)) return !std::isnan(x) && std::isnan(y);
    return ascending ? x < y : x > y;
  }
  template <typename Key>
  std::vector<uint32_t> ordered(std::vector<uint32_t> things, const graph::Order& by, Key key_of) {
    std::map<uint32_t, Cell> keys;
    for (const uint32_t thing : things) keys[thing] = key_of(thing);
    const Kind kind = plan_.exprs[by.key].type.kind;
    std::ranges::stable_sort(things,
                             [&](uint32_t a, uint32_t b) { return before(keys[a], keys[b], kind, by.ascending); });
    return things;
  }

  // ---- recall ----

  Found source(const graph::Channel& channel) {
    Found out;
    if (channel.pipeline != nullptr) {
      RequestContext inner(*channel.pipeline, context_.generation(), context_.inputs(), context_.arena());
      for (const auto& each : Pipeline(inner).run()) {
        if (each.table != plan_.item_table) continue;
        out.rows.push_back(each.row);
        for (const auto& cell : each.values) out.emits[each.row].push_back(*cell);
      }
    } else if (channel.source->name == "list") {
      out.rows = list_of_rows(channel.arguments[0].expr);
    } else if (channel.source->name == "items") {
      out.rows.resize(context_.generation().table(plan_.item_table).rows());
      std::iota(out.rows.begin(), out.rows.end(), 0U);
    } else {
      throw std::logic_error("no reference for this source");
    }
    return out;
  }

  Found channel(const graph::Channel& channel) {
    if (channel.when != kNoExpr && of_row(channel.when, 0).as<uint8_t>() == 0) return {};
    Found out = source(channel);
    std::erase_if(out.rows, [&](uint32_t row) {
      return !std::ranges::all_of(channel.where, [&](const auto& predicate) {
        return of_row(predicate.expr, row).template as<uint8_t>() != 0;
      });
    });
    if (channel.by) {
      const auto key = [&](uint32_t row) { return of_row(channel.by->key, row); };
      out.rows = ordered(out.rows, *channel.by, key);
      if (plan_.exprs[channel.by->key].type.kind == Kind::floating) {
        for (const uint32_t row : out.rows) out.scores.push_back(key(row).as<float>());
      }
    }
    const size_t take = count(channel.take);
    if (out.rows.size() > take) out.rows.resize(take);
    if (out.scores.size() > take) out.scores.resize(take);
    return out;
  }

  void run(const graph::RecallStep& recall) {
    const graph::MergeStep& merge = recall.merge;
    const std::string policy = merge.policy == nullptr ? "in_order" : merge.policy->name;
    const size_t take = merge.policy == nullptr ? SIZE_MAX : count(merge.take);
    std::vector<Found> found;
    std::vector<MergeChannel> channels;
    std::set<uint32_t> there;
    for (size_t c = 0; c < recall.channels.size(); ++c) {
      const bool runs = policy != "waterfall" || there.size() < take;
      found.push_back(runs ? channel(recall.channels[c]) : Found{});
      there.insert(found[c].rows.begin(), found[c].rows.end());
      const auto& by = recall.channels[c].by;
      MergeChannel made{.rows = found[c].rows, .scores = found[c].scores, .ascending = by && by->ascending};
      const bool counted = c < merge.counts.size() && merge.counts[c].first != kNoExpr;
      if (policy == "round_robin") made.low = counted ? count(merge.counts[c].first) : 1;
      if (policy == "quota" && counted) {
        made.low = count(merge.counts[c].first);
        made.high = merge.counts[c].second == kNoExpr ? made.low : count(merge.counts[c].second);
      }
      if (c < merge.weights.size() && merge.weights[c] != kNoExpr)
        made.weight = static_cast<double>(of_row(merge.weights[c], 0).as<float>());
      channels.push_back(std::move(made));
    }
    std::vector<uint32_t> order;
    for (const uint32_t row : merged(policy, channels, take)) order.push_back(state_.add(row));
    for (size_t c = 0; c < found.size(); ++c) {
      for (size_t i = 0; i < found[c].rows.size(); ++i) {
        const uint32_t row = found[c].rows[i];
        const auto at = std::ranges::find(state_.batch.rows, row) - state_.batch.rows.begin();
        if (static_cast<size_t>(at) == state_.batch.rows.size()) continue;
        state_.set_channel(c, static_cast<uint32_t>(at), static_cast<int32_t>(i + 1),
                           found[c].scores.empty() ? nullptr : &found[c].scores[i], found[c].emits[row]);
      }
    }
    keep(order);
  }

  // ---- steps ----

  void run_step(const graph::Step& step) {
    std::visit([&](const auto& what) { run(what); }, step.what);
    if (std::holds_alternative<graph::LetStep>(step.what)) lets_.push_back(&std::get<graph::LetStep>(step.what));
    if (std::holds_alternative<graph::LetStep>(step.what) || std::holds_alternative<graph::WhereStep>(step.what))
      since_cut_.push_back(&step);
  }
  void run(const graph::WhereStep& step) {
    auto order = present();
    std::erase_if(order, [&](uint32_t at) { return !holds(step.condition.expr, at); });
    keep(order);
  }
  void run(const graph::LetStep& step) {
    for (const uint32_t at : present()) compute(step, at);
  }
  void compute(const graph::LetStep& step, uint32_t at) { state_.set_let(step.column, at, value(step.value, at)); }

  std::vector<uint32_t> by(const graph::Order& order) {
    return ordered(present(), order, [&](uint32_t at) { return value(order.key, at); });
  }
  void run(const graph::TopStep& step) { cut(by(step.by), count(step.count)); }
  void run(const graph::SortStep& step) { keep(by(step.by)); }
  void run(const graph::TakeStep& step) {
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
  void run(const graph::WhenStep& step) {
    for (const auto& arm : step.arms) {
      if (arm.condition.expr != kNoExpr && of_row(arm.condition.expr, 0).as<uint8_t>() == 0) continue;
      for (const auto& inner : arm.steps) run_step(inner);
      return;
    }
  }

  // ---- rows that come in late ----

  uint32_t add_late(uint32_t row) {
    const uint32_t at = state_.add(row);
    for (const auto* let : lets_) compute(*let, at);
    return at;
  }
  bool was_inserted(uint32_t at) const {
    return std::ranges::any_of(inserted_,
                               [&](const auto& each) { return each.slot.foreign == nullptr && each.slot.at == at; });
  }

  // ---- rerank ----

  tests::SlateRule rule(const graph::Rule& rule, const std::vector<uint32_t>& candidates) {
    tests::SlateRule out{.must = rule.must,
                         .at_least = rule.at_least,
                         .count = std::max<int64_t>(number(rule.count), 0),
                         .scope = rule.scope,
                         .length = rule.length == kNoExpr ? 0 : number(rule.length),
                         .grouped = rule.by != kNoExpr};
    for (const uint32_t at : candidates) {
      const bool matches = (rule.where == kNoExpr || holds(rule.where, at)) && !was_inserted(at);
      out.matches.push_back(matches ? 1 : 0);
      if (out.grouped) out.groups.push_back(groups(rule.by, at));
    }
    return out;
  }
  std::vector<int64_t> groups(graph::ExprId by, uint32_t at) {
    const types::Type& type = plan_.exprs[by].type;
    const Cell cell = value(by, at);
    if (!cell.present) return {};
    if (type.kind == Kind::list) {
      const auto list = cell.as<column::ListRef>();
      std::vector<int64_t> out;
      for (uint32_t i = 0; i < list.size; ++i)
        out.push_back(type.element == Kind::string ? list.as<int32_t>()[i] : list.as<int64_t>()[i]);
      return out;
    }
    return {type.kind == Kind::boolean  ? cell.as<uint8_t>()
            : type.kind == Kind::string ? cell.as<int32_t>()
                                        : cell.as<int64_t>()};
  }
  tests::Slate slate(const graph::RerankStep& step, const std::vector<uint32_t>& candidates, size_t shown,
                     size_t take) {
    tests::Slate out{.candidates = static_cast<uint32_t>(candidates.size()),
                     .relevance = {},
                     .rules = {},
                     .take = static_cast<uint32_t>(std::min<size_t>(take, 1'000'000)),
                     .shown = static_cast<uint32_t>(shown)};
    for (const auto& each : step.rules) out.rules.push_back(rule(each, candidates));
    return out;
  }
  /// Fills the page of a slate with the first in `best_first` that may stand at each position.
  static void fill(const tests::Slate& slate, const std::vector<uint32_t>& best_first, tests::Page& page,
                   size_t length) {
    std::vector<operators::Relaxation> relaxations;
    while (page.size() < length) {
      const auto left = tests::standing(slate, page, relaxations).left;
      const auto best =
          std::ranges::find_if(best_first, [&](uint32_t i) { return std::ranges::find(left, i) != left.end(); });
      if (best == best_first.end()) return;
      page.push_back(*best);
    }
  }

  void run(const graph::RerankStep& step) {
    if (step.algorithm->name != "greedy") throw std::logic_error("no reference for this rerank");
    rerank_ = &step;
    shown_.clear();
    if (step.after != kNoExpr) {
      for (const uint32_t row : list_of_rows(step.after)) shown_.push_back(add_late(row));
    }
    std::vector<uint32_t> candidates = shown_;
    for (const uint32_t at : present()) candidates.push_back(at);
    std::vector<uint32_t> best_first(candidates.size());
    std::iota(best_first.begin(), best_first.end(), 0U);
    best_first = ordered(best_first, {.key = step.relevance, .ascending = false},
                         [&](uint32_t i) { return value(step.relevance, candidates[i]); });
    const size_t take = count(step.take);
    tests::Page page;
    fill(slate(step, candidates, shown_.size(), take), best_first, page, take);
    std::vector<uint32_t> order;
    for (const uint32_t i : page) order.push_back(candidates[i]);
    for (const uint32_t i : best_first) {
      if (i >= shown_.size() && std::ranges::find(page, i) == page.end()) order.push_back(candidates[i]);
    }
    cut(order, page.size());
  }

  // ---- backfill ----

  void run(const graph::BackfillStep& step) {
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
  bool catches_up(uint32_t at) {
    for (const auto* step : since_cut_) {
      if (const auto* let = std::get_if<graph::LetStep>(&step->what)) compute(*let, at);
      const auto* where = std::get_if<graph::WhereStep>(&step->what);
      if (where != nullptr && !holds(where->condition.expr, at)) return false;
    }
    return true;
  }
  /// Those that may stand behind the page by the rules of the last rerank.
  std::vector<uint32_t> by_rules(const std::vector<uint32_t>& candidates, size_t room) {
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

  // ---- insert ----

  struct Inserted {
    Slot slot;
    int64_t apart = 0;
  };
  struct Coming {
    ReferenceItem item;
    int64_t position = 0;
  };

  bool same_item(const Slot& slot, const ReferenceItem& item) const {
    if (slot.foreign != nullptr) return slot.foreign->table == item.table && slot.foreign->row == item.row;
    return item.table == plan_.item_table && state_.batch.rows[slot.at] == item.row;
  }
  const Inserted* inserted_at(const Slot& slot) const {
    for (const Inserted& each : inserted_) {
      if (each.slot.foreign == slot.foreign && (slot.foreign != nullptr || each.slot.at == slot.at)) return &each;
    }
    return nullptr;
  }

  std::vector<int64_t> wanted(const graph::InsertStep& step, const std::vector<Coming>& coming) {
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

  /// The next free position: `apart` from all, and as those that stand ask for.
  static int64_t free_place(int64_t position, const std::vector<std::pair<int64_t, int64_t>>& taken, int64_t apart) {
    const auto meets = [&](const auto& other) {
      return std::abs(position - other.first) <= std::max(apart, other.second);
    };
    while (std::ranges::any_of(taken, meets)) ++position;
    return position;
  }

  void run(const graph::InsertStep& step) {
    if (step.when != kNoExpr && of_row(step.when, 0).as<uint8_t>() == 0) return;
    RequestContext inner(*step.source, context_.generation(), context_.inputs(), context_.arena());
    std::vector<Coming> coming;
    for (auto& each : Pipeline(inner).run()) {
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

  void put(const graph::InsertStep& step, const Coming& each, int64_t apart, std::vector<Slot>& others,
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
  ReferenceItem as_emitted(const graph::InsertStep& step, const ReferenceItem& from) const {
    ReferenceItem out{.table = from.table, .row = from.row};
    for (const auto& emit : plan_.emits) {
      const auto& emits = step.source->emits;
      const auto same = std::ranges::find(emits, emit.name, &graph::Emit::name);
      out.values.push_back(same == emits.end() ? std::nullopt : from.values[static_cast<size_t>(same - emits.begin())]);
    }
    return out;
  }

  void run(const auto&) { throw std::logic_error("no reference for this step"); }

  RequestContext& context_;
  const graph::Plan& plan_;
  PageState state_;
  std::vector<Slot> page_{};
  std::vector<Inserted> inserted_{};
  std::vector<uint32_t> left_out_{}, shown_{};   // by the last cutting step; on the page before
  std::vector<const graph::Step*> since_cut_{};  // `let` and `where`
  std::vector<const graph::LetStep*> lets_{};    // so far
  const graph::RerankStep* rerank_ = nullptr;    // the last one
};

}  // namespace

std::vector<ReferenceItem> run_reference(RequestContext& context) {
  return Pipeline(context).run();
}

}  // namespace rec::interpreter
