// The rules of a page: order of application, relaxation, the end of a page.
#include "operators/rules/rules.h"

namespace rec::operators {

Rules::Rules(std::span<const RuleInput> rules, uint32_t candidates, uint32_t page, uint32_t before,
             column::Arena& arena)
    : placed_(arena.allocate<uint32_t>(candidates)) {
  rules_.reserve(rules.size());
  for (const bool must : {true, false}) {
    for (uint32_t index = 0; index < rules.size(); ++index) {
      const RuleInput& input = rules[index];
      if (input.must != must) continue;
      const bool this_page = input.scope == RuleInput::Scope::in_first;
      rules_.push_back({index, must, this_page, limit_of(input, candidates, page, before, arena)});
    }
  }
}

Rules::Limit Rules::limit_of(const RuleInput& rule, uint32_t candidates, uint32_t page, uint32_t before,
                             column::Arena& arena) {
  if (rule.at_least) return AtLeast(rule, candidates, page, before, arena);
  if (rule.grouped) return AtMostByGroup(rule, candidates, arena);
  return AtMost(rule, candidates, arena);
}

bool Rules::narrow(CandidateSet allowed, std::vector<Relaxation>& relaxations, std::optional<uint32_t> watched,
                   std::optional<uint32_t>& excluded_by) const {
  for (const Rule& rule : rules_) {
    const ConstCandidateSet excluded = std::visit([](const auto& limit) { return limit.excluded(); }, rule.limit);
    if (excluded.empty()) continue;
    if (is_left(allowed, excluded)) {
      if (watched && contains(allowed, *watched) && contains(excluded, *watched)) excluded_by = rule.index;
      exclude(allowed, excluded);
    } else if (rule.must) {
      return false;
    } else {
      relaxations.push_back({position_, rule.index});
    }
  }
  return true;
}

void Rules::place_before(uint32_t candidate) {
  placed_[placed_count_++] = candidate;
  for (Rule& rule : rules_) {
    if (!rule.this_page) std::visit([&](auto& limit) { limit.place(placed_.first(placed_count_)); }, rule.limit);
  }
}

void Rules::place(uint32_t candidate) {
  placed_[placed_count_++] = candidate;
  for (Rule& rule : rules_) std::visit([&](auto& limit) { limit.place(placed_.first(placed_count_)); }, rule.limit);
  ++position_;
}

}  // namespace rec::operators
