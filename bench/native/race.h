// Contenders in turn: thread CPU time, medians and spread of each; whether they agree; the table and its file.
#pragma once

#include <cstdio>
#include <span>
#include <string>
#include <vector>

#include "bench/measure.h"
#include "bench/native/contender.h"

namespace rec::bench {

/// Seconds a run of each contender. Every round runs each of them, for about `sample_seconds`.
std::vector<Spread> race(std::span<const Contender> contenders, int samples, double sample_seconds);

/// What of `theirs` is not as in `ours`, but for so many units of the last place; empty: nothing. Where rows are
/// selected, `ours` has the values of all that pass, NaN for others.
std::string difference(const Work& work, const Outputs& ours, const Outputs& theirs, uint32_t ulps);

/// The most that a contender of Rec may take of a peer's time.
struct Bar {
  Kind work;
  size_t candidates;
  const char* ours;  // who of Rec; nullptr: the fastest
  const char* peer;
  double most;
};
std::span<const Bar> bars();

/// One row of the result.
struct Row {
  std::string work;
  size_t candidates = 0;
  std::string who;
  Spread seconds{};
  double ratio = 0;  // Rec's fastest over this one
  std::string verdict{};
};

/// Prints a table of one work; `contenders` beginning with those of Rec, `ours` of them.
std::vector<Row> table(const Task& task, std::span<const Contender> contenders, std::span<const Spread> times,
                       size_t ours);

}  // namespace rec::bench
