// What a step looks at and what it does to the candidates: what decides whether two steps may change places.
#pragma once

#include <cstdint>
#include <vector>

#include "compiler/catalog/catalog.h"
#include "compiler/graph/plan.h"

namespace rec::passes {

struct StepFacts {
  std::vector<uint8_t> reads{}, writes{};  // `let` columns: those marked; as long as Plan::let_columns
  bool looks_at_all = false;               // a barrier: it depends on who is present, and in which order
  bool filters = false;                    // `where`s, its own or of its sides
  bool scores = false;                     // calls a model
  bool moves = false;                      // `sort`
  /// Keeps some of the candidates by their order, brings others, or chooses: nothing may pass it.
  bool is_wall = false;
};

StepFacts facts_of(const graph::Plan& plan, const graph::Step& step, const catalog::Catalog& catalog);

/// The `let` columns that an expression reads, marked.
void mark_columns(const graph::Exprs& exprs, graph::ExprId id, std::vector<uint8_t>& marks);

/// The columns that hold a score or depend on one: at the deadline they may be missing.
std::vector<uint8_t> scored_columns(const graph::Plan& plan);

/// Whether both have a mark in one place.
bool overlap(const std::vector<uint8_t>& a, const std::vector<uint8_t>& b);

}  // namespace rec::passes
