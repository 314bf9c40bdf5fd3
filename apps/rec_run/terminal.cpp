// What the program's output goes to: a terminal of some width, or a file or pipe.
#include "apps/rec_run/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>

namespace rec::rec_run {

size_t output_width() {
  winsize size{};
  return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

bool output_is_terminal() {
  return isatty(STDOUT_FILENO) == 1;
}

bool color_messages() {
  const char* no_color = std::getenv("NO_COLOR");
  return isatty(STDERR_FILENO) == 1 && (no_color == nullptr || *no_color == '\0');
}

}  // namespace rec::rec_run
