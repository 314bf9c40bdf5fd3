// What stood there, and what could have: in words.
#pragma once

#include <string>

#include "compiler/syntax/generated.h"
#include "compiler/syntax/tokens.h"

namespace rec::syntax {

/// "`)`", "the number `12`", "the end of the file".
std::string describe_found(const TokenList& list, size_t token);

/// "an expression", "a name", "`)` or `,`"; empty where too many things could stand there to be named.
std::string describe_expected(const antlr4::misc::IntervalSet& expected);

}  // namespace rec::syntax
