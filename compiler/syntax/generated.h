// The generated lexer and parser, and with them ANTLR: for the files of this folder only.
#pragma once

#include <RecLexer.h>
#include <RecParser.h>

namespace rec::syntax {

using grammar::RecLexer;
using grammar::RecParser;

}  // namespace rec::syntax
