// Pages compared to the bit, and the passes that random programs are tried with.
#pragma once

#include <string>
#include <vector>

#include "compiler/passes/passes.h"
#include "runtime/engine/engine.h"

namespace rec::tests {

/// What differs between two pages, or nothing. NaN equals NaN; 0.0 and -0.0 differ.
std::string difference(const engine::Page& a, const engine::Page& b);

/// A way to run passes, with its name: all of them, all but one, one alone.
struct Configuration {
  std::string name;
  passes::Options options;
};
std::vector<Configuration> configurations();

/// The request that random programs run for.
engine::Request random_request();

}  // namespace rec::tests
