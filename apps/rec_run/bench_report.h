// What rec-run bench measured, for people and for programs.
#pragma once

#include <span>
#include <string>

#include "apps/rec_run/bench_measure.h"

namespace rec::rec_run {

/// What was run: "recorded requests of FILE", "sampled users, seed 1".
struct BenchWork {
  std::string file, requests;
  size_t count = 0;  // different requests
};

std::string bench_table(const BenchWork& work, std::span<const Measured> engines);
std::string bench_json(const BenchWork& work, std::span<const Measured> engines);
/// A line an engine for whole requests, and one for each step and channel.
std::string bench_csv(std::span<const Measured> engines);

}  // namespace rec::rec_run
