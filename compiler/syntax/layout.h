// What a formatter needs to know of a file's tokens: where lines must begin, where spaces may not stand, what lines up.
#pragma once

#include <optional>
#include <vector>

#include "compiler/diagnostics/diagnostics.h"
#include "compiler/source/source.h"

namespace rec::syntax {

enum class Element : uint8_t { none, import, param, fn, pipeline, test, step, let, score, channel, rule, test_line };
enum class Brace : uint8_t { none, open, close };  // of a block: one that holds steps, channels, rules or test lines

struct LaidToken {
  uint32_t begin = 0, end = 0;  // bytes of the file
  Element begins = Element::none;
  bool tight_before = false, tight_after = false;  // no space
  Brace block = Brace::none;
  bool keeps_block_open = false;       // the block of a pipeline or a test: never on one line
  bool joins = false;                  // `else` of a `when`: on the line of the `}` before it
  bool opens = false, closes = false;  // a bracket, or a brace that is no block
  uint8_t cell = 0;  // lines of one kind that follow each other are aligned where the same cells begin; 0: none
};

/// The tokens of a file without syntax errors, the end of the file last (an empty token); else nothing, with errors.
std::optional<std::vector<LaidToken>> lay_out(source::FileId file, const source::Sources& sources,
                                              diagnostics::Diagnostics& diagnostics);

}  // namespace rec::syntax
