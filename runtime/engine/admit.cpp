// A channel's conditions, in the order written.
#include "runtime/engine/admit.h"

#include <algorithm>

namespace rec::engine {

Admit::Admit(interpreter::RequestContext& context, std::span<const graph::Predicate> predicates) {
  conditions_.reserve(predicates.size());
  for (const auto& predicate : predicates) {
    conditions_.push_back({.predicate = &predicate, .evaluator = &context.condition(predicate.expr)});
  }
}

void Admit::operator()(std::span<const uint32_t> rows, std::span<uint8_t> keep) {
  std::span<const uint32_t> standing = rows;  // all of them until a condition drops one
  bool all = true;
  for (Condition& condition : conditions_) {
    passed_.assign(standing.size(), 1);
    condition.evaluator->filter({.batch = nullptr, .indices = standing}, passed_);
    const auto kept = static_cast<size_t>(std::ranges::count(passed_, uint8_t{1}));
    if (kept == standing.size()) continue;
    condition.dropped += standing.size() - kept;
    compact(standing, all);
    standing = {standing_.data(), kept};
    all = false;
  }
  if (all) return;  // keep starts as 1
  std::ranges::fill(keep, uint8_t{0});
  for (const uint32_t place : std::span(places_).first(standing.size())) keep[place] = 1;
}

/// Moves those that passed to the front of what stands, with their places among the rows. `all`: nothing was dropped
/// before.
void Admit::compact(std::span<const uint32_t> standing, bool all) {
  if (standing_.size() < standing.size()) {
    standing_.resize(standing.size());
    places_.resize(standing.size());
  }
  size_t kept = 0;
  for (size_t i = 0; i < standing.size(); ++i) {
    standing_[kept] = standing[i];
    places_[kept] = all ? static_cast<uint32_t>(i) : places_[i];
    kept += passed_[i] != 0 ? 1 : 0;
  }
}

std::vector<std::pair<std::string, uint64_t>> Admit::drops() const {
  std::vector<std::pair<std::string, uint64_t>> out;
  for (const Condition& condition : conditions_) out.emplace_back(condition.predicate->text, condition.dropped);
  return out;
}

}  // namespace rec::engine
