// Text to syntax tree: the one place where the generated parser is used.
#pragma once

#include "compiler/diagnostics/diagnostics.h"
#include "compiler/source/source.h"
#include "compiler/syntax/ast.h"

namespace rec::syntax {

/// Nesting (of parentheses, brackets, braces, unary operators, `if`, `??` and `**` chains) deeper than this is an
/// error, found before the recursive parser runs.
inline constexpr int kMaxNesting = 200;

/// Parses a file. All syntax errors are reported; what could be read is in the tree, with ErrorExpr and ErrorStep in
/// the gaps.
Module parse_module(source::FileId file, const source::Sources& sources, diagnostics::Diagnostics& diagnostics);

/// Parses the bytes [begin, end) of a file as one expression (a catalog's event filter). Spans point into that file.
ExprPtr parse_expression(source::Span where, const source::Sources& sources, diagnostics::Diagnostics& diagnostics);

/// The expression as the formatter prints it on one line: canonical spacing, only the parentheses that are needed,
/// and names emitted values: `p.click * (1 + like)`.
std::string print(const Expr& expr);

}  // namespace rec::syntax
