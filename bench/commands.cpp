// Whole commands, wall time: building MovieLens (ml-latest-small), and rec-run from start to page.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "bench/folder.h"

namespace {

/// Milliseconds of each run, sorted; exits where the command fails.
std::vector<double> time_command(const std::string& command, int runs, const std::string& before = "true") {
  std::vector<double> times;
  for (int i = 0; i < runs; ++i) {
    if (std::system(before.c_str()) != 0) std::exit(3);
    const auto begin = std::chrono::steady_clock::now();
    if (std::system((command + " >/dev/null 2>&1").c_str()) != 0) {
      fmt::print(stderr, "failed: {}\n", command);
      std::exit(3);
    }
    times.push_back(std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count());
  }
  std::sort(times.begin(), times.end());
  return times;
}

void report(const std::string& what, const std::vector<double>& times) {
  fmt::print("{:<56} {:>9.1f} ms  ({:.1f} .. {:.1f})\n", what, times[times.size() / 2], times.front(), times.back());
}

}  // namespace

int main() {
  const std::string bin = REC_BINARY_DIR, source = REC_SOURCE_DIR;
  const char* given = std::getenv("REC_SHARED");
  const std::string movielens = (given ? given : source + "/../shared") + "/data/ml-latest-small";
  const rec::bench::Folder folder;
  const std::string& work = folder.path();

  report("rec-build demo (2,000 users, 10,000 notes, 200,000 rows)",
         time_command(bin + "/rec-build demo " + work + "/demo", 3));
  report("rec-build, the demo universe, from nothing",
         time_command(bin + "/rec-build " + work + "/demo", 3,
                      "rm -rf " + work + "/demo/generations " + work + "/demo/CURRENT " + work + "/demo/users.mdb"));
  report("rec-run home_feed.rec, start to page",
         time_command(bin + "/rec-run " + source + "/pipelines/home_feed.rec --data " + work + "/demo --user 42", 15));
  if (std::filesystem::exists(movielens)) {
    if (std::system((bin + "/rec-build import movielens " + movielens + " " + work + "/movies >/dev/null").c_str()) !=
        0)
      return 3;
    report("rec-build, ml-latest-small, from nothing",
           time_command(
               bin + "/rec-build " + work + "/movies", 5,
               "rm -rf " + work + "/movies/generations " + work + "/movies/CURRENT " + work + "/movies/users.mdb"));
    report("rec-build, ml-latest-small, nothing stale", time_command(bin + "/rec-build " + work + "/movies", 5));
    report("rec-run movies.rec, start to page",
           time_command(bin + "/rec-run " + source + "/pipelines/movies.rec --data " + work + "/movies --user 42", 15));
  } else {
    fmt::print("ml-latest-small is not here (REC_SHARED names the folder that holds data/): its rows are left out\n");
  }
  return 0;
}
