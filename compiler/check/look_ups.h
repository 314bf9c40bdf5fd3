// Which of a channel's conditions, and whether its order, the item table's indexes can answer.
#pragma once

#include "compiler/catalog/catalog.h"
#include "compiler/graph/plan.h"

namespace rec::check {

/// Fills `look_ups` and `walks_along` of a channel whose source goes through the whole table.
void find_look_ups(graph::Channel& channel, const graph::Plan& plan, const catalog::Catalog& catalog);

}  // namespace rec::check
