// Lints of names: unused parameters and functions, columns nobody reads, names that hide others.
#include <fmt/format.h>

#include <map>
#include <set>

#include "compiler/check/lint.h"
#include "compiler/syntax/walk.h"

namespace rec::check {
namespace {

using diagnostics::Code;
using diagnostics::Diagnostics;
using Names = std::set<std::string, std::less<>>;

Names used_in(const auto& part) {
  Names out;
  syntax::each_expr(part, [&](const syntax::Expr& expr) {
    if (const auto* name = std::get_if<syntax::NameRef>(&expr.node)) out.insert(name->name);
  });
  return out;
}

bool meant_unused(const syntax::Name& name) {
  return name.text.starts_with('_');
}

void unused(Diagnostics& diagnostics, Code code, std::string_view what, const syntax::Name& name) {
  diagnostics.warning(code, name.span, fmt::format("{} `{}` is never used", what, name.text), "not used")
      .help.push_back(fmt::format("remove it, or call it `_{}` if it is meant to wait", name.text));
}

const syntax::Name* bound_by(const syntax::Step& step) {
  if (const auto* let = std::get_if<syntax::LetStep>(&step.node)) return &let->name;
  const auto* score = std::get_if<syntax::ScoreStep>(&step.node);
  return score != nullptr ? &score->name : nullptr;
}

class Shadows {
 public:
  Shadows(const std::vector<syntax::Module>& modules, Diagnostics& diagnostics) : diagnostics_(diagnostics) {
    for (const auto& module : modules) {
      for (const auto& param : module.params) parameters_.emplace(param.name.text, param.name.span);
    }
  }

  void fn(const syntax::FnDecl& fn) {
    for (const auto& parameter : fn.parameters) hides_parameter(parameter.name);
    lambdas(*fn.body, {});
  }
  void pipeline(const syntax::PipelineDecl& pipeline) {
    Places lets;
    syntax::each_step(pipeline.steps, [&](const syntax::Step& step) {
      const auto* name = bound_by(step);
      if (name == nullptr) return;
      hides_parameter(*name);
      lets.emplace(name->text, name->span);
    });
    lambdas(pipeline, lets);
  }

 private:
  using Places = std::map<std::string, source::Span, std::less<>>;

  void lambdas(const auto& part, const Places& lets) {
    syntax::each_expr(part, [&](const syntax::Expr& expr) {
      const auto* lambda = std::get_if<syntax::Lambda>(&expr.node);
      if (lambda == nullptr) return;
      hides_parameter(lambda->parameter);
      if (const auto let = lets.find(lambda->parameter.text); let != lets.end())
        warn(lambda->parameter, "a name of the pipeline", let->second);
    });
  }
  void hides_parameter(const syntax::Name& name) {
    if (const auto found = parameters_.find(name.text); found != parameters_.end())
      warn(name, "the parameter of that name", found->second);
  }
  void warn(const syntax::Name& name, std::string_view what, source::Span other) {
    auto& d = diagnostics_.warning(Code::shadowed_name, name.span, fmt::format("`{}` hides {}", name.text, what),
                                   "means this one from here on");
    d.secondary.push_back({other, "hidden"});
    d.help.emplace_back("give one of them another name");
  }

  Places parameters_;
  Diagnostics& diagnostics_;
};

}  // namespace

void lint_names(const std::vector<syntax::Module>& modules, Diagnostics& diagnostics) {
  const syntax::Module& module = modules.front();
  Names used;
  for (const auto& each : modules) used.merge(used_in(each));
  if (!module.pipelines.empty()) {
    for (const auto& param : module.params) {
      if (!used.contains(param.name.text) && !meant_unused(param.name))
        unused(diagnostics, Code::unused_parameter, "parameter", param.name);
    }
    for (const auto& fn : module.functions) {
      if (!used.contains(fn.name.text) && !meant_unused(fn.name))
        unused(diagnostics, Code::unused_function, "function", fn.name);
    }
  }
  Names tested;
  for (const auto& test : module.tests) tested.merge(used_in(test));
  for (const auto& pipeline : module.pipelines) {
    const Names read = used_in(pipeline);
    syntax::each_step(pipeline.steps, [&](const syntax::Step& step) {
      const auto* name = bound_by(step);
      if (name == nullptr || read.contains(name->text) || tested.contains(name->text) || meant_unused(*name)) return;
      diagnostics
          .warning(Code::unread_column, name->span, fmt::format("`{}` is computed and never read", name->text),
                   "nobody reads it")
          .help.emplace_back("remove the step, or `emit` it if it is to be seen");
    });
  }
  Shadows shadows(modules, diagnostics);
  for (const auto& fn : module.functions) shadows.fn(fn);
  for (const auto& pipeline : module.pipelines) shadows.pipeline(pipeline);
}

}  // namespace rec::check
