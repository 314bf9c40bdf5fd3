// A build after events were added to a log, beside a full build of the same log: time against the size of the batch.
// Both directories are compared file by file; fails where one differs. Writes updates.csv where the first argument
// names a folder; the second is the number of events.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>

#include "bench/folder.h"
#include "offline/build/build.h"
#include "runtime/store/manifest.h"

namespace {

using namespace rec;
namespace fs = std::filesystem;

constexpr const char* kTables = R"(tables:
  people: {key: id, source: {csv: people.csv}, columns: {}, unknown: {}}
  goods: {key: id, source: {csv: goods.csv}, columns: {}}
events:
  visits: {source: {csv: visits.csv}, user: user, item: item, time: {column: at, format: unix_seconds}, columns: {stars: float}, users: people, items: goods}
)";

/// What is measured: each alone, beside the log itself.
struct Subject {
  const char* name;
  const char* catalog;
};
constexpr Subject kSubjects[] = {
    {"statistics",
     "statistics:\n  goods.visits: {from: visits, value: count}\n"
     "  goods.stars: {from: visits, value: mean, of: e.stars}\n"
     "  goods.lately: {from: visits, value: count, window: 1d}\n"},
    {"sequences", "sequences:\n  all: {from: visits, keep: 200}\n"},
    {"item_cf", "sequences:\n  all: {from: visits, keep: 200}\nindexes:\n  cf: {algorithm: item_cf, from: all}\n"},
    {"item_cf, no user weight",
     "sequences:\n  all: {from: visits, keep: 200}\nindexes:\n  cf: {algorithm: item_cf, from: all, user_weight: "
     "none}\n"},
    {"user_cf, no discount",
     "sequences:\n  all: {from: visits, keep: 200}\nindexes:\n  cf: {algorithm: user_cf, from: all, discount: none}\n"},
    {"swing",
     "sequences:\n  all: {from: visits, keep: 200}\nindexes:\n  cf: {algorithm: swing, from: all, max_users: "
     "400}\n"},
};

/// Users of Zipf-like activity, items of Zipf-like popularity, one event a second.
class Log {
 public:
  Log(uint32_t users, uint32_t items) : users_(users), items_(items) {}

  std::string next(uint64_t events) {
    std::string text;
    for (uint64_t i = 0; i < events; ++i) {
      fmt::format_to(std::back_inserter(text), "{},{},{},{}\n", skewed(users_, 1.3), skewed(items_, 1.8),
                     1'700'000'000 + number_++, 1 + random_() % 5);
    }
    return text;
  }

 private:
  uint32_t skewed(uint32_t n, double power) {
    const double u = static_cast<double>(random_() >> 11) * 0x1p-53;
    return std::min(n - 1, static_cast<uint32_t>(static_cast<double>(n) * std::pow(u, power)));
  }

  std::mt19937_64 random_{1};
  uint32_t users_, items_;
  uint64_t number_ = 0;
};

class Directory : public bench::Folder {
 public:
  /// Seconds. Ends the program where something is wrong.
  double build(bool full, std::vector<std::string>* updated = nullptr) const {
    source::Sources sources;
    diagnostics::Diagnostics diagnostics;
    const auto begin = std::chrono::steady_clock::now();
    const auto report = build::build(path(), {.full = full}, sources, diagnostics);
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    if (!report.published) {
      fmt::print(stderr, "{}", render_text(diagnostics, sources));
      std::exit(3);
    }
    if (updated != nullptr) *updated = report.updated;
    return seconds;
  }
  /// Files that are served, as bytes.
  std::vector<std::string> files() const {
    std::vector<std::string> out;
    const fs::path generation = fmt::format("{}/generations/{}", path(), store::read_current(path()).value_or(0));
    for (const auto& entry : fs::directory_iterator(generation)) {
      const auto extension = entry.path().extension();
      if (extension != ".json" && extension != ".events") out.push_back(entry.path().filename());
    }
    std::ranges::sort(out);
    for (std::string& name : out) name += *store::read_bytes(generation / name);
    return out;
  }
};

std::string ids(uint32_t count) {
  std::string text = "id\n";
  for (uint32_t id = 0; id < count; ++id) text += std::to_string(id) + "\n";
  return text;
}

}  // namespace

int main(int argc, char** argv) {
  constexpr uint32_t kUsers = 100'000, kItems = 20'000;
  uint64_t events = 2'000'000;
  if (argc > 2) std::from_chars(argv[2], argv[2] + std::string_view(argv[2]).size(), events);
  constexpr uint64_t kBatches[] = {1, 100, 10'000, 100'000};
  std::ofstream csv;
  if (argc > 1) {
    csv.open(std::string(argv[1]) + "/updates.csv");
    csv << "subject,batch,update_seconds,full_seconds,updated\n";
  }
  fmt::print(
      "updates of a log of {} events, {} users, {} items; seconds of wall time, in brackets the share of the "
      "full build\n",
      events, kUsers, kItems);
  fmt::print("{:<26}{:>10}", "", "full");
  for (const uint64_t batch : kBatches) fmt::print("{:>18}", fmt::format("+ {}", batch));
  fmt::print("\n");
  bool good = true;
  for (const Subject& subject : kSubjects) {
    Log log(kUsers, kItems);
    const std::string begin = "user,item,at,stars\n" + log.next(events);
    const Directory grown, anew;
    for (const Directory* directory : {&grown, &anew}) {
      directory->write("catalog.yaml", std::string(kTables) + subject.catalog);
      directory->write("people.csv", ids(kUsers));
      directory->write("goods.csv", ids(kItems));
      directory->write("visits.csv", begin);
    }
    grown.build(true);
    fmt::print("{:<26}", subject.name);
    std::string line;
    double full = 0;
    for (const uint64_t batch : kBatches) {
      const std::string added = log.next(batch);
      std::vector<std::string> updated;
      for (const Directory* directory : {&grown, &anew}) directory->write("visits.csv", added, true);
      const double seconds = grown.build(false, &updated);
      full = anew.build(true);
      good = good && grown.files() == anew.files();
      line += fmt::format("{:>18}", fmt::format("{:.2f} ({:.0f} %)", seconds, 100 * seconds / full));
      if (csv)
        csv << fmt::format("\"{}\",{},{:.4f},{:.4f},\"{}\"\n", subject.name, batch, seconds, full,
                           fmt::join(updated, "; "));
    }
    fmt::print("{:>10.2f}{}\n", full, line);
    std::fflush(stdout);
  }
  if (!good) fmt::print("an update differs from a full build\n");
  return good ? 0 : 1;
}
