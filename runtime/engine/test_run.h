// Runs the `test` blocks of a strategy against data.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "compiler/graph/test.h"
#include "runtime/engine/engine.h"

namespace rec::engine {

struct TestResult {
  std::string name;
  std::vector<diagnostics::Diagnostic> failures{};  // none: it passed
};

/// Lays what the test gives over `generation`, runs its pipeline, and compares.
TestResult run_test(const graph::Test& test, const std::shared_ptr<const store::Generation>& generation,
                    const Serving& serving);

}  // namespace rec::engine
