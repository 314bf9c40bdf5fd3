// The looks of `.rec` files: one way to write each program, comments kept.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "compiler/diagnostics/diagnostics.h"
#include "compiler/source/source.h"

namespace rec::format {

/// The file as `rec-run fmt` writes it; nothing where it has syntax errors, which are then among the diagnostics.
///
/// Steps, channels, rules and declarations have lines of their own, indented by two spaces a block; what follows each
/// other is aligned at `=`, `take` and the like; spaces are canonical. Within a step lines break where the author broke
/// them, up to one blank line stays, and a block of at most one line may stay on the line of its braces. Tokens and
/// comments stay what they are and in their order, and formatting twice is formatting once.
std::optional<std::string> format(source::FileId file, const source::Sources& sources,
                                  diagnostics::Diagnostics& diagnostics);

/// The changes from one text to another as a unified diff, three lines of context; empty where they are equal.
std::string unified_diff(std::string_view before, std::string_view after, std::string_view name);

}  // namespace rec::format
