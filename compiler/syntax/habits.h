// What people write who come from other languages.
#pragma once

#include "compiler/diagnostics/diagnostics.h"
#include "compiler/syntax/tokens.h"

namespace rec::syntax {

/// Reports tokens that no `.rec` file can have (foreign operators, quotes, malformed numbers, open strings), and puts
/// what was meant in their place.
void mend_habits(TokenList& list, diagnostics::Diagnostics& diagnostics);

}  // namespace rec::syntax
