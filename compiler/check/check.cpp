// All pipelines of a compilation, one after another.
#include "compiler/check/check.h"

#include "compiler/check/expressions.h"
#include "compiler/check/plans.h"
#include "compiler/check/tests.h"

namespace rec::check {

Checked check_modules(const std::vector<syntax::Module>& modules, const catalog::Catalog& catalog,
                      const operators::Registry& registry, const source::Sources& sources,
                      diagnostics::Diagnostics& diagnostics) {
  Declarations declarations = declare(modules, diagnostics);
  check_functions(declarations, catalog, registry, sources, diagnostics);
  Plans made;
  const Context context{catalog, registry, sources, diagnostics, declarations, &made};
  Checked out;
  for (const auto& module : modules) {
    for (const auto& decl : module.pipelines) {
      if (declarations.pipelines.at(decl.name.text) != &decl) continue;
      if (auto plan = made.of(context, decl, decl.name.span)) out.plans.push_back(std::move(plan));
    }
  }
  if (modules.empty()) return out;
  for (const auto& test : modules.front().tests) {
    if (auto checked = check_test(context, test)) out.tests.push_back(std::move(checked));
  }
  return out;
}

}  // namespace rec::check
