// A plan made visible: text for people, DOT for graphviz.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "compiler/catalog/catalog.h"
#include "compiler/graph/plan.h"
#include "compiler/source/source.h"

namespace rec::graph {

std::string explain_text(const Plan& plan, const catalog::Catalog& catalog, const source::Sources& sources);
/// The same for programs: parameters, steps with their formulas as printed from the plan, channels, emits.
nlohmann::ordered_json explain_json(const Plan& plan, const catalog::Catalog& catalog, const source::Sources& sources);
std::string explain_dot(const Plan& plan, const catalog::Catalog& catalog, const source::Sources& sources);

}  // namespace rec::graph
