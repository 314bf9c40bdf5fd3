// What the program's output goes to.
#pragma once

#include <cstddef>

namespace rec::rec_run {

/// Columns of the terminal that standard output is; 0 where it is none.
size_t output_width();
bool output_is_terminal();
/// Standard error is a terminal, and NO_COLOR is not set.
bool color_messages();

}  // namespace rec::rec_run
