// An aggregate over a user's events that reads the candidate: how its conditions are split, and the look-ups.
#include "runtime/interpreter/correlated.h"

#include <algorithm>
#include <cassert>
#include <cstring>

#include "runtime/interpreter/row_wise.h"

namespace rec::interpreter {

using graph::ExprId;
using graph::Node;
using graph::Op;
using types::Kind;

namespace {

bool reads_candidate(const Node& node) {
  return (node.level & (graph::kCandidate | graph::kBarrier)) != 0;
}
bool reads_event(const Node& node) {
  return (node.level & graph::kEvent) != 0;
}

}  // namespace

Correlated::Correlated(Scope& scope, ExprId aggregate, size_t block)
    : scope_(scope),
      node_(scope.node(aggregate)),
      id_(aggregate),
      block_(block),
      reduction_(reduction_of(scope.plan().exprs, scope.node(aggregate))),
      lookup_(block),
      keys_(block),
      valid_(block) {
  split();
  std::shared_ptr<EventGroups>& known = scope_.groups(id_);
  if (known == nullptr) {
    known = std::make_shared<EventGroups>();
    groups_ = known;
    group_events();
    finish_groups();
  }
  groups_ = known;
  if (groups_->finished) return;
  Program::Options options{.kind = Program::Kind::pairs, .roots = pair_roots_};
  options.event_items = &scope_.items_of(events_index_);
  options.events_index = events_index_;
  options.pair_events = events_;
  options.block = block_;
  pairs_ = std::make_unique<Program>(scope_, std::move(options));
  pair_candidate_.reserve(block_);
  pair_event_.reserve(block_);
  pair_row_.reserve(block_);
}

Correlated::~Correlated() = default;

bool Correlated::depends_on_candidate(ExprId id) const {
  return reads_candidate(scope_.node(id));
}

size_t Correlated::operand(ExprId id) {
  operands_.push_back(id);
  return operands_.size() - 1;
}

void Correlated::split() {
  const bool membership = node_.op == Op::in_sequence;
  std::vector<ExprId> stages;
  base_ = node_.args[membership ? 1 : 0];
  for (; depends_on_candidate(base_); base_ = scope_.node(base_).args[0]) stages.push_back(base_);
  events_ = &scope_.sequence(base_);
  events_index_ = scope_.events_of(base_);

  const auto has_last = [&] {
    return std::any_of(checks_.begin(), checks_.end(), [](const Check& c) { return c.kind == Check::Kind::last; });
  };
  for (auto at = stages.rbegin(); at != stages.rend(); ++at) {
    const Node& stage = scope_.node(*at);
    if (stage.op == Op::sequence_where) {
      add_conditions(stage.args[1]);
    } else if (stage.op == Op::sequence_last) {
      checks_.push_back({Check::Kind::last, operand(stage.args[1])});
    } else if (depends_on_candidate(stage.args[1]) || has_last()) {
      checks_.push_back({Check::Kind::within, operand(stage.args[1])});
    } else {
      after_.push_back(saturated_difference(scope_.inputs().now, scope_.integer(stage.args[1])));
    }
  }
  if (membership) {
    if (has_last() || keyed_) {
      checks_.push_back({Check::Kind::item, operand(node_.args[0])});
    } else {
      keyed_ = true;
      candidate_key_ = operand(node_.args[0]);
    }
  } else if (node_.args.size() > 1) {
    if (node_.op == Op::sequence_count) {
      add_conditions(node_.args[1]);
    } else {
      value_ = node_.args[1];
    }
  }
  if (value_ != graph::kNoExpr && (!checks_.empty() || depends_on_candidate(value_))) {
    value_root_ = pair_roots_.size();
    pair_roots_.push_back(value_);
  }
}

// After a `last` only the order of the checks is right: nothing moves ahead of it any more.
void Correlated::add_conditions(ExprId condition) {
  const Node& n = scope_.node(condition);
  const bool after_last =
      std::any_of(checks_.begin(), checks_.end(), [](const Check& c) { return c.kind == Check::Kind::last; });
  if (!after_last) {
    if (n.op == Op::logical_and) {
      add_conditions(n.args[0]);
      return add_conditions(n.args[1]);
    }
    if (!reads_candidate(n)) return of_event_.push_back(condition);
    if (!reads_event(n)) return gates_.push_back(operand(condition));
    if (take_as_key(n)) return;
  }
  checks_.push_back({Check::Kind::condition, pair_roots_.size()});
  pair_roots_.push_back(condition);
}

bool Correlated::take_as_key(const Node& conjunct) {
  if (keyed_ || conjunct.op != Op::call || conjunct.def->name != "==") return false;
  for (const size_t side : {0U, 1U}) {
    const Node& event = scope_.node(conjunct.args[side]);
    const Node& candidate = scope_.node(conjunct.args[1 - side]);
    if (reads_candidate(event) || !reads_event(event) || reads_event(candidate)) continue;
    keyed_ = true;
    as_double_ = compares_as_double(event.type.kind, candidate.type.kind);
    event_key_ = conjunct.args[side];
    candidate_key_ = operand(conjunct.args[1 - side]);
    return true;
  }
  return false;
}

std::vector<uint8_t> Correlated::kept_events() {
  std::vector<uint8_t> keep(events_->size, 1);
  for (const ExprId condition : of_event_) {
    const auto* passes = scope_.on_events(condition, *events_, events_index_).as<uint8_t>();
    for (size_t i = 0; i < keep.size(); ++i) keep[i] &= passes[i];
  }
  for (const int64_t after : after_) {
    for (size_t i = 0; i < keep.size(); ++i) keep[i] &= static_cast<uint8_t>(events_->time[i] > after);
  }
  return keep;
}

void Correlated::group_events() {
  std::vector<uint8_t> keep = kept_events();
  std::vector<uint64_t> keys(keep.size(), 0);
  if (keyed_) {
    std::vector<uint8_t> valid(keep.size());
    if (event_key_ == graph::kNoExpr) {
      make_keys(events_->item, Kind::row, false, keep.size(), keys.data(), valid.data());
    } else {
      const Values values = scope_.on_events(event_key_, *events_, events_index_);
      make_keys(values.data, scope_.node(event_key_).type.kind, as_double_, keep.size(), keys.data(), valid.data());
    }
    for (size_t i = 0; i < keep.size(); ++i) keep[i] &= valid[i];
  }
  EventGroups& groups = *groups_;
  groups.keys = KeySet(keep.size() + 1);
  if (!keyed_) groups.keys.add(0);
  std::vector<uint32_t> group(keep.size());
  for (size_t i = 0; i < keep.size(); ++i) group[i] = keep[i] != 0 ? groups.keys.add(keys[i]) : KeySet::kNone;
  groups.offsets.assign(groups.keys.size() + 1, 0);
  for (const uint32_t g : group) {
    if (g != KeySet::kNone) ++groups.offsets[g + 1];
  }
  for (size_t g = 1; g < groups.offsets.size(); ++g) groups.offsets[g] += groups.offsets[g - 1];
  groups.events.resize(groups.offsets.back());
  std::vector<uint32_t> next(groups.offsets.begin(), groups.offsets.end() - 1);
  for (size_t i = 0; i < group.size(); ++i) {
    if (group[i] != KeySet::kNone) groups.events[next[group[i]]++] = static_cast<uint32_t>(i);
  }
}

void Correlated::finish_groups() {
  if (!checks_.empty() || value_root_ != kNone) return;
  EventGroups& groups = *groups_;
  const Values values = value_ == graph::kNoExpr ? Values{} : scope_.on_events(value_, *events_, events_index_);
  const size_t count = groups.keys.size();
  groups.results.resize((count + 1) * types::width(node_.type));
  groups.present.resize(count + 1);
  for (size_t g = 0; g <= count; ++g) {
    Accumulator all;
    for (uint32_t at = groups.offsets[g]; g < count && at < groups.offsets[g + 1]; ++at)
      all.add(reduction_, values, groups.events[at]);
    all.finish(reduction_, groups.results.data(), groups.present.data(), g);
  }
  groups.finished = true;
}

void Correlated::look_up(std::span<const Values> operands, size_t n) {
  if (keyed_) {
    const Kind kind = scope_.node(operands_[candidate_key_]).type.kind;
    make_keys(operands[candidate_key_].data, kind, as_double_, n, keys_.data(), valid_.data());
    for (size_t i = 0; i < n; ++i) lookup_[i] = valid_[i] != 0 ? groups_->keys.find(keys_[i]) : KeySet::kNone;
  } else {
    std::fill_n(lookup_.begin(), n, 0U);
  }
  for (const size_t gate : gates_) {
    const auto* open = operands[gate].as<uint8_t>();
    for (size_t i = 0; i < n; ++i) lookup_[i] = open[i] != 0 ? lookup_[i] : KeySet::kNone;
  }
}

void Correlated::copy_results(size_t n, void* out, uint8_t* present) const {
  const uint32_t nothing = groups_->keys.size();
  std::vector<uint32_t> index(n);
  for (size_t i = 0; i < n; ++i) index[i] = std::min(lookup_[i], nothing);
  gather(groups_->results.data(), types::width(node_.type), index.data(), n, out);
  if (present != nullptr) gather(groups_->present.data(), 1, index.data(), n, present);
}

void Correlated::run(const Batch* batch, std::span<const uint32_t> candidates, std::span<const Values> operands,
                     void* out, uint8_t* present) {
  look_up(operands, candidates.size());
  if (groups_->finished) return copy_results(candidates.size(), out, present);
  scan(batch, candidates, operands, out, present);
}

void Correlated::scan(const Batch* batch, std::span<const uint32_t> candidates, std::span<const Values> operands,
                      void* out, uint8_t* present) {
  running_.assign(candidates.size(), {});
  last_row_ = UINT32_MAX;
  for (size_t i = 0; i < candidates.size(); ++i) {
    const uint32_t group = lookup_[i];
    if (group == KeySet::kNone) continue;
    for (uint32_t at = groups_->offsets[group]; at < groups_->offsets[group + 1]; ++at) {
      pair_row_.push_back(static_cast<uint32_t>(i));
      pair_candidate_.push_back(candidates[i]);
      pair_event_.push_back(groups_->events[at]);
      if (pair_row_.size() == block_) flush(batch, operands);
    }
  }
  flush(batch, operands);
  for (size_t i = 0; i < candidates.size(); ++i) running_[i].finish(reduction_, out, present, i);
}

void Correlated::flush(const Batch* batch, std::span<const Values> operands) {
  if (pair_row_.empty()) return;
  const RowSource rows{.batch = batch,
                       .candidates = pair_candidate_.data(),
                       .events = events_,
                       .event_index = pair_event_.data(),
                       .size = pair_row_.size()};
  pairs_->run_block(rows, 0, rows.size);
  const Values values = value_root_ == kNone ? Values{} : pairs_->root(value_root_);
  for (size_t pair = 0; pair < pair_row_.size(); ++pair) {
    if (passes(pair, operands)) running_[pair_row_[pair]].add(reduction_, values, pair);
  }
  pair_row_.clear();
  pair_candidate_.clear();
  pair_event_.clear();
}

bool Correlated::passes(size_t pair, std::span<const Values> operands) {
  const uint32_t row = pair_row_[pair], event = pair_event_[pair];
  if (row != last_row_) passed_last_.assign(checks_.size(), 0);
  last_row_ = row;
  for (size_t c = 0; c < checks_.size(); ++c) {
    const Check& check = checks_[c];
    bool passed = false;
    switch (check.kind) {
      case Check::Kind::condition:
        passed = pairs_->root(check.index).as<uint8_t>()[pair] != 0;
        break;
      case Check::Kind::item:
        passed = operands[check.index].as<uint32_t>()[row] == events_->item[event];
        break;
      case Check::Kind::last:
        passed = passed_last_[c]++ < operands[check.index].as<int64_t>()[row];
        break;
      case Check::Kind::within: {
        const int64_t after = saturated_difference(scope_.inputs().now, operands[check.index].as<int64_t>()[row]);
        passed = events_->time[event] > after;
        break;
      }
    }
    if (!passed) return false;
  }
  return true;
}

}  // namespace rec::interpreter
