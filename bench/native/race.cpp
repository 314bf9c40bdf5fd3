// How contenders are timed and compared.
#include "bench/native/race.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

namespace rec::bench {
namespace {

double time_of(const Contender& contender, size_t runs) {
  if (contender.seconds) return contender.seconds(runs);
  const double begin = thread_seconds();
  for (size_t i = 0; i < runs; ++i) contender.run();
  return thread_seconds() - begin;
}

/// Signed, in the order of the values.
int64_t place_of(float value) {
  const auto bits = std::bit_cast<int32_t>(value);
  return bits < 0 ? int64_t{std::numeric_limits<int32_t>::min()} - bits : bits;
}

bool close(float a, float b, uint32_t ulps) {
  if (ulps == 0) return std::bit_cast<uint32_t>(a) == std::bit_cast<uint32_t>(b);
  if (std::isnan(a) || std::isnan(b)) return false;
  return a == b || std::abs(place_of(a) - place_of(b)) <= int64_t{ulps};
}

}  // namespace

std::vector<Spread> race(std::span<const Contender> contenders, int samples, double sample_seconds) {
  std::vector<size_t> runs;
  for (const Contender& contender : contenders) {
    time_of(contender, 1);
    const double once = std::min(time_of(contender, 1), time_of(contender, 1));
    runs.push_back(static_cast<size_t>(std::clamp(sample_seconds / std::max(once, 1e-9), 1.0, 2000.0)));
  }
  std::vector<std::vector<double>> times(contenders.size());
  for (int round = -1; round < samples; ++round) {  // one to warm up
    for (size_t i = 0; i < contenders.size(); ++i) {
      const double seconds = time_of(contenders[i], runs[i]) / static_cast<double>(runs[i]);
      if (round >= 0) times[i].push_back(seconds);
    }
  }
  std::vector<Spread> out;
  for (auto& of_one : times) out.push_back(spread(std::move(of_one)));
  return out;
}

std::string difference(const Work& work, const Outputs& ours, const Outputs& theirs, uint32_t ulps) {
  if (!work.selects()) {
    if (ours.values.size() != theirs.values.size())
      return fmt::format("{} values, and not {}", theirs.values.size(), ours.values.size());
    for (size_t i = 0; i < ours.values.size(); ++i) {
      if (!close(ours.values[i], theirs.values[i], ulps))
        return fmt::format("candidate {}: {}, and not {}", i, theirs.values[i], ours.values[i]);
    }
    return {};
  }
  if (ours.rows.size() != theirs.rows.size())
    return fmt::format("{} rows, and not {}", theirs.rows.size(), ours.rows.size());
  for (size_t i = 0; i < ours.rows.size(); ++i) {
    const uint32_t a = ours.rows[i], b = theirs.rows[i];
    // Another row is right where its value is as good: bit-equal operations leave no choice, order being by row then.
    const bool known = b < ours.values.size();
    if (a != b && (ulps == 0 || !known || !close(ours.values[a], ours.values[b], ulps)))
      return fmt::format("place {}: row {}, and not {}", i + 1, b, a);
  }
  return {};
}

std::span<const Bar> bars() {
  static constexpr const char *kInterpreted = "Rec, interpreter", *kNative = "Rec, native";
  static constexpr Bar kBars[] = {
      {Kind::fusion, 2'000, nullptr, "C++ loop, clang 19", 1.1},
      {Kind::fusion, 200'000, nullptr, "C++ loop, clang 19", 1.1},
      {Kind::filter, 200'000, nullptr, "AVX-512 by hand", 1.0},
      {Kind::filter, 200'000, nullptr, "AVX-512 by hand, value first", 1.0},
      {Kind::filter, 200'000, nullptr, "C++ loop, g++", 0.1},
      {Kind::filter, 2'000, nullptr, "C++ loop, g++", 0.7},
      {Kind::powers, 2'000, nullptr, "g++, libmvec of 512 bits", 1.0},
      {Kind::powers, 200'000, nullptr, "g++, libmvec of 512 bits", 1.0},
      {Kind::powers, 2'000, nullptr, "numpy", 1.0},
      {Kind::powers, 200'000, nullptr, "numpy", 1.0},
      {Kind::clicks, 2'000, nullptr, "C++ loop, g++", 1.2},
      {Kind::clicks, 2'000, nullptr, "C++ loop, clang 19", 1.2},
      {Kind::clicks, 200'000, nullptr, "C++ loop, g++", 1.2},
      {Kind::clicks, 200'000, nullptr, "C++ loop, clang 19", 1.2},
      {Kind::filter, 2'000, nullptr, "DuckDB", 1.0 / 15},
      {Kind::filter, 200'000, nullptr, "DuckDB", 1.0 / 30},
      {Kind::fusion, 200'000, kNative, kInterpreted, 1.0 / 3},
      {Kind::filter, 200'000, kNative, kInterpreted, 1.0 / 5},
      {Kind::fusion, 2'000, kInterpreted, "numexpr", 1.0},
      {Kind::fusion, 200'000, kInterpreted, "numexpr", 1.0},
      {Kind::powers, 2'000, kInterpreted, "numexpr", 1.0},
      {Kind::powers, 200'000, kInterpreted, "numexpr", 1.0},
      {Kind::filter, 2'000, kInterpreted, "numexpr", 1.0},
      {Kind::filter, 200'000, kInterpreted, "numexpr", 1.0},
      {Kind::fusion, 2'000, kInterpreted, "muParser", 1.0},
      {Kind::fusion, 200'000, kInterpreted, "muParser", 1.0},
      {Kind::powers, 2'000, kInterpreted, "muParser", 1.0},
      {Kind::powers, 200'000, kInterpreted, "muParser", 1.0},
      {Kind::filter, 2'000, kInterpreted, "muParser", 1.0},
      {Kind::filter, 200'000, kInterpreted, "muParser", 1.0},
  };
  return kBars;
}

namespace {

/// What the bars say about a peer; empty where there is none, or where who of Rec it is about takes no part.
std::string verdict(const Task& task, std::span<const Contender> contenders, std::span<const Spread> times, size_t ours,
                    size_t peer) {
  std::string out;
  for (const Bar& bar : bars()) {
    if (bar.work != task.work.kind || bar.candidates != task.candidates || contenders[peer].who != bar.peer) continue;
    double best = std::numeric_limits<double>::infinity();
    for (size_t i = 0; i < ours; ++i) {
      if (bar.ours == nullptr || contenders[i].who == bar.ours) best = std::min(best, times[i].median);
    }
    if (!std::isfinite(best)) continue;
    const double ratio = best / times[peer].median;
    out += fmt::format("{}{} {:.3f} <= {:.3f} {}", out.empty() ? "" : "; ",
                       bar.ours == nullptr ? "Rec's fastest" : bar.ours, ratio, bar.most,
                       ratio <= bar.most ? "holds" : "DOES NOT HOLD");
  }
  return out;
}

}  // namespace

std::vector<Row> table(const Task& task, std::span<const Contender> contenders, std::span<const Spread> times,
                       size_t ours) {
  fmt::print("\n{}, {} candidates: {}\n  {:<28} {:>12} {:>20} {:>10}  bar\n", task.work.name, task.candidates,
             task.work.says, "", "ns/candidate", "least .. most", "Rec takes");
  double fastest = times[0].median;
  for (size_t i = 1; i < ours; ++i) fastest = std::min(fastest, times[i].median);
  std::vector<Row> rows;
  for (size_t i = 0; i < contenders.size(); ++i) {
    const double scale = 1e9 / static_cast<double>(task.candidates), ratio = fastest / times[i].median;
    Row& row = rows.emplace_back(Row{.work = task.work.name,
                                     .candidates = task.candidates,
                                     .who = contenders[i].who,
                                     .seconds = times[i],
                                     .ratio = ratio,
                                     .verdict = verdict(task, contenders, times, ours, i)});
    fmt::print("  {:<28} {:>12.3f} {:>20} {:>8.3f} x  {}\n", row.who, times[i].median * scale,
               fmt::format("{:.3f} .. {:.3f}", times[i].least * scale, times[i].most * scale), ratio, row.verdict);
  }
  std::fflush(stdout);
  return rows;
}

}  // namespace rec::bench
