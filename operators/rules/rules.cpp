// The rules of a page: order of application, relaxation, the end of a page.
#include "operators/rules/rules.h"

#include <algorithm>

namespace rec::operators {

Rules::Rules(std::span<const RuleInput> rules, uint32_t candidates, uint32_t page, uint32_t before)
    : narrowed_(candidates) {
  rules_.reserve(rules.size());
  for (const bool must : {true, false}) {
    for (uint32_t index = 0; index < rules.size(); ++index) {
      const RuleInput& input = rules[index];
      if (input.must != must) continue;
      const bool this_page = input.scope == RuleInput::Scope::in_first;
      if (input.at_least) {
        rules_.push_back({index, must, this_page, AtLeast(input, page, before)});
      } else {
        rules_.push_back({index, must, this_page, AtMost(input, candidates)});
      }
    }
  }
}

bool Rules::narrow(std::vector<uint8_t>& allowed, std::vector<Relaxation>& relaxations, uint32_t watched,
                   std::optional<uint32_t>& excluded_by) {
  for (Rule& rule : rules_) {
    const bool restricts = std::visit([&](auto& limit) { return limit.restricts(); }, rule.limit);
    if (!restricts) continue;
    std::copy(allowed.begin(), allowed.end(), narrowed_.begin());
    std::visit([&](auto& limit) { limit.narrow(narrowed_); }, rule.limit);
    if (std::ranges::find(narrowed_, uint8_t{1}) != narrowed_.end()) {
      if (watched < allowed.size() && allowed[watched] != 0 && narrowed_[watched] == 0) excluded_by = rule.index;
      allowed.swap(narrowed_);
    } else if (rule.must) {
      return false;
    } else {
      relaxations.push_back({position_, rule.index});
    }
  }
  return true;
}

void Rules::place_before(uint32_t candidate) {
  for (Rule& rule : rules_) {
    if (!rule.this_page) std::visit([&](auto& limit) { limit.place(candidate); }, rule.limit);
  }
}

void Rules::place(uint32_t candidate) {
  for (Rule& rule : rules_) {
    std::visit([&](auto& limit) { limit.place(candidate); }, rule.limit);
  }
  ++position_;
}

}  // namespace rec::operators
