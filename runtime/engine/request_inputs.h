// What a request brings, checked against the plan and the catalog.
#pragma once

#include <expected>

#include "runtime/engine/engine.h"
#include "runtime/interpreter/evaluate.h"

namespace rec::engine {

std::expected<interpreter::RequestInputs, Error> request_inputs(const graph::Plan& plan,
                                                                const store::Generation& generation,
                                                                const Request& request);

}  // namespace rec::engine
