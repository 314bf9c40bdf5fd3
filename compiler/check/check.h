// Syntax tree to plan: names, types, levels and units are checked; what is right becomes the operator graph.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "compiler/catalog/catalog.h"
#include "compiler/diagnostics/diagnostics.h"
#include "compiler/graph/plan.h"
#include "compiler/graph/test.h"
#include "compiler/syntax/ast.h"
#include "operators/registry.h"

namespace rec::check {

struct Checked {
  std::vector<graph::PlanPtr> plans;
  std::vector<std::shared_ptr<const graph::Test>> tests;  // of the first module
};

/// All pipelines of a file and its imports, and the file's tests. Errors are reported, all of a file in one go; what
/// has errors is left out.
Checked check_modules(const std::vector<syntax::Module>& modules, const catalog::Catalog& catalog,
                      const operators::Registry& registry, const source::Sources& sources,
                      diagnostics::Diagnostics& diagnostics);

/// An expression over events, compiled: what event filters, weights and statistics of a catalog become.
struct EventExpr {
  graph::Plan plan;  // holds the nodes; no steps
  graph::ExprId root = graph::kNoExpr;
};

/// Compiles an expression in which `e` is an event of `events` (e.time, e.item, e.item.COLUMN, e.COLUMN). `wanted`: the
/// type it must have (an int is taken as a float where a float is wanted). nullptr after an error.
std::unique_ptr<EventExpr> check_event_expression(const catalog::Expression& expression,
                                                  const catalog::Catalog& catalog, size_t events,
                                                  const types::Type& wanted, const operators::Registry& registry,
                                                  const source::Sources& sources,
                                                  diagnostics::Diagnostics& diagnostics);

/// Checks every expression of a catalog (filters, weights, statistics, model inputs and targets).
void check_catalog(const catalog::Catalog& catalog, const operators::Registry& registry, const source::Sources& sources,
                   diagnostics::Diagnostics& diagnostics);

}  // namespace rec::check
