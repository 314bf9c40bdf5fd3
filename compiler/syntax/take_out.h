// Takes out of the tokens what a failure lies in. A unit is what one mistake may cost: a step, a channel, a rule, a
// line of a test, a declaration.
#pragma once

#include <string>
#include <vector>

#include "compiler/syntax/attempt.h"
#include "compiler/syntax/tokens.h"

namespace rec::syntax {

/// Whether a rule of the grammar reads a unit. Units are named by their rules.
bool is_unit(size_t rule);

/// Whether the failure lies between the braces of a pipeline or of a `when`.
bool inside_block(const Failure& failure);

/// The unit that a list is made of that could only end, or go on, where the failure is; 0 where there is no such list.
size_t listed_unit(const TokenList& list, const Failure& failure);

/// Takes out the innermost unit that the failure lies in, and puts ERROR in its place. Names that were bound there are
/// added to `lost`.
void take_out(TokenList& list, const Failure& failure, std::vector<std::string>& lost);

/// The same for a unit that begins at the token `begin` and goes on to the failure at least.
void take_out_from(TokenList& list, const Failure& failure, size_t begin, size_t unit, std::vector<std::string>& lost);

}  // namespace rec::syntax
