// Expressions over columns: Rec against compiled C++, AVX-512 by hand, numpy, numexpr, muParser, LuaJIT and DuckDB. One
// table, the cost against the number of candidates and the size of a formula, as CSV for plots.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>

#include "bench/native/race.h"
#include "bench/native/subject.h"
#include "bench/peers/peers.h"

namespace {

using namespace rec::bench;

struct Result {
  std::vector<Contender> contenders;
  std::vector<Spread> times;
  size_t ours = 0;  // of them, at the front
};

class Benchmark {
 public:
  Benchmark() {
    for (const char* tool : {"numpy", "numexpr"}) peers_.push_back(peers::python(world_, tool));
    peers_.emplace_back(peers::muparser);
    peers_.emplace_back(peers::luajit);
    peers_.push_back(peers::duckdb(world_));
  }

  /// All who can, in turn; ends the program where one of them gives something else.
  Result measure(const Work& work, size_t candidates, int samples, double sample_seconds) {
    const Task task{world_, work, candidates};
    Result result;
    result.contenders.push_back(contender(kInterpreter, interpreter(world_, work, candidates)));
    result.contenders.push_back(contender(kNative, native(world_, work, candidates)));
    result.ours = result.contenders.size();
    for (auto& entry : work.kind == Kind::formula ? peers::compiled_formula(task) : peers::compiled(task))
      admit(std::move(entry), result.contenders);
    for (const auto& peer : peers_) {
      for (auto& entry : peer(task)) admit(std::move(entry), result.contenders);
    }
    compare(task, result.contenders);
    result.times = race(result.contenders, samples, sample_seconds);
    return result;
  }

  World& world() { return world_; }

 private:
  void admit(Entry entry, std::vector<Contender>& contenders) {
    if (auto* one = std::get_if<Contender>(&entry)) return contenders.push_back(std::move(*one));
    const auto& absent = std::get<Absent>(entry);
    if (missed_.insert(absent.who).second) fmt::print("{} takes no part: {}\n", absent.who, absent.why);
  }

  static void compare(const Task& task, std::span<Contender> contenders) {
    std::vector<Outputs> outputs;
    for (const Contender& one : contenders) {
      one.seconds ? static_cast<void>(one.seconds(1)) : one.run();
      outputs.push_back(one.outputs());
    }
    Outputs ours = outputs[0];
    for (size_t i = 1; i < contenders.size(); ++i) {
      if (task.work.selects() && contenders[i].who == peers::kLoopOfGcc) ours.values = outputs[i].values;
    }
    for (size_t i = 1; i < contenders.size(); ++i) {
      const std::string differs = difference(task.work, ours, outputs[i], contenders[i].ulps);
      if (differs.empty()) continue;
      fmt::print(stderr, "{}, {} candidates: {} differs from {}: {}\n", task.work.name, task.candidates,
                 contenders[i].who, contenders[0].who, differs);
      std::exit(1);
    }
  }

  World world_;
  std::vector<peers::Peer> peers_;
  std::set<std::string> missed_;
};

std::string path(const std::string& name) {
  std::filesystem::create_directories(REC_RESULTS_DIR);
  return std::string(REC_RESULTS_DIR "/") + name;
}

const Work* const kWorks[] = {&fusion(), &powers(), &filter(), &clicks()};

std::vector<Row> print_table(Benchmark& benchmark, const Work& work, size_t candidates) {
  const Result result = benchmark.measure(work, candidates, 15, 4e-3);
  return table({benchmark.world(), work, candidates}, result.contenders, result.times, result.ours);
}

void print_tables(Benchmark& benchmark) {
  std::ofstream csv(path("native.csv"));
  csv << "work,candidates,who,ns_least,ns_median,ns_most,rec_takes,bar\n";
  for (const Work* work : kWorks) {
    for (const size_t candidates : {2'000UL, 200'000UL}) {
      for (const Row& row : print_table(benchmark, *work, candidates)) {
        const double scale = 1e9 / static_cast<double>(candidates);
        csv << fmt::format("{},{},\"{}\",{:.4f},{:.4f},{:.4f},{:.4f},\"{}\"\n", row.work, row.candidates, row.who,
                           row.seconds.least * scale, row.seconds.median * scale, row.seconds.most * scale, row.ratio,
                           row.verdict);
      }
    }
  }
}

/// A file with a line for each x and a column for each contender.
class Curve {
 public:
  void add(size_t x, size_t candidates, const Result& result) {
    for (size_t i = 0; i < result.contenders.size(); ++i) {
      const std::string& who = result.contenders[i].who;
      if (std::find(who_.begin(), who_.end(), who) == who_.end()) who_.push_back(who);
      points_[x][who] = result.times[i].median * 1e9 / static_cast<double>(candidates);
    }
  }
  void write(const std::string& file, const std::string& x_name) const {
    std::ofstream csv(path(file));
    csv << x_name;
    for (std::string who : who_) {
      std::replace(who.begin(), who.end(), ',', ':');  // gnuplot splits a title in quotes
      csv << ',' << who;
    }
    for (const auto& [x, of_x] : points_) {
      csv << '\n' << x;
      for (const std::string& who : who_) csv << ',' << (of_x.contains(who) ? fmt::format("{:.4f}", of_x.at(who)) : "");
    }
    csv << '\n';
  }

 private:
  std::vector<std::string> who_;
  std::map<size_t, std::map<std::string, double>> points_;
};

void write_curves(Benchmark& benchmark) {
  for (const Work* work : {&fusion(), &filter()}) {
    Curve curve;
    for (const size_t n :
         {10UL, 30UL, 100UL, 300UL, 1'000UL, 3'000UL, 10'000UL, 30'000UL, 100'000UL, 300'000UL, 1'000'000UL})
      curve.add(n, n, benchmark.measure(*work, n, 9, 1e-3));
    curve.write(fmt::format("native_{}_by_candidates.csv", work->name), "candidates");
  }
  Curve curve;
  constexpr size_t kFew = 10'000;
  for (const size_t operations : {1UL, 2UL, 5UL, 10UL, 20UL, 50UL, 100UL, 200UL})
    curve.add(operations, kFew, benchmark.measure(formula(operations), kFew, 9, 1e-3));
  curve.write("native_by_operations.csv", "operations");
}

}  // namespace

// bench_native [WORK CANDIDATES]: that table alone.
int main(int count, char** arguments) {
  Benchmark benchmark;
  if (count == 3) {
    for (const Work* work : kWorks) {
      if (work->name == arguments[1]) print_table(benchmark, *work, std::stoul(arguments[2]));
    }
    return 0;
  }
  print_tables(benchmark);
  write_curves(benchmark);
  fmt::print("\nCSV is in {}; `gnuplot -e \"folder='{}'\" bench/native/plots.gp` draws it\n", REC_RESULTS_DIR,
             REC_RESULTS_DIR);
  return 0;
}
