// A channel's conditions, in the order written.
#include "runtime/engine/admit.h"

#include <algorithm>
#include <numeric>

namespace rec::engine {

Admit::Admit(interpreter::RequestContext& context, std::span<const graph::Predicate> predicates) {
  conditions_.reserve(predicates.size());
  for (const auto& predicate : predicates) {
    conditions_.push_back({.predicate = &predicate, .evaluator = interpreter::Evaluator(context, predicate.expr)});
  }
}

void Admit::operator()(std::span<const uint32_t> rows, std::span<uint8_t> keep) {
  standing_.assign(rows.begin(), rows.end());
  places_.resize(rows.size());
  std::iota(places_.begin(), places_.end(), 0U);
  for (Condition& condition : conditions_) {
    passed_.assign(standing_.size(), 1);
    condition.evaluator.filter({.batch = nullptr, .indices = standing_}, passed_);
    size_t kept = 0;
    for (size_t i = 0; i < standing_.size(); ++i) {
      standing_[kept] = standing_[i];
      places_[kept] = places_[i];
      kept += passed_[i] != 0 ? 1 : 0;
    }
    condition.dropped += standing_.size() - kept;
    standing_.resize(kept);
    places_.resize(kept);
  }
  std::ranges::fill(keep, uint8_t{0});
  for (const uint32_t place : places_) keep[place] = 1;
}

std::vector<std::pair<std::string, uint64_t>> Admit::drops() const {
  std::vector<std::pair<std::string, uint64_t>> out;
  for (const Condition& condition : conditions_) out.emplace_back(condition.predicate->text, condition.dropped);
  return out;
}

}  // namespace rec::engine
