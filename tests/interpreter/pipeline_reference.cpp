// A pipeline run one row at a time.
#include "tests/interpreter/pipeline_reference.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>
#include <numeric>
#include <set>
#include <stdexcept>

namespace rec::interpreter {
namespace {

using graph::kNoExpr;
using types::Kind;

struct Found {
  std::vector<uint32_t> rows;
  std::vector<float> scores;  // empty: none
};

class Pipeline {
 public:
  explicit Pipeline(RequestContext& context) : context_(context), plan_(context.plan()) {}

  std::vector<ReferenceItem> run() {
    batch_.lets.resize(plan_.let_columns.size());
    for (const auto& step : plan_.steps) std::visit([&](const auto& what) { run(what); }, step.what);
    std::vector<ReferenceItem> page;
    for (const uint32_t at : batch_.order) {
      ReferenceItem item{.row = batch_.rows[at], .positions = {}, .scores = {}, .values = {}};
      for (const auto& channel : batch_.channels) {
        item.positions.push_back(channel.position[at]);
        item.scores.push_back(channel.score.empty() ? 0.0F : channel.score[at]);
      }
      for (const auto& emit : plan_.emits) item.values.push_back(value(emit.value, at));
      page.push_back(item);
    }
    return page;
  }

 private:
  Cell value(graph::ExprId id, uint32_t at) { return Reference(context_, &batch_).value(id, at); }
  Cell of_row(graph::ExprId id, uint32_t row) { return Reference(context_, nullptr).value(id, row); }
  size_t count(graph::ExprId id) {
    return id == kNoExpr ? SIZE_MAX : static_cast<size_t>(std::max<int64_t>(of_row(id, 0).as<int64_t>(), 0));
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

  Found channel(const graph::Channel& channel) {
    std::vector<uint32_t> rows;
    if (channel.source->name == "list") {
      const auto named = of_row(channel.arguments[0].expr, 0).as<column::ListRef>();
      for (const uint32_t row : named.as<uint32_t>()) {
        if (std::ranges::find(rows, row) == rows.end()) rows.push_back(row);
      }
    } else if (channel.source->name == "items") {
      rows.resize(context_.generation().table(plan_.item_table).rows());
      std::iota(rows.begin(), rows.end(), 0U);
    } else {
      throw std::logic_error("no reference for this source");
    }
    Found out;
    for (const uint32_t row : rows) {
      const bool good = std::ranges::all_of(channel.where, [&](const auto& predicate) {
        return of_row(predicate.expr, row).template as<uint8_t>() != 0;
      });
      if (good) out.rows.push_back(row);
    }
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
    std::vector<Found> found;
    for (const auto& made : recall.channels) found.push_back(channel(made));
    std::vector<size_t> turns(found.size(),
                              recall.merge.policy == nullptr || recall.merge.policy->name == "in_order" ? SIZE_MAX : 1);
    for (size_t c = 0; c < recall.merge.counts.size() && turns[0] != SIZE_MAX; ++c) {
      if (recall.merge.counts[c].first != kNoExpr) turns[c] = count(recall.merge.counts[c].first);
    }
    const size_t take = recall.merge.policy == nullptr ? SIZE_MAX : count(recall.merge.take);
    std::vector<size_t> next(found.size(), 0);
    std::set<uint32_t> placed;
    for (bool moved = true; moved;) {
      moved = false;
      for (size_t c = 0; c < found.size(); ++c) {
        for (size_t left = turns[c]; left > 0 && next[c] < found[c].rows.size() && batch_.rows.size() < take;) {
          const uint32_t row = found[c].rows[next[c]++];
          moved = true;
          if (!placed.insert(row).second) continue;
          batch_.rows.push_back(row);
          --left;
        }
      }
    }
    for (uint32_t i = 0; i < batch_.rows.size(); ++i) batch_.order.push_back(i);
    for (const auto& channel : found) {
      const auto position = context_.arena().allocate<int32_t>(batch_.rows.size());
      const auto score = context_.arena().allocate<float>(channel.scores.empty() ? 0 : batch_.rows.size());
      for (size_t i = 0; i < batch_.rows.size(); ++i) {
        const auto at = std::ranges::find(channel.rows, batch_.rows[i]) - channel.rows.begin();
        const bool there = static_cast<size_t>(at) < channel.rows.size();
        position[i] = there ? static_cast<int32_t>(at) + 1 : 0;
        if (!score.empty()) score[i] = there ? channel.scores[static_cast<size_t>(at)] : 0.0F;
      }
      batch_.channels.push_back({.position = position, .score = score});
    }
  }
  void run(const graph::WhereStep& step) {
    std::vector<uint32_t> kept;
    for (const uint32_t at : batch_.order) {
      if (value(step.condition.expr, at).as<uint8_t>() != 0) kept.push_back(at);
    }
    batch_.order = kept;
  }
  void run(const graph::LetStep& step) {
    const types::Type& type = plan_.let_columns[step.column].type;
    const size_t width = types::width(type);
    BatchColumn column{.values = context_.arena().allocate<std::byte>(batch_.rows.size() * width),
                       .present = context_.arena().allocate<uint8_t>(batch_.rows.size()).data()};
    for (const uint32_t at : batch_.order) {
      const Cell cell = value(step.value, at);
      std::memcpy(column.values.data() + at * width, cell.bytes.data(), width);
      column.present[at] = cell.present ? 1 : 0;
    }
    batch_.lets[step.column] = column;
  }
  void order_by(const graph::Order& by, size_t most) {
    batch_.order = ordered(batch_.order, by, [&](uint32_t at) { return value(by.key, at); });
    if (batch_.order.size() > most) batch_.order.resize(most);
  }
  void run(const graph::TopStep& step) { order_by(step.by, count(step.count)); }
  void run(const graph::SortStep& step) { order_by(step.by, SIZE_MAX); }
  void run(const graph::TakeStep& step) {
    const size_t most = count(step.count);
    std::vector<uint32_t> kept;
    for (const uint32_t at : batch_.order) {
      const auto same = [&](uint32_t other) {
        return step.per == kNoExpr || value(step.per, at).bytes == value(step.per, other).bytes;
      };
      if (static_cast<size_t>(std::ranges::count_if(kept, same)) < most) kept.push_back(at);
    }
    batch_.order = kept;
  }
  void run(const graph::RerankStep& step) {
    if (step.algorithm->name != "greedy" || !step.rules.empty()) throw std::logic_error("no reference for this rerank");
    order_by({.key = step.relevance, .ascending = false}, count(step.take));
  }
  void run(const graph::WhenStep& step) {
    for (const auto& arm : step.arms) {
      if (arm.condition.expr != kNoExpr && of_row(arm.condition.expr, 0).as<uint8_t>() == 0) continue;
      for (const auto& inner : arm.steps) std::visit([&](const auto& what) { run(what); }, inner.what);
      return;
    }
  }
  void run(const auto&) { throw std::logic_error("no reference for this step"); }

  RequestContext& context_;
  const graph::Plan& plan_;
  Batch batch_;
};

}  // namespace

std::vector<ReferenceItem> run_reference(RequestContext& context) {
  return Pipeline(context).run();
}

}  // namespace rec::interpreter
