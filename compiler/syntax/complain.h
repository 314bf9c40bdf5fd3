// From "this token does not fit" to a message a person can use, and a change to the tokens that lets parsing go on.
#pragma once

#include "compiler/diagnostics/diagnostics.h"
#include "compiler/syntax/attempt.h"
#include "compiler/syntax/tokens.h"

namespace rec::syntax {

/// Reports a failure and mends the tokens, so that the same cause does not come up again: the wrong word is replaced by
/// the right one, or the step, channel, rule or declaration is taken out and ERROR stands for it. Names that were bound
/// in what was taken out are added to `lost`.
void complain(TokenList& list, const Failure& failure, std::vector<std::string>& lost,
              diagnostics::Diagnostics& diagnostics);

}  // namespace rec::syntax
