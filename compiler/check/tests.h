// `test` blocks: records against the catalog, expectations in the scope of a pipeline's end.
#pragma once

#include <memory>

#include "compiler/check/context.h"
#include "compiler/graph/test.h"

namespace rec::check {

/// The test; nullptr after an error, or where its pipeline has one.
std::shared_ptr<const graph::Test> check_test(const Context& context, const syntax::TestDecl& test);

}  // namespace rec::check
