// An aggregate over a user's events that reads the candidate, as a look-up per candidate where the expression allows
// it.
//
// The conditions are split at their `and`s. Those of the event alone filter the events once. An equality between a
// value of the event and a value of the candidate groups the events by the former, once a request; a candidate then
// looks at its own group only, or, where nothing else depends on it, at the group's result, which is computed once.
// What is left is evaluated for pairs of a candidate and an event, in blocks.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "compiler/graph/split.h"
#include "runtime/interpreter/accumulate.h"
#include "runtime/interpreter/key_set.h"
#include "runtime/interpreter/program.h"

namespace rec::interpreter {

/// Events that pass what depends on events alone, in groups of equal key, each in event order; kept for the request.
struct EventGroups {
  KeySet keys;                    // the number of a key is its group
  std::vector<uint32_t> events;   // group after group
  std::vector<uint32_t> offsets;  // groups + 1
  bool finished = false;          // results are known: one a group, and at the end that of no event
  std::vector<std::byte> results;
  std::vector<uint8_t> present;
};

class Correlated {
 public:
  /// `split`: of the aggregate; must outlive this.
  Correlated(Scope& scope, graph::ExprId aggregate, const graph::Split& split, size_t block);
  ~Correlated();

  /// One result a candidate. `operands`: the values of the split's.
  void run(const Batch* batch, std::span<const uint32_t> candidates, std::span<const Values> operands, void* out,
           uint8_t* present);

 private:
  std::span<uint8_t> kept_events();
  std::span<const uint32_t> number_events();
  bool only_counts() const;
  void count_events(std::span<const uint32_t> group);
  void collect_events(std::span<const uint32_t> group);
  void finish_groups();
  uint32_t group_of(size_t i) const { return lookup_[i]; }
  void look_up(std::span<const Values> operands, size_t n);
  void copy_results(size_t n, void* out, uint8_t* present) const;
  void scan(const Batch* batch, std::span<const uint32_t> candidates, std::span<const Values> operands, void* out,
            uint8_t* present);
  void flush(const Batch* batch, std::span<const Values> operands);
  bool passes(size_t pair, std::span<const Values> operands);

  Scope& scope_;
  const graph::Node& node_;
  graph::ExprId id_;
  size_t block_;
  Reduction reduction_;
  const graph::Split& split_;
  const column::EventColumns* events_ = nullptr;
  size_t events_index_ = 0;

  std::shared_ptr<EventGroups> groups_;
  std::unique_ptr<Program> pairs_;
  std::vector<uint32_t> lookup_;  // group of each candidate of the block, KeySet::kNone: none
  std::vector<uint64_t> keys_;
  std::vector<uint8_t> valid_;
  std::vector<uint32_t> pair_candidate_, pair_event_, pair_row_;
  std::vector<Accumulator> running_;
  std::vector<int64_t> passed_last_;  // per `last` check, of the candidate `last_row_`
  uint32_t last_row_ = UINT32_MAX;
};

/// The groups of an aggregate that is one look-up, made once for a request.
const EventGroups& groups_of(Scope& scope, graph::ExprId aggregate);

}  // namespace rec::interpreter
