// Two ways of doing the same work, timed in turn: thread CPU time, medians, spread, and the ratio that is the result.
#pragma once

#include <fmt/format.h>
#include <time.h>

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

namespace rec::bench {

inline double thread_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

struct Side {
  std::string name;
  std::function<void()> run;
};

struct Spread {
  double least = 0, median = 0, most = 0;
};

inline Spread spread(std::vector<double> samples) {
  std::sort(samples.begin(), samples.end());
  return {samples.front(), samples[samples.size() / 2], samples.back()};
}

/// Runs both in turn, `samples` times, each sample `repeat` calls; prints microseconds a call (a piece of work, where a
/// call does `pieces`) and the ratio of medians; returns it.
inline double compare(const std::string& work, const Side& ours, const Side& peer, int samples = 15, int repeat = 20,
                      size_t pieces = 1) {
  std::vector<double> times[2];
  for (int s = -2; s < samples; ++s) {  // two rounds to warm up
    for (int side = 0; side < 2; ++side) {
      const auto& run = side == 0 ? ours.run : peer.run;
      const double begin = thread_seconds();
      for (int r = 0; r < repeat; ++r) run();
      if (s >= 0) times[side].push_back((thread_seconds() - begin) / repeat / static_cast<double>(pieces) * 1e6);
    }
  }
  const Spread a = spread(times[0]), b = spread(times[1]);
  fmt::print(
      "{}\n  {:<28} {:>10.1f} us  ({:.1f} .. {:.1f})\n  {:<28} {:>10.1f} us  ({:.1f} .. {:.1f})\n  ratio of medians "
      "{:.2f}\n",
      work, ours.name, a.median, a.least, a.most, peer.name, b.median, b.least, b.most, a.median / b.median);
  return a.median / b.median;
}

}  // namespace rec::bench
