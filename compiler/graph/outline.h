// A plan as named parts with their facts in words: what two plans are compared by.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "compiler/catalog/catalog.h"
#include "compiler/graph/plan.h"

namespace rec::graph {

/// A parameter, a channel, a step, a rule, an emitted value.
struct Part {
  std::string kind;  // "param", "channel", "where", "rule", …
  std::string name;  // of what has one
  source::Span span{};
  /// What there is to say of it, as (what, value): ("take", "100"). Formulas are as the plan has them, with functions
  /// inlined. The main fact of a part has no name: the condition of a `where`.
  std::vector<std::pair<std::string, std::string>> facts{};
  std::vector<Part> parts{};  // the channels of a recall, the rules of a rerank, the steps of a side of `when`
};

/// The parts of a plan in order: parameters, deadline, eligible conditions, steps, emitted values.
std::vector<Part> outline(const Plan& plan, const catalog::Catalog& catalog);

}  // namespace rec::graph
