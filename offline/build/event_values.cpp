// From a log's columns to sequences and interactions.
#include "offline/build/event_values.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "runtime/interpreter/evaluate.h"
#include "runtime/store/event_codec.h"
#include "runtime/store/user_store.h"

namespace rec::build {
namespace {

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

}  // namespace

std::optional<std::vector<uint8_t>> evaluate_condition(const std::optional<catalog::Expression>& expression,
                                                       size_t events, const ingest::EventLog& log,
                                                       const EventContext& context) {
  return evaluate<uint8_t>(expression, types::boolean(), events, log, context);
}

std::optional<std::vector<float>> evaluate_number(const std::optional<catalog::Expression>& expression, size_t events,
                                                  const ingest::EventLog& log, const EventContext& context) {
  return evaluate<float>(expression, types::floating(), events, log, context);
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
    const store::Key key = user < log.known_users ? users.key(user) : log.unknown_user(user);
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

void fold_interactions(const KeptEvents& kept, const ingest::EventLog& log, const std::vector<float>& weight,
                       indexes::InteractionList& all, uint64_t& without_weight) {
  std::vector<indexes::Interaction> own;
  for (uint32_t user = 0; user < log.users(); ++user) {
    own.clear();
    for (uint64_t k = kept.offsets[user]; k < kept.offsets[user + size_t{1}]; ++k) {
      const uint32_t event = kept.events[k];
      if (std::isfinite(weight[event])) {
        own.push_back(
            {.user = user, .item = log.events.item[event], .weight = weight[event], .time = log.events.time[event]});
      } else {
        ++without_weight;
      }
    }
    // Newest first within an item, so the first of each holds the latest time.
    std::ranges::stable_sort(own, {}, &indexes::Interaction::item);
    for (size_t first = 0, next = 0; first < own.size(); first = next) {
      for (next = first + 1; next < own.size() && own[next].item == own[first].item; ++next) {
        own[first].weight = std::max(own[first].weight, own[next].weight);
      }
      all.push_back(own[first]);
    }
  }
}

}  // namespace rec::build
