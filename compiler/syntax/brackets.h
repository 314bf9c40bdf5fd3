// Brackets and nesting, looked at before anything is parsed.
#pragma once

#include "compiler/diagnostics/diagnostics.h"
#include "compiler/syntax/tokens.h"

namespace rec::syntax {

/// Makes the brackets of a list match: reports what is unclosed or closes nothing, and puts in or takes out a token for
/// it.
void balance_brackets(TokenList& list, diagnostics::Diagnostics& diagnostics);

/// False, with an error, where the list nests deeper than kMaxNesting.
bool check_nesting(const TokenList& list, diagnostics::Diagnostics& diagnostics);

}  // namespace rec::syntax
