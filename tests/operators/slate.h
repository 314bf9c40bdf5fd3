// A slate to rerank, owned: what RerankCall points into; and a naive reading of section 7 of the language to compare
// with.
#pragma once

#include <cstdint>
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
};

/// A slate as the operators take it. The slate must outlive it.
struct SlateCall {
  explicit SlateCall(const Slate& slate);
  operators::RerankCall call;

 private:
  column::Arena arena_;
  std::vector<std::vector<column::ListRef>> groups_;
  std::vector<operators::RuleInput> rules_;
};

/// Whether `candidate` can stand behind `page` by one rule, recounted from the page.
bool can_stand(const SlateRule& rule, const std::vector<uint32_t>& page, uint32_t candidate, uint32_t page_length);

/// Who may stand next, with relaxations recorded; empty: the page ends.
std::vector<uint32_t> standing(const Slate& slate, const std::vector<uint32_t>& page,
                               std::vector<operators::Relaxation>& relaxations);

Slate random_slate(std::mt19937& random);

}  // namespace rec::tests
