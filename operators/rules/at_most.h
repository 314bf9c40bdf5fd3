// `at most K in a row`, `in any W`, `in first T`: who would be one too many.
#pragma once

#include <cstdint>
#include <span>

#include "operators/operator.h"
#include "operators/rules/candidate_set.h"
#include "operators/rules/groups.h"

namespace rec::operators {

/// Which positions a rule counts: the run that ends at the last one, the last W − 1, or the page so far.
class Counted {
 public:
  explicit Counted(const RuleInput& rule) : scope_(rule.scope), length_(rule.length) {}

  /// Whether the rule holds at the next position.
  bool holds() const;
  bool is_run() const { return scope_ == RuleInput::Scope::in_a_row; }
  void place() { ++position_; }
  /// Who is counted no longer once the newest of `placed` is; null: nobody leaves.
  const uint32_t* leaves(std::span<const uint32_t> placed) const;

 private:
  RuleInput::Scope scope_;
  int64_t length_;
  int64_t position_ = 1;  // the next one
};

/// Without `by`: one counter. Once it has reached K no match can stand.
class AtMost {
 public:
  AtMost(const RuleInput& rule, uint32_t candidates, column::Arena& arena);

  /// Who cannot stand at the next position; empty: everybody can.
  ConstCandidateSet excluded() const;
  /// `placed`: all that the rule looks at so far, the newest last.
  void place(std::span<const uint32_t> placed);

 private:
  Counted counted_;
  int64_t limit_, count_ = 0;
  CandidateSet matches_;
};

/// With `by`: a counter for each group. A candidate cannot stand where one of its groups has K already; one in no group
/// always can.
class AtMostByGroup {
 public:
  AtMostByGroup(const RuleInput& rule, uint32_t candidates, column::Arena& arena);

  ConstCandidateSet excluded() const;
  void place(std::span<const uint32_t> placed);

 private:
  bool is_full(uint32_t group) const { return counts_[group] >= limit_; }
  void enter(uint32_t group);
  void leave(uint32_t group);
  void fill_up(uint32_t group);
  void open(uint32_t group);
  void end_runs(uint32_t last, uint32_t candidate);

  Counted counted_;
  int64_t limit_;
  Groups groups_;
  std::span<int64_t> counts_;
  uint32_t full_ = 0;      // groups that have reached the limit
  CandidateSet excluded_;  // their members
};

}  // namespace rec::operators
