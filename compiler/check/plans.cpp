// Pipelines that name others: theirs come first, and no chain comes back.
#include "compiler/check/plans.h"

#include <fmt/format.h>

#include <algorithm>

#include "compiler/check/pipeline.h"

namespace rec::check {

graph::PlanPtr Plans::of(const Context& context, const syntax::PipelineDecl& decl, Span used) {
  if (const auto it = made_.find(&decl); it != made_.end()) return it->second;
  if (std::ranges::find(open_, &decl) != open_.end()) {
    context.diagnostics.error(Code::pipeline_cycle, used, fmt::format("pipeline `{}` would run itself", decl.name.text),
                              "comes back to it here");
    return nullptr;
  }
  open_.push_back(&decl);
  auto plan = PipelineChecker(context, decl).run();
  open_.pop_back();
  made_.emplace(&decl, plan);
  return plan;
}

}  // namespace rec::check
