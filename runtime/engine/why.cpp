// Follows one item through a request.
#include "runtime/engine/why.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "compiler/graph/print.h"
#include "runtime/engine/errors.h"
#include "runtime/engine/missing.h"
#include "runtime/engine/observer.h"
#include "runtime/engine/operands.h"
#include "runtime/engine/why_channel.h"
#include "runtime/engine/why_rerank.h"

namespace rec::engine {
namespace {

class Follower : public Observer {
 public:
  Follower(uint32_t row, Why& why) : row_(row), why_(why) {}

  void recalled(Run& run, const graph::RecallStep& step, std::span<const ChannelResult> channels) override {
    brought_.assign(channels.size(), 0);
    for (size_t c = 0; c < channels.size(); ++c) {
      const graph::Channel& channel = step.channels[c];
      WhyStep told{.step = "channel", .text = channel.name + " = " + channel.text, .line = run.line(channel.span)};
      brought_[c] = tell_channel(run, step, c, channels[c], row_, told) ? 1 : 0;
      why_.steps.push_back(std::move(told));
    }
  }

  void merged(Run& run, const graph::RecallStep& step) override {
    const auto& rows = run.batch.rows;
    const auto found = std::ranges::find(rows, row_);
    WhyStep told{.step = "merge", .text = step.merge.text, .line = run.line(step.merge.span)};
    if (found == rows.end()) {
      told.dropped = true;
      if (std::ranges::find(brought_, uint8_t{1}) == brought_.end()) {
        told.step = "recall";
        told.text = "no channel brought it";
      } else {
        told.details.push_back(merge_had_no_place(run, step, brought_));
      }
      gone_ = true;
      why_.steps.push_back(std::move(told));
      return;
    }
    base_ = static_cast<uint32_t>(found - rows.begin());
    if (step.merge.policy == nullptr) return;
    told.details.push_back(place(run));
    why_.steps.push_back(std::move(told));
  }

  void before(Run& run, const graph::Step& step) override {
    if (std::holds_alternative<graph::WhenStep>(step.what)) return;  // its steps tell
    if (gone_ && !brings(step)) return;
    current_ = {.step = std::string(graph::step_name(step)), .text = step.text, .line = run.line(step.span)};
    std::visit([&](const auto& what) { look(run, what); }, step.what);
  }

  void after(Run& run, const graph::Step& step) override {
    if (std::holds_alternative<graph::WhenStep>(step.what)) return;
    if (gone_ && !brings(step)) return;
    const bool was_gone = gone_;
    if (brings(step)) find_again(run);
    std::visit([&](const auto& what) { tell(run, what); }, step.what);
    const auto& order = run.batch.order;
    gone_ = std::ranges::find(order, base_) == order.end();
    current_.dropped = gone_ && !was_gone;
    if (was_gone && gone_ && current_.details.empty()) current_.details.emplace_back("does not bring it");
    if (!gone_ && moves(step)) current_.details.push_back(place(run));
    why_.steps.push_back(std::move(current_));
  }

 private:
  static bool moves(const graph::Step& step) {
    return !std::holds_alternative<graph::WhereStep>(step.what) && !std::holds_alternative<graph::LetStep>(step.what) &&
           !std::holds_alternative<graph::ScoreStep>(step.what);
  }

  /// Steps that let come in what was not present.
  static bool brings(const graph::Step& step) {
    return std::holds_alternative<graph::InsertStep>(step.what) ||
           std::holds_alternative<graph::BackfillStep>(step.what);
  }
  /// An inserted copy takes the place of the other one.
  void find_again(const Run& run) {
    const auto& batch = run.batch;
    const auto found = std::ranges::find(batch.order, row_, [&](uint32_t at) { return batch.rows[at]; });
    base_ = found == batch.order.end() ? UINT32_MAX : *found;
  }

  std::string place(const Run& run) const {
    const auto& order = run.batch.order;
    const auto found = std::ranges::find(order, base_);
    return fmt::format("place {} of {}", found - order.begin() + 1, order.size());
  }
  std::string value(Run& run, graph::ExprId expr, uint32_t at) const {
    return is_missing(run, expr) ? "missing" : value_text(run, expr, &run.batch, at);
  }
  std::string print(const Run& run, graph::ExprId expr) const {
    return graph::print(run.plan, run.generation.catalog(), expr);
  }

  operators::RerankRecord* reranking(std::span<const uint32_t> candidates) override {
    return rerank_.begin(candidates, base_);
  }

  void inserted(Run& run, const graph::InsertStep& step, std::span<const InsertedRow> rows) override {
    if (step.source->item_table != run.plan.item_table) return;
    const auto row = std::ranges::find(rows, row_, &InsertedRow::row);
    if (row == rows.end()) return;
    current_.details.push_back(row->position > 0 ? fmt::format("inserted at position {}", row->position)
                                                 : "its source has it, but " + row->why_not);
  }

  // ---- steps: what can be seen only before they ran ----

  void look(Run& run, const graph::WhereStep& step) {
    if (is_missing(run, step.condition.expr)) {
      current_.details.emplace_back("its score is missing");
      return;
    }
    if (holds(run, step.condition.expr, &run.batch, base_)) {
      current_.details.emplace_back("passes");
      return;
    }
    current_.details = why_false(run, step.condition.expr, &run.batch, base_);
  }
  void look(Run& run, const graph::TopStep& step) { look_order(run, step.by); }
  void look(Run& run, const graph::SortStep& step) { look_order(run, step.by); }
  void look(Run& run, const graph::TakeStep& step) {
    current_.details.push_back(place(run) + " before it");
    if (step.per != graph::kNoExpr)
      current_.details.push_back(fmt::format("{} = {}", print(run, step.per), value(run, step.per, base_)));
  }
  void look(Run& run, const graph::RerankStep& step) {
    current_.details.push_back(
        fmt::format("relevance {}, {} before it", value(run, step.relevance, base_), place(run)));
  }
  void look(Run& run, const graph::SampleStep& step) {
    current_.details.push_back(fmt::format("weight {}", value(run, step.by, base_)));
  }
  void look(Run&, const auto&) {}

  void look_order(Run& run, const graph::Order& by) {
    current_.details.push_back(fmt::format("{} = {}", print(run, by.key), value(run, by.key, base_)));
  }

  // ---- and after ----

  void tell(Run& run, const graph::LetStep& step) {
    const auto& column = run.plan.let_columns[step.column];
    current_.details.push_back(fmt::format("{} = {}", column.name, value(run, let_column(run, step.column), base_)));
  }
  void tell(Run& run, const graph::ScoreStep& step) {
    for (const uint32_t column : step.columns) {
      const auto node = let_column(run, column);
      current_.details.push_back(fmt::format("{} = {}", run.plan.let_columns[column].name, value(run, node, base_)));
    }
  }
  void tell(Run& run, const graph::TopStep& step) {
    const auto& order = run.batch.order;
    if (std::ranges::find(order, base_) != order.end()) return;
    if (order.empty()) {
      current_.details.emplace_back("the step keeps nothing");
      return;
    }
    current_.details.push_back(
        fmt::format("the last of the {} that stay has {}", order.size(), value(run, step.by.key, order.back())));
  }
  void tell(Run& run, const graph::RerankStep& step) {
    for (auto& sentence : rerank_.tell(run, step, !is_missing(run, step.relevance)))
      current_.details.push_back(std::move(sentence));
    const auto& order = run.batch.order;
    if (std::ranges::find(order, base_) == order.end())
      current_.details.push_back(fmt::format("not among the {} picked", order.size()));
  }
  void tell(Run& run, const graph::SampleStep&) {
    const auto& order = run.batch.order;
    if (std::ranges::find(order, base_) == order.end())
      current_.details.push_back(fmt::format("not among the {} drawn", order.size()));
  }
  void tell(Run&, const auto&) {}

  /// The node that reads a column; a column that nothing reads has none, then its own expression says the same.
  static graph::ExprId let_column(const Run& run, uint32_t column) {
    for (graph::ExprId id = 0; id < run.plan.exprs.size(); ++id) {
      if (run.plan.exprs[id].op == graph::Op::let_column && run.plan.exprs[id].index == column) return id;
    }
    return graph::kNoExpr;
  }

  uint32_t row_;
  Why& why_;
  WhyStep current_;
  uint32_t base_ = UINT32_MAX;      // once it is in the batch
  std::vector<uint8_t> brought_{};  // by channel
  RerankStory rerank_{};
  bool gone_ = false;
};

std::optional<uint32_t> find_item(const store::Table& table, const std::string& key) {
  if (table.has_string_keys()) return table.find(std::string_view(key));
  int64_t number = 0;
  const char* end = key.data() + key.size();
  const auto read = std::from_chars(key.data(), end, number);
  if (read.ec != std::errc{} || read.ptr != end) return {};
  return table.find(number);
}

}  // namespace

std::expected<Why, Error> why(const graph::Plan& given, const store::Generation& generation, const Request& request,
                              const std::string& item, const Serving& serving) {
  const graph::Plan& plan = graph::as_written(given);
  const store::Table& table = generation.table(plan.item_table);
  const auto row = find_item(table, item);
  if (!row) {
    return std::unexpected(
        request_error(diagnostics::Code::unknown_item, fmt::format("`{}` is no key of `{}`", item, table.name()),
                      fmt::format("`{}` has {} rows; `rec-build inspect` shows them", table.name(), table.rows())));
  }
  Why out{.pipeline = plan.name, .user = request.user, .table = table.name(), .item = item};
  Follower follower(*row, out);
  const auto page =
      recommend_observed(plan, generation, request, {.sources = serving.sources, .models = serving.models}, &follower);
  if (!page) return std::unexpected(page.error());
  const auto found = std::ranges::find_if(
      page->items, [&](const Item& each) { return each.key == item && each.table == table.name(); });
  if (found != page->items.end()) out.position = static_cast<uint32_t>(found - page->items.begin()) + 1;
  return out;
}

}  // namespace rec::engine
