// What a build costs against the number of events: seconds and memory of reading and of each index, on generated logs.
// `bench_scale` takes a quarter of a million to a million of events; `bench_scale --long` one to twenty million, and
// again within one GiB. `--write FOLDER` leaves scale.csv, scale.svg and scale.table.md there.
#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <random>
#include <sstream>
#include <string>

#include "bench/folder.h"
#include "bench/line_chart.h"
#include "offline/build/build.h"
#include "offline/memory/size.h"

namespace {

using namespace rec;

constexpr const char* kCatalog = R"(tables:
  users: {key: id, source: {csv: users.csv}, columns: {}}
  items: {key: id, source: {csv: items.csv}, columns: {}}
events:
  acts: {source: {csv: acts.csv}, user: user, item: item, time: at, columns: {liked: bool}}
sequences:
  recent: {from: acts, keep: 200}
indexes:
  ItemCF: {algorithm: item_cf, from: recent, top_k: 100}
  UserCF: {algorithm: user_cf, from: recent, top_k: 50}
  Swing: {algorithm: swing, from: recent, top_k: 100, max_users: 500}
  ALS: {algorithm: als, from: recent, factors: 64, iterations: 2}
)";
constexpr const char* kReading = "parse and sequences";
const std::vector<std::string> kWork = {kReading, "ItemCF", "UserCF", "Swing", "ALS"};

/// Twenty events a user and a hundred an item on average; users of Zipf-like activity, items of Zipf-like popularity.
void write_data(const std::string& folder, uint64_t events) {
  const uint64_t users = events / 20, items = events / 100;
  std::ofstream(folder + "/catalog.yaml") << kCatalog;
  for (const auto& [name, count] : {std::pair{"users", users}, {"items", items}}) {
    std::ofstream out(fmt::format("{}/{}.csv", folder, name));
    out << "id\n";
    for (uint64_t i = 0; i < count; ++i) out << i << '\n';
  }
  std::mt19937_64 random(1);
  const auto skewed = [&](uint64_t n, double power) {
    const double u = static_cast<double>(random() >> 11) * 0x1p-53;
    return std::min(n - 1, static_cast<uint64_t>(static_cast<double>(n) * std::pow(u, power)));
  };
  std::ofstream out(folder + "/acts.csv");
  out << "user,item,at,liked\n";
  fmt::memory_buffer text;
  for (uint64_t i = 0; i < events; ++i) {
    const uint64_t user = skewed(users, 1.6), item = skewed(items, 2.2);
    fmt::format_to(std::back_inserter(text), "{},{},{},{}\n", user, item, 1'700'000'000 + i, random() % 2);
    if (text.size() > 1 << 20 || i + 1 == events) {
      out.write(text.data(), static_cast<std::streamsize>(text.size()));
      text.clear();
    }
  }
}

struct Cost {
  double seconds = 0;  // of the processor
  double mebibytes = 0;
};
using Costs = std::map<std::string, Cost>;

double processor_seconds() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

/// Builds with one thread and writes "name,seconds,MiB" lines to `to`, two of them for reading.
int build_and_tell(const std::string& folder, uint64_t memory, int to) {
  source::Sources sources;
  diagnostics::Diagnostics diagnostics;
  std::string current;
  double begin = 0;
  std::string told;
  const auto next = [&](const std::string& part) {
    if (part == current) return;
    const bool reading = current == "sequences" || current.starts_with("log ");
    if (reading || current.starts_with("index ")) {
      told += fmt::format("{},{},{}\n", reading ? kReading : current.substr(6), processor_seconds() - begin,
                          static_cast<double>(memory::peak_resident()) / 0x1p20);
    }
    current = part;
    begin = processor_seconds();
    memory::forget_peak();
  };
  build::BuildOptions options{.threads = 1, .memory = memory != 0 ? memory : uint64_t{1} << 50};
  options.progress = [&](const std::string& part, double) { next(part); };
  const auto report = build::build(folder, options, sources, diagnostics);
  if (!report.published) {
    fmt::print(stderr, "{}", diagnostics::render_text(diagnostics, sources));
    return 1;
  }
  next("");
  return ::write(to, told.data(), told.size()) == static_cast<ssize_t>(told.size()) ? 0 : 1;
}

/// In a process of its own, whose memory is all its own.
Costs measure(const std::string& folder, uint64_t memory) {
  std::filesystem::remove_all(folder + "/generations");
  for (const char* name : {"CURRENT", "users.mdb", "users.mdb-lock"}) std::filesystem::remove(folder + "/" + name);
  int ends[2];
  if (::pipe(ends) != 0) return {};
  const pid_t child = ::fork();
  if (child == 0) ::_exit(build_and_tell(folder, memory, ends[1]));
  ::close(ends[1]);
  std::string told(1 << 16, '\0');
  const ssize_t size = ::read(ends[0], told.data(), told.size());
  ::close(ends[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  if (status != 0 || size <= 0) {
    fmt::print(stderr, "a build failed\n");
    std::exit(1);
  }
  Costs costs;
  std::istringstream lines(told.substr(0, static_cast<size_t>(size)));
  for (std::string name, seconds, memory_text;
       std::getline(lines, name, ',') && std::getline(lines, seconds, ',') && std::getline(lines, memory_text);) {
    Cost& cost = costs[name];
    cost.seconds += std::stod(seconds);
    cost.mebibytes = std::max(cost.mebibytes, std::stod(memory_text));
  }
  return costs;
}

struct Row {
  uint64_t events, memory;  // 0: as much as there is
  Costs costs;
};

std::string table(const std::vector<Row>& rows) {
  std::string text = "| events | budget |";
  for (const auto& work : kWork) text += fmt::format(" {} |", work);
  text += "\n| ---: | --- |" + std::string(kWork.size() * 6, ' ');
  text.erase(text.find_last_not_of(' ') + 1);
  for (size_t i = 0; i < kWork.size(); ++i) text += " ---: |";
  text += "\n";
  for (const Row& row : rows) {
    text += fmt::format("| {} million | {} |", static_cast<double>(row.events) / 1e6,
                        row.memory == 0 ? "none" : memory::size_text(row.memory));
    for (const auto& work : kWork) {
      const Cost& cost = row.costs.at(work);
      text += fmt::format(" {:.{}f} s, {:.0f} MiB |", cost.seconds, cost.seconds < 10 ? 1 : 0, cost.mebibytes);
    }
    text += "\n";
  }
  return text;
}

std::string csv(const std::vector<Row>& rows) {
  std::string text = "events,budget_bytes,work,processor_seconds,peak_mebibytes\n";
  for (const Row& row : rows) {
    for (const auto& work : kWork) {
      const Cost& cost = row.costs.at(work);
      text += fmt::format("{},{},{},{:.2f},{:.1f}\n", row.events, row.memory, work, cost.seconds, cost.mebibytes);
    }
  }
  return text;
}

std::string plot(const std::vector<Row>& rows) {
  bench::LineChart seconds{.title = "seconds of one thread", .x_title = "million events", .lines = {}};
  bench::LineChart memory{.title = "MiB at most", .x_title = "million events", .lines = {}};
  for (const auto& work : kWork) {
    bench::Line time{.name = work, .points = {}}, space = time;
    for (const Row& row : rows) {
      if (row.memory != 0) continue;
      const double millions = static_cast<double>(row.events) / 1e6;
      time.points.emplace_back(millions, std::max(row.costs.at(work).seconds, 1e-3));
      space.points.emplace_back(millions, row.costs.at(work).mebibytes);
    }
    seconds.lines.push_back(std::move(time));
    memory.lines.push_back(std::move(space));
  }
  return bench::svg({seconds, memory});
}

}  // namespace

int main(int argc, char** argv) {
  bool is_long = false;
  std::string write;
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    if (argument == "--long") {
      is_long = true;
    } else if (argument == "--write" && i + 1 < argc) {
      write = argv[++i];
    } else {
      fmt::print(stderr, "bench_scale [--long] [--write FOLDER]\n");
      return 2;
    }
  }
  const std::vector<uint64_t> sizes =
      is_long ? std::vector<uint64_t>{1'000'000, 2'000'000, 5'000'000, 10'000'000, 20'000'000}
              : std::vector<uint64_t>{250'000, 500'000, 1'000'000};
  const bench::Folder own;
  const std::string& folder = own.path();
  std::vector<Row> rows;
  fmt::print("{}", table(rows));
  const auto take = [&](uint64_t events, uint64_t budget) {
    rows.push_back({.events = events, .memory = budget, .costs = measure(folder, budget)});
    fmt::print("{}", table({rows.back()}).substr(table({}).size()));
    std::fflush(stdout);
    if (write.empty()) return;
    std::ofstream(write + "/scale.csv") << csv(rows);
    std::ofstream(write + "/scale.svg") << plot(rows);
    std::ofstream(write + "/scale.table.md") << table(rows);
  };
  for (const uint64_t events : sizes) {
    write_data(folder, events);
    take(events, 0);
  }
  take(sizes.back(), is_long ? uint64_t{1} << 30 : uint64_t{128} << 20);
  return 0;
}
