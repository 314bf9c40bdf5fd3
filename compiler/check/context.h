// What all checks of a compilation share: the catalog, the operators, the declarations of the modules, the diagnostics.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "compiler/catalog/catalog.h"
#include "compiler/diagnostics/diagnostics.h"
#include "compiler/graph/plan.h"
#include "compiler/syntax/ast.h"
#include "operators/registry.h"

namespace rec::check {

using diagnostics::Code;
using diagnostics::Diagnostic;
using graph::ExprId;
using graph::kNoExpr;
using source::Span;

/// What the modules of a compilation declare at top level.
struct Declarations {
  std::vector<graph::Parameter> parameters;
  std::map<std::string, uint32_t, std::less<>> parameter_index;
  std::map<std::string, const syntax::FnDecl*, std::less<>> functions;
  std::map<std::string, const syntax::PipelineDecl*, std::less<>> pipelines;
  /// Declarations that had errors: uses of them are passed over in silence.
  std::set<std::string, std::less<>> broken_parameters;
  std::set<const syntax::FnDecl*> broken_functions;
  /// Names bound in parts that a syntax error took out: not knowing them is no further error.
  std::set<std::string, std::less<>> lost;
};

class Plans;

struct Context {
  const catalog::Catalog& catalog;
  const operators::Registry& registry;
  const source::Sources& sources;
  diagnostics::Diagnostics& diagnostics;
  const Declarations& declarations;
  Plans* plans = nullptr;  // of other pipelines; null while functions are checked
};

/// The names of things, for "did you mean" and lists of what there is.
std::vector<std::string> column_names(const catalog::Table& table);
std::vector<std::string> sequence_names(const catalog::Catalog& catalog, std::string_view user_table);

/// Adds what is near, or, where nothing is and the list is short, what there is: `notes has: author, topic`.
void suggest(Diagnostic& diagnostic, std::string_view word, const std::vector<std::string>& candidates,
             std::string_view owner);

/// An error that says that `table` has no column of that name, and what is near or there.
void unknown_column(diagnostics::Diagnostics& diagnostics, const syntax::Name& name, const catalog::Table& table);

/// An error that says that the language has this and this version does not.
void not_supported(diagnostics::Diagnostics& diagnostics, Span span, std::string_view what,
                   std::string_view instead = {});

/// Collects the declarations of all modules; checks parameters; reports clashes.
Declarations declare(const std::vector<syntax::Module>& modules, diagnostics::Diagnostics& diagnostics);

/// The parameter that a declaration makes; false after an error.
bool check_parameter(const syntax::ParamDecl& decl, diagnostics::Diagnostics& diagnostics, graph::Parameter& out);

/// Whether a value of the parameter's type lies within its bounds, each element of a list.
bool within_bounds(const graph::Parameter& parameter, const types::Value& value);

/// The type that is written; false after an error.
bool check_type(const syntax::TypeSyntax& written, diagnostics::Diagnostics& diagnostics, types::Type& out);

/// The value of a literal (a sign allowed) in a type; reports what does not fit and returns false.
bool literal_value(const syntax::Expr& expr, const types::Type& type, diagnostics::Diagnostics& diagnostics,
                   types::Value& out);

}  // namespace rec::check
