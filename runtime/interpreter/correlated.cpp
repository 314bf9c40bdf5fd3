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

Correlated::Correlated(Scope& scope, ExprId aggregate, const graph::Split& split, size_t block)
    : scope_(scope),
      node_(scope.node(aggregate)),
      id_(aggregate),
      block_(block),
      reduction_(reduction_of(scope.plan().exprs, node_)),
      split_(split),
      events_(&scope.sequence(split.base)),
      events_index_(scope.events_of(split.base)) {
  std::shared_ptr<EventGroups>& known = scope_.groups(id_);
  if (known == nullptr) {
    known = std::make_shared<EventGroups>();
    groups_ = known;
    const std::span<const uint32_t> group = number_events();
    if (only_counts()) {
      count_events(group);
    } else {
      collect_events(group);
      finish_groups();
    }
  }
  groups_ = known;
  if (groups_->finished) return;
  pairs_ = std::make_unique<Program>(scope_, Program::Options{.kind = Program::Kind::pairs,
                                                              .root = id_,
                                                              .pair_roots = split_.pair_roots,
                                                              .event_items = &scope_.items_of(events_index_),
                                                              .events_index = events_index_,
                                                              .pair_events = events_,
                                                              .block = block_});
  pair_candidate_.reserve(block_);
  pair_event_.reserve(block_);
  pair_row_.reserve(block_);
}

Correlated::~Correlated() = default;

std::span<uint8_t> Correlated::kept_events() {
  const auto keep = scope_.arena().allocate<uint8_t>(events_->size);
  std::ranges::fill(keep, uint8_t{1});
  for (const ExprId condition : split_.of_event) {
    const auto* passes = scope_.on_events(condition, *events_, events_index_).as<uint8_t>();
    for (size_t i = 0; i < keep.size(); ++i) keep[i] &= passes[i];
  }
  for (const ExprId duration : split_.within) {
    const int64_t after = saturated_difference(scope_.inputs().now, scope_.integer(duration));
    for (size_t i = 0; i < keep.size(); ++i) keep[i] &= static_cast<uint8_t>(events_->time[i] > after);
  }
  return keep;
}

/// The group of each event, KeySet::kNone for those that count in none.
std::span<const uint32_t> Correlated::number_events() {
  column::Arena& arena = scope_.arena();
  const auto keep = kept_events();
  const auto keys = arena.allocate<uint64_t>(keep.size());
  if (split_.keyed) {
    const auto valid = arena.allocate<uint8_t>(keep.size());
    if (split_.event_key == graph::kNoExpr) {
      make_keys(events_->item, Kind::row, false, keep.size(), keys.data(), valid.data());
    } else {
      const Values values = scope_.on_events(split_.event_key, *events_, events_index_);
      make_keys(values.data, scope_.node(split_.event_key).type.kind, split_.as_double, keep.size(), keys.data(),
                valid.data());
    }
    for (size_t i = 0; i < keep.size(); ++i) keep[i] &= valid[i];
  }
  EventGroups& groups = *groups_;
  groups.keys = KeySet(keep.size() + 1);
  if (!split_.keyed) {
    groups.keys.add(0);
    std::ranges::fill(keys, uint64_t{0});
  }
  const auto group = arena.allocate<uint32_t>(keep.size());
  for (size_t i = 0; i < keep.size(); ++i) group[i] = keep[i] != 0 ? groups.keys.add(keys[i]) : KeySet::kNone;
  return group;
}

/// Which of a group's events there are does not matter, only how many.
bool Correlated::only_counts() const {
  return split_.checks.empty() && (node_.op == Op::sequence_count || node_.op == Op::in_sequence);
}

void Correlated::count_events(std::span<const uint32_t> group) {
  EventGroups& groups = *groups_;
  const size_t count = groups.keys.size();
  const auto events = scope_.arena().allocate<int64_t>(count + 1);  // behind all, of no group: none
  std::ranges::fill(events, 0);
  for (const uint32_t g : group) {
    if (g != KeySet::kNone) ++events[g];
  }
  groups.results.resize((count + 1) * types::width(node_.type));
  groups.present.assign(count + 1, 1);
  if (node_.op == Op::in_sequence) {
    for (size_t g = 0; g <= count; ++g) groups.results[g] = std::byte{events[g] > 0};
  } else {
    std::memcpy(groups.results.data(), events.data(), groups.results.size());
  }
  groups.finished = true;
}

void Correlated::collect_events(std::span<const uint32_t> group) {
  EventGroups& groups = *groups_;
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
  if (!split_.checks.empty() || split_.value_root != graph::Split::kNone) return;
  EventGroups& groups = *groups_;
  const Values values =
      split_.value == graph::kNoExpr ? Values{} : scope_.on_events(split_.value, *events_, events_index_);
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
  if (lookup_.size() < n) {
    lookup_.resize(n);
    keys_.resize(n);
    valid_.resize(n);
  }
  if (split_.keyed) {
    const Kind kind = scope_.node(split_.operands[split_.candidate_key]).type.kind;
    make_keys(operands[split_.candidate_key].data, kind, split_.as_double, n, keys_.data(), valid_.data());
    for (size_t i = 0; i < n; ++i) lookup_[i] = valid_[i] != 0 ? groups_->keys.find(keys_[i]) : KeySet::kNone;
  } else {
    std::fill_n(lookup_.begin(), n, 0U);
  }
  for (const size_t gate : split_.gates) {
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
  const Values values = split_.value_root == graph::Split::kNone ? Values{} : pairs_->root(split_.value_root);
  for (size_t pair = 0; pair < pair_row_.size(); ++pair) {
    if (passes(pair, operands)) running_[pair_row_[pair]].add(reduction_, values, pair);
  }
  pair_row_.clear();
  pair_candidate_.clear();
  pair_event_.clear();
}

bool Correlated::passes(size_t pair, std::span<const Values> operands) {
  const uint32_t row = pair_row_[pair], event = pair_event_[pair];
  if (row != last_row_) passed_last_.assign(split_.checks.size(), 0);
  last_row_ = row;
  for (size_t c = 0; c < split_.checks.size(); ++c) {
    const graph::Split::Check& check = split_.checks[c];
    bool passed = false;
    switch (check.kind) {
      case graph::Split::Check::Kind::condition:
        passed = pairs_->root(check.index).as<uint8_t>()[pair] != 0;
        break;
      case graph::Split::Check::Kind::item:
        passed = operands[check.index].as<uint32_t>()[row] == events_->item[event];
        break;
      case graph::Split::Check::Kind::last:
        passed = passed_last_[c]++ < operands[check.index].as<int64_t>()[row];
        break;
      case graph::Split::Check::Kind::within: {
        const int64_t after = saturated_difference(scope_.inputs().now, operands[check.index].as<int64_t>()[row]);
        passed = events_->time[event] > after;
        break;
      }
    }
    if (!passed) return false;
  }
  return true;
}

const EventGroups& groups_of(Scope& scope, ExprId aggregate) {
  const auto& known = scope.groups(aggregate);
  if (known == nullptr) {
    const graph::Split split = graph::split(scope.plan(), aggregate);
    Correlated(scope, aggregate, split, 1);
  }
  return *known;
}

}  // namespace rec::interpreter
