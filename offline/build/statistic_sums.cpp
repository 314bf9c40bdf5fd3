// Counts in any order, sums from the oldest event on.
#include "offline/build/statistic_sums.h"

#include <fmt/format.h>

#include <cmath>

namespace rec::build {

using catalog::StatisticValue;

bool in_window(const catalog::Statistic& statistic, int64_t newest, int64_t time) {
  // As `within` in a pipeline: later than the newest event minus the window.
  const uint64_t before = static_cast<uint64_t>(newest) - static_cast<uint64_t>(time);
  return !statistic.window_us || before < static_cast<uint64_t>(*statistic.window_us);
}

StatisticSums::StatisticSums(const catalog::Statistic& statistic, int64_t newest, memory::Budget* budget,
                             const EventContext& context)
    : statistic_(statistic),
      newest_(newest),
      context_(context),
      of_items_(statistic.table == context.catalog.events[statistic.events].item_table),
      is_sum_(statistic.value == StatisticValue::sum || statistic.value == StatisticValue::mean),
      terms_(budget) {
  const uint32_t rows = context.tables.table(statistic.table)->rows();
  count_.resize(rows);
  hits_.resize(rows);
  sum_.resize(rows);
}

bool StatisticSums::add(const ingest::EventLog& log) {
  if (statistic_.by) {
    context_.diagnostics.error(
        diagnostics::Code::grouped_statistic, statistic_.by->span,
        fmt::format("`{}.{}` is grouped, which this version does not build", statistic_.table, statistic_.column));
    return false;
  }
  const bool rate = statistic_.value == StatisticValue::rate;
  const std::optional<catalog::Expression> none;
  const auto where = evaluate_condition(statistic_.where, statistic_.events, log, context_);
  const auto hit = evaluate_condition(rate ? statistic_.of : none, statistic_.events, log, context_);
  const auto value = evaluate_number(rate ? none : statistic_.of, statistic_.events, log, context_);
  if (!where || !hit || !value) {
    return false;
  }
  const bool later = of_items_ && is_sum_ && !log.place.empty();
  for (size_t event = log.events.size; event-- > 0;) {
    const uint32_t row = of_items_ ? log.events.item[event] : log.user[event];
    const int64_t time = log.events.time[event];
    const float of_event = (*value)[event];
    if ((*where)[event] == 0 || row >= count_.size() || !in_window(statistic_, newest_, time) || std::isnan(of_event)) {
      continue;
    }
    ++count_[row];
    hits_[row] += (*hit)[event];
    if (later) {
      terms_.add({.time = time, .place = log.place[event], .row = row, .value = of_event});
    } else {
      sum_[row] += double{of_event};
    }
  }
  return true;
}

store::ColumnData StatisticSums::finish() {
  terms_.finish([&](const Term& term) { sum_[term.row] += double{term.value}; });
  const catalog::Table& table = *context_.catalog.table(statistic_.table);
  store::ColumnData column{.type = table.column(statistic_.column)->type};
  for (size_t row = 0; row < count_.size(); ++row) {
    const auto count = static_cast<double>(count_[row]);
    switch (statistic_.value) {
      case StatisticValue::count:
        column.integers.push_back(count_[row]);
        break;
      case StatisticValue::sum:
        column.floats.push_back(static_cast<float>(sum_[row]));
        break;
      case StatisticValue::mean:
      case StatisticValue::rate: {
        const bool mean = statistic_.value == StatisticValue::mean;
        const double part = mean ? sum_[row] : static_cast<double>(hits_[row]);
        column.present.push_back(count > 0 ? 1 : 0);
        column.floats.push_back(count > 0 ? static_cast<float>(part / count) : 0.0F);
        break;
      }
    }
  }
  return column;
}

std::optional<store::ColumnData> compute_statistic(const catalog::Statistic& statistic, const ingest::EventLog& log,
                                                   int64_t newest, const EventContext& context) {
  StatisticSums sums(statistic, newest, nullptr, context);
  return sums.add(log) ? std::optional(sums.finish()) : std::nullopt;
}

}  // namespace rec::build
