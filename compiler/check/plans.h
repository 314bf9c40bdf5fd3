// The plans of a compilation, each made once, also where one pipeline names another.
#pragma once

#include <map>
#include <vector>

#include "compiler/check/context.h"

namespace rec::check {

class Plans {
 public:
  /// The plan of a pipeline; nullptr after an error. `used`: where another pipeline names it, for a chain that comes
  /// back to its beginning.
  graph::PlanPtr of(const Context& context, const syntax::PipelineDecl& decl, Span used);

 private:
  std::map<const syntax::PipelineDecl*, graph::PlanPtr> made_;
  std::vector<const syntax::PipelineDecl*> open_;
};

}  // namespace rec::check
