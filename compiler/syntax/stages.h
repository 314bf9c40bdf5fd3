// The stages of parsing as one call, for what works on the tree itself: the syntax tree's builder and the formatter.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "compiler/diagnostics/diagnostics.h"
#include "compiler/syntax/generated.h"
#include "compiler/syntax/tokens.h"

namespace rec::syntax {

using UseTree = std::function<void(const TokenList&, RecParser::ModuleContext*)>;

/// Lexes, mends and parses a file, and hands over the tree, unless errors leave none. Returns names bound in what the
/// errors took out.
std::vector<std::string> with_tree(source::FileId file, const source::Sources& sources,
                                   diagnostics::Diagnostics& diagnostics, const UseTree& use);

}  // namespace rec::syntax
