// The arguments of a channel's source, evaluated for one request.
#pragma once

#include <vector>

#include "operators/operator.h"
#include "runtime/engine/run.h"

namespace rec::engine {

/// One a parameter of the operator. Numbers are clamped to the parameter's bounds. What they point to lives as long as
/// the run.
std::expected<std::vector<operators::ArgumentValue>, std::string> source_arguments(Run& run,
                                                                                   const graph::Channel& channel);

}  // namespace rec::engine
