// A slate to rerank, owned: what RerankCall points into; and a naive reading of section 7 of the language to compare
// with.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <random>
#include <vector>

#include "operators/operator.h"

namespace rec::tests {

struct SlateRule {
  bool must = false, at_least = false;
  int64_t count = 0;
  operators::RuleInput::Scope scope = operators::RuleInput::Scope::in_a_row;
  int64_t length = 0;
  std::vector<uint8_t> matches{};  // empty: all
  bool grouped = false;
  std::vector<std::vector<int64_t>> groups{};  // one a candidate
};

struct Slate {
  uint32_t candidates = 0;
  std::vector<float> relevance;
  std::vector<SlateRule> rules;
  uint32_t take = 0;
  uint32_t shown = 0;  // the first candidates were shown on the page before, oldest first
};

using Page = std::vector<uint32_t>;

/// A slate as the operators take it. The slate must outlive it.
struct SlateCall {
  explicit SlateCall(const Slate& slate);
  operators::RerankCall call;

 private:
  column::Arena arena_;
  std::vector<std::vector<column::ListRef>> groups_;
  std::vector<operators::RuleInput> rules_;
};

/// Whether `candidate` can stand behind `page` by one rule, recounted from what was shown and from the page.
bool can_stand(const Slate& slate, const SlateRule& rule, const Page& page, uint32_t candidate);

/// How many positions the page of a slate has.
uint32_t page_length(const Slate& slate);

/// Who may stand next.
struct Standing {
  Page left;                                        // empty: the page ends
  std::vector<std::optional<uint32_t>> excluded{};  // the rule that took each candidate out, in the order applied
};
/// Records relaxations.
Standing standing(const Slate& slate, const Page& page, std::vector<operators::Relaxation>& relaxations);

/// What was shown, and then the page.
Page with_shown(const Slate& slate, const Page& page);

/// Asserts section 7 of the language for a result: every pick is, but for `near`, the best of those whom the rules
/// leave; each relaxation is where its rule would leave nobody, and nowhere else; the page ends only where it is full
/// or a `must` rule leaves nobody; no `must` rule is broken. `objective(all, i)`: of a candidate behind what was shown
/// and placed.
void replay(const Slate& slate, const operators::RerankResult& result, double near,
            const std::function<double(const Page& all, uint32_t i)>& objective);

/// Runs the call again once for each of a few candidates with a record, and asserts that it tells their story: the
/// winners, the rule that excluded them, their objectives but for `near`.
void expect_recorded(const Slate& slate, operators::Rerank rerank, operators::RerankCall call, double near,
                     const std::function<double(const Page& all, uint32_t i)>& objective);

/// Up to `most` candidates.
Slate random_slate(std::mt19937& random, int most = 15);

}  // namespace rec::tests
