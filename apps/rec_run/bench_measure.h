// How fast requests run: latency of each, and of each step of a pass with traces.
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <vector>

#include "runtime/engine/engine.h"

namespace rec::rec_run {

struct BenchRequest {
  std::shared_ptr<const graph::Plan> plan;
  engine::Request request;
};

struct Latency {
  double mean = 0, p50 = 0, p90 = 0, p99 = 0, most = 0;  // microseconds
};
/// Of at least one sample.
Latency latency_of(std::vector<double> us);

/// A step, or a channel of one, over the requests that came by it.
struct StepTime {
  std::string pipeline, step, text;  // a channel: step is "channel", text its name
  uint32_t line = 0;
  uint64_t requests = 0;
  double in = 0, out = 0;  // rows, means
  Latency us{};
};

struct Measured {
  std::string engine;
  uint64_t requests = 0;
  double seconds = 0;  // by the clock, of the timed requests
  Latency us{};
  std::vector<StepTime> steps{};  // in the order in which they were first met
};

/// Runs the requests in turn on this thread: once to warm up, then for `seconds` and at least once each, then once each
/// with a trace. An error of a request ends it. `serving`: with what engine.
std::expected<Measured, engine::Error> measure(const std::vector<BenchRequest>& requests,
                                               const std::shared_ptr<const store::Generation>& generation,
                                               const engine::Serving& serving, double seconds);

}  // namespace rec::rec_run
