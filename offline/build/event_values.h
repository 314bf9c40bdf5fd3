// Expressions of the catalog evaluated over a log or a part of one, and what comes of them: sequences, interactions.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <vector>

#include "compiler/catalog/catalog.h"
#include "compiler/check/check.h"
#include "offline/indexes/interactions.h"
#include "offline/ingest/event_log.h"
#include "runtime/store/generation.h"
#include "runtime/store/lmdb_environment.h"

namespace rec::build {

/// What expressions are compiled and evaluated against.
struct EventContext {
  const catalog::Catalog& catalog;
  const operators::Registry& registry;
  const store::Generation& tables;
  const source::Sources& sources;
  diagnostics::Diagnostics& diagnostics;
};

/// One value an event; all true or all 1 without an expression. nullopt after an error in the expression.
std::optional<std::vector<uint8_t>> evaluate_condition(const std::optional<catalog::Expression>& expression,
                                                       size_t events, const ingest::EventLog& log,
                                                       const EventContext& context);
std::optional<std::vector<float>> evaluate_number(const std::optional<catalog::Expression>& expression, size_t events,
                                                  const ingest::EventLog& log, const EventContext& context);

/// The events that a sequence keeps of each user, newest first: user u has events[offsets[u]] to events[offsets[u +
/// 1]].
struct KeptEvents {
  std::vector<uint64_t> offsets;
  std::vector<uint32_t> events;
};
std::optional<KeptEvents> keep_events(const catalog::Sequence& sequence, const ingest::EventLog& log,
                                      const EventContext& context);

/// Writes one record a user with events to the epoch.
std::expected<void, std::string> write_sequence(store::LmdbEnvironment& store, uint64_t epoch, size_t sequence,
                                                const KeptEvents& kept, const ingest::EventLog& log,
                                                const EventContext& context);

/// Appends what users did. Repeated events of a user with an item become one: the largest weight, the latest time.
/// Events whose weight is no finite number are left out and counted.
void fold_interactions(const KeptEvents& kept, const ingest::EventLog& log, const std::vector<float>& weight,
                       indexes::InteractionList& all, uint64_t& without_weight);

}  // namespace rec::build
