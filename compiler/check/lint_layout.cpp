// Lints of layout. Where lines end means nothing to the language, and something to whoever wrote them.
#include <fmt/format.h>

#include "compiler/check/lint.h"

namespace rec::check {
namespace {

class LayoutLints {
 public:
  LayoutLints(const source::Sources& sources, diagnostics::Diagnostics& diagnostics)
      : sources_(sources), diagnostics_(diagnostics) {}

  void steps(const std::vector<syntax::Step>& steps) {
    for (size_t i = 0; i < steps.size(); ++i) {
      if (const auto* when = std::get_if<syntax::WhenStep>(&steps[i].node)) {
        for (const auto& arm : when->arms) this->steps(arm.steps);
      }
      if (i > 0) behind_place(steps[i - 1], steps[i]);
    }
  }

 private:
  void behind_place(const syntax::Step& insert, const syntax::Step& next) {
    const bool option = std::holds_alternative<syntax::WhereStep>(next.node) ||
                        std::holds_alternative<syntax::TakeStep>(next.node) ||
                        std::holds_alternative<syntax::WhenStep>(next.node);
    if (!option || !std::holds_alternative<syntax::InsertStep>(insert.node)) return;
    const source::File& file = sources_.file(next.span.file);
    if (file.locate(insert.span.end).line != file.locate(next.span.begin).line) return;
    const std::string word = file.text.substr(next.keyword.begin, next.keyword.end - next.keyword.begin);
    diagnostics_
        .warning(diagnostics::Code::step_behind_place, next.keyword,
                 fmt::format("`{}` behind the place of an `insert` is a step of its own", word), "about the whole page")
        .help.emplace_back("put it before the place if it is for the source, or on a line of its own");
  }

  const source::Sources& sources_;
  diagnostics::Diagnostics& diagnostics_;
};

}  // namespace

void lint_layout(const syntax::Module& module, const source::Sources& sources, diagnostics::Diagnostics& diagnostics) {
  for (const auto& pipeline : module.pipelines) LayoutLints(sources, diagnostics).steps(pipeline.steps);
}

}  // namespace rec::check
