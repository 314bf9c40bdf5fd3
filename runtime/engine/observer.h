// What looks on while a request runs. The engine asks for none; `why` runs a request again with one.
#pragma once

#include <span>

#include "runtime/engine/run.h"

namespace rec::engine {

class Observer {
 public:
  virtual ~Observer() = default;
  /// Before the channels are merged.
  virtual void recalled(Run& run, const graph::RecallStep& step, std::span<const ChannelResult> channels) = 0;
  virtual void merged(Run& run, const graph::RecallStep& step) = 0;
  virtual void before(Run& run, const graph::Step& step) = 0;
  virtual void after(Run& run, const graph::Step& step) = 0;
  /// Before a reranker arranges `candidates`, base indices: what it records into; null: nothing.
  virtual operators::RerankRecord* reranking(std::span<const uint32_t> candidates) = 0;
  /// What became of each row that the source of an `insert` brought.
  virtual void inserted(Run& run, const graph::InsertStep& step, std::span<const InsertedRow> rows) = 0;
};

/// recommend, with somebody looking on. `serving` has no pool.
std::expected<Page, Error> recommend_observed(const graph::Plan& plan, const store::Generation& generation,
                                              const Request& request, const Serving& serving, Observer* observer);

}  // namespace rec::engine
