// What a `rerank` thought of one item.
#include "runtime/engine/why_rerank.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace rec::engine {
namespace {

std::string positions(size_t first, size_t last) {
  return first == last ? fmt::format("position {}", first) : fmt::format("positions {} to {}", first, last);
}

/// Duplicates are at −∞, a candidate without a relevance at NaN.
std::string value(double objective) {
  if (std::isinf(objective) && objective < 0) return "a duplicate, which waits until nothing else is left";
  return fmt::format("{:.6g}", objective);
}

}  // namespace

operators::RerankRecord* RerankStory::begin(std::span<const uint32_t> candidates, uint32_t at) {
  const auto found = std::ranges::find(candidates, at);
  if (found == candidates.end()) return nullptr;
  candidates_.assign(candidates.begin(), candidates.end());
  record_ = {.candidate = static_cast<uint32_t>(found - candidates.begin())};
  return &record_;
}

std::vector<std::string> RerankStory::tell(const Run& run, const graph::RerankStep& step, bool objective) const {
  std::vector<std::string> out;
  const auto& picks = record_.picks;
  const store::Table& table = run.generation.table(run.plan.item_table);
  for (size_t i = 0; i < picks.size(); ++i) {
    const auto& pick = picks[i];
    if (pick.excluded_by) {
      size_t last = i;
      while (last + 1 < picks.size() && picks[last + 1].excluded_by == pick.excluded_by) ++last;
      const graph::Rule& rule = step.rules[*pick.excluded_by];
      out.push_back(
          fmt::format("{}: kept out by `{}`, line {}", positions(i + 1, last + 1), rule.text, run.line(rule.span)));
      i = last;
      continue;
    }
    if (!objective) continue;
    if (pick.winner == record_.candidate) {
      out.push_back(fmt::format("position {}: picked, its objective is {}", i + 1, value(pick.objective)));
    } else {
      out.push_back(fmt::format("position {}: its objective is {}; {} won with {}", i + 1, value(pick.objective),
                                table.key_text(run.batch.rows[candidates_[pick.winner]]),
                                value(pick.winner_objective)));
    }
  }
  return out;
}

}  // namespace rec::engine
