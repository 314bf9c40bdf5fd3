// All pipelines of a compilation, one after another.
#include "compiler/check/check.h"

#include "compiler/check/expressions.h"
#include "compiler/check/plans.h"

namespace rec::check {

std::vector<std::shared_ptr<const graph::Plan>> check_modules(const std::vector<syntax::Module>& modules,
                                                              const catalog::Catalog& catalog,
                                                              const operators::Registry& registry,
                                                              const source::Sources& sources,
                                                              diagnostics::Diagnostics& diagnostics) {
  Declarations declarations = declare(modules, diagnostics);
  check_functions(declarations, catalog, registry, sources, diagnostics);
  Plans made;
  const Context context{catalog, registry, sources, diagnostics, declarations, &made};
  std::vector<std::shared_ptr<const graph::Plan>> plans;
  for (const auto& module : modules) {
    for (const auto& test : module.tests) {
      diagnostics.warning(Code::not_supported_yet, test.keyword, "`test` blocks are read and not run yet",
                          "passed over");
    }
    for (const auto& decl : module.pipelines) {
      if (declarations.pipelines.at(decl.name.text) != &decl) continue;
      if (auto plan = made.of(context, decl, decl.name.span)) plans.push_back(std::move(plan));
    }
  }
  return plans;
}

}  // namespace rec::check
