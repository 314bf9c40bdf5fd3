// What a request keeps of the steps that ran, for candidates that come in later: inserted rows, shown ones, backfill.
#pragma once

#include <cstdint>
#include <vector>

#include "compiler/graph/plan.h"
#include "runtime/interpreter/barriers.h"

namespace rec::engine {

struct Run;

/// A step that computed a column or dropped candidates, with its barriers as they were fitted.
struct Applied {
  const graph::Step* step = nullptr;
  interpreter::Barriers barriers{};
};

struct History {
  std::vector<Applied> applied{};             // `let`, `score`, `where`, in order
  size_t since_cut = 0;                       // the first of them behind the last cutting step
  std::vector<uint32_t> left_out{};           // by that step, in its order; base indices
  const graph::RerankStep* rerank = nullptr;  // the last one, whose rules hold for what comes behind its page
  interpreter::Barriers rerank_barriers{};
  std::vector<uint32_t> shown{};  // before this page, oldest first; base indices
};

/// Keeps a step that ran, where the plan has use for it.
void remember(Run& run, const graph::Step& step, interpreter::Barriers barriers);

/// The first `count` of an order are present from here on; the others are what the step left out.
void cut(Run& run, std::vector<uint32_t> order, size_t count);

/// Puts rows behind the batch's, with all columns that steps have computed so far: they came from no channel, and
/// barriers keep their values. They are not present: that is for the caller. Returns their base indices.
std::vector<uint32_t> add_rows(Run& run, const std::vector<uint32_t>& rows);

/// Runs the `let`s and `where`s since the last cutting step on candidates that were not present; returns those that
/// pass.
std::vector<uint32_t> catch_up(Run& run, std::vector<uint32_t> candidates);

}  // namespace rec::engine
