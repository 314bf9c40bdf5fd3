// Looks at the files' times a few times a second: works on every file system, and editors that replace files are no
// special case.
#include "apps/rec_run/watch.h"

#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <thread>

#include "apps/rec_run/terminal.h"

namespace rec::rec_run {
namespace {

namespace fs = std::filesystem;

struct Seen {
  fs::file_time_type time{};
  uintmax_t size = 0;
  bool there = false;
  friend bool operator==(const Seen&, const Seen&) = default;
};

std::vector<Seen> look(const std::vector<std::string>& files) {
  std::vector<Seen> out;
  for (const auto& file : files) {
    std::error_code ignored;
    Seen seen{.there = fs::is_regular_file(file, ignored)};
    if (seen.there) {
      seen.time = fs::last_write_time(file, ignored);
      seen.size = fs::file_size(file, ignored);
    }
    out.push_back(seen);
  }
  return out;
}

}  // namespace

void watch(const std::function<std::vector<std::string>()>& command) {
  for (std::vector<std::string> files;;) {
    // A change while the command runs is seen as well: files known before are looked at before it.
    auto before = look(files);
    const auto read = command();
    if (read != files) before = look(read);
    files = read;
    std::fflush(stdout);
    fmt::print(stderr, "watching {} file{}; end with Ctrl-C\n", files.size(), files.size() == 1 ? "" : "s");
    while (look(files) == before) std::this_thread::sleep_for(std::chrono::milliseconds(150));
    if (output_is_terminal()) fmt::print("\033[2J\033[H");
  }
}

}  // namespace rec::rec_run
