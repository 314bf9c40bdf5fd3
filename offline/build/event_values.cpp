// From a log's columns to statistics, sequences and interactions.
#include "offline/build/event_values.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "runtime/interpreter/evaluate.h"
#include "runtime/store/event_codec.h"
#include "runtime/store/user_store.h"

namespace rec::build {
namespace {

using catalog::StatisticValue;
using diagnostics::Code;

const store::Table& item_table(const EventContext& context, size_t events) {
  return *context.tables.table(context.catalog.events[events].item_table);
}

/// Statistics are computed from events, so no event expression can read one: it would not be there yet.
bool reads_statistic(const check::EventExpr& compiled, const catalog::Table& items) {
  for (graph::ExprId id = 0; id < compiled.plan.exprs.size(); ++id) {
    const graph::Node& node = compiled.plan.exprs[id];
    if (node.op == graph::Op::event_item_column && items.columns[node.index].is_statistic) {
      return true;
    }
  }
  return false;
}

template <typename T>
std::optional<std::vector<T>> evaluate(const std::optional<catalog::Expression>& expression, const types::Type& type,
                                       size_t events, const ingest::EventLog& log, const EventContext& context) {
  std::vector<T> values(log.events.size, T{1});
  if (!expression) {
    return values;
  }
  const auto compiled = check::check_event_expression(*expression, context.catalog, events, type, context.registry,
                                                      context.sources, context.diagnostics);
  if (compiled == nullptr) {
    return std::nullopt;
  }
  if (reads_statistic(*compiled, *context.catalog.table(context.catalog.events[events].item_table))) {
    context.diagnostics.error(Code::statistic_from_statistic, expression->span,
                              "an expression over events reads a statistic, which is computed from events");
    return std::nullopt;
  }
  interpreter::evaluate_events(compiled->plan, compiled->root, log.events, item_table(context, events), *log.strings,
                               context.catalog.timezone, std::as_writable_bytes(std::span(values)), nullptr);
  return values;
}

/// Count, sum and hits of each row.
struct Totals {
  std::vector<int64_t> count, hits;
  std::vector<double> sum;
};

store::ColumnData to_column(const catalog::Statistic& statistic, const types::Type& type, const Totals& totals) {
  store::ColumnData column{.type = type};
  for (size_t row = 0; row < totals.count.size(); ++row) {
    const auto count = static_cast<double>(totals.count[row]);
    switch (statistic.value) {
      case StatisticValue::count:
        column.integers.push_back(totals.count[row]);
        break;
      case StatisticValue::sum:
        column.floats.push_back(static_cast<float>(totals.sum[row]));
        break;
      case StatisticValue::mean:
      case StatisticValue::rate: {
        const bool mean = statistic.value == StatisticValue::mean;
        const double part = mean ? totals.sum[row] : static_cast<double>(totals.hits[row]);
        column.present.push_back(count > 0 ? 1 : 0);
        column.floats.push_back(count > 0 ? static_cast<float>(part / count) : 0.0F);
        break;
      }
    }
  }
  return column;
}

}  // namespace

bool in_window(const catalog::Statistic& statistic, int64_t newest, int64_t time) {
  // As `within` in a pipeline: later than the newest event minus the window.
  const uint64_t before = static_cast<uint64_t>(newest) - static_cast<uint64_t>(time);
  return !statistic.window_us || before < static_cast<uint64_t>(*statistic.window_us);
}

std::optional<std::vector<uint8_t>> evaluate_condition(const std::optional<catalog::Expression>& expression,
                                                       size_t events, const ingest::EventLog& log,
                                                       const EventContext& context) {
  return evaluate<uint8_t>(expression, types::boolean(), events, log, context);
}

std::optional<std::vector<float>> evaluate_number(const std::optional<catalog::Expression>& expression, size_t events,
                                                  const ingest::EventLog& log, const EventContext& context) {
  return evaluate<float>(expression, types::floating(), events, log, context);
}

std::optional<store::ColumnData> compute_statistic(const catalog::Statistic& statistic, const ingest::EventLog& log,
                                                   int64_t newest, const EventContext& context) {
  if (statistic.by) {
    context.diagnostics.error(
        Code::grouped_statistic, statistic.by->span,
        fmt::format("`{}.{}` is grouped, which this version does not build", statistic.table, statistic.column));
    return std::nullopt;
  }
  const bool rate = statistic.value == StatisticValue::rate;
  const std::optional<catalog::Expression> none;
  const auto where = evaluate_condition(statistic.where, statistic.events, log, context);
  const auto hit = evaluate_condition(rate ? statistic.of : none, statistic.events, log, context);
  const auto value = evaluate_number(rate ? none : statistic.of, statistic.events, log, context);
  if (!where || !hit || !value) {
    return std::nullopt;
  }
  const bool of_items = statistic.table == context.catalog.events[statistic.events].item_table;
  const uint32_t rows = context.tables.table(statistic.table)->rows();
  Totals totals{
      .count = std::vector<int64_t>(rows), .hits = std::vector<int64_t>(rows), .sum = std::vector<double>(rows)};
  for (size_t event = log.events.size; event-- > 0;) {
    const uint32_t row = of_items ? log.events.item[event] : log.user[event];
    if ((*where)[event] == 0 || row >= rows || !in_window(statistic, newest, log.events.time[event]) ||
        std::isnan((*value)[event])) {
      continue;
    }
    ++totals.count[row];
    totals.hits[row] += (*hit)[event];
    totals.sum[row] += double{(*value)[event]};
  }
  const catalog::Table& table = *context.catalog.table(statistic.table);
  return to_column(statistic, table.column(statistic.column)->type, totals);
}

std::optional<KeptEvents> keep_events(const catalog::Sequence& sequence, const ingest::EventLog& log,
                                      const EventContext& context) {
  const auto where = evaluate_condition(sequence.where, sequence.events, log, context);
  if (!where) {
    return std::nullopt;
  }
  KeptEvents kept{.offsets = std::vector<uint64_t>(log.users() + size_t{1}), .events = {}};
  std::vector<uint32_t> count(log.users());
  for (size_t event = 0; event < log.events.size; ++event) {
    uint32_t& taken = count[log.user[event]];
    taken += (*where)[event] != 0 && taken < sequence.keep ? 1 : 0;
  }
  for (size_t user = 0; user < count.size(); ++user) {
    kept.offsets[user + 1] = kept.offsets[user] + count[user];
  }
  kept.events.resize(kept.offsets.back());
  std::ranges::fill(count, 0);
  for (size_t event = 0; event < log.events.size; ++event) {
    const uint32_t user = log.user[event];
    if ((*where)[event] != 0 && count[user] < sequence.keep) {
      kept.events[kept.offsets[user] + count[user]++] = static_cast<uint32_t>(event);
    }
  }
  return kept;
}

std::expected<void, std::string> write_sequence(store::LmdbEnvironment& store, uint64_t epoch, size_t sequence,
                                                const KeptEvents& kept, const ingest::EventLog& log,
                                                const EventContext& context) {
  constexpr size_t kBatchBytes = size_t{8} << 20;
  const catalog::Events& events = context.catalog.events[context.catalog.sequences[sequence].events];
  const store::Table& users = *context.tables.table(events.user_table);
  const store::Table& items = *context.tables.table(events.item_table);
  const auto types = store::event_types(events);
  store::LmdbEnvironment::Records batch;
  size_t bytes = 0;
  for (uint32_t user = 0; user < log.users(); ++user) {
    const uint64_t begin = kept.offsets[user];
    const uint64_t count = kept.offsets[user + size_t{1}] - begin;
    if (count == 0) {
      continue;
    }
    const store::Key key = user < log.known_users ? users.key(user) : log.unknown_users[user - log.known_users];
    const auto which = std::span(kept.events).subspan(begin, count);
    batch.push_back(
        store::make_record(sequence, key, store::encode_events(log.events, which, types, items, *log.strings)));
    bytes += batch.back().second.size();
    if (bytes > kBatchBytes) {
      if (auto written = store.write(epoch, batch, false); !written) {
        return written;
      }
      batch.clear();
      bytes = 0;
    }
  }
  return store.write(epoch, batch, false);
}

std::vector<indexes::Interaction> fold_interactions(const KeptEvents& kept, const ingest::EventLog& log,
                                                    const std::vector<float>& weight, uint64_t& without_weight) {
  std::vector<indexes::Interaction> all;
  for (uint32_t user = 0; user < log.users(); ++user) {
    const auto first = static_cast<ptrdiff_t>(all.size());
    for (uint64_t k = kept.offsets[user]; k < kept.offsets[user + size_t{1}]; ++k) {
      const uint32_t event = kept.events[k];
      if (std::isfinite(weight[event])) {
        all.push_back(
            {.user = user, .item = log.events.item[event], .weight = weight[event], .time = log.events.time[event]});
      } else {
        ++without_weight;
      }
    }
    // Newest first within an item, so the first of each holds the latest time.
    std::stable_sort(all.begin() + first, all.end(), [](const auto& a, const auto& b) { return a.item < b.item; });
    auto last = all.begin() + first;
    for (auto one = last; one != all.end(); ++one) {
      if (one != last && one->item == last->item) {
        last->weight = std::max(last->weight, one->weight);
      } else if (one != last) {
        *++last = *one;
      }
    }
    if (static_cast<ptrdiff_t>(all.size()) > first) {
      all.erase(last + 1, all.end());
    }
  }
  return all;
}

}  // namespace rec::build
