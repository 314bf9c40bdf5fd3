// Timed requests, and steps by their traces.
#include "apps/rec_run/bench_measure.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <map>
#include <numeric>
#include <optional>
#include <tuple>

namespace rec::rec_run {
namespace {

using Clock = std::chrono::steady_clock;
using Generation = std::shared_ptr<const store::Generation>;

double since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

/// Samples of steps, by what tells steps apart.
class Steps {
 public:
  void add(const std::string& pipeline, const trace::Trace& trace) {
    for (const trace::StepTrace& step : trace.steps) {
      add({pipeline, step.step, step.text, step.line}, step.us, step.in, step.out);
      for (const trace::ChannelTrace& channel : step.channels)
        add({pipeline, "channel", channel.name, step.line}, channel.us, channel.looked_at, channel.out);
    }
  }

  std::vector<StepTime> times() const {
    std::vector<StepTime> out;
    for (const Samples& samples : all_) {
      const auto count = static_cast<double>(samples.us.size());
      StepTime& step = out.emplace_back();
      std::tie(step.pipeline, step.step, step.text, step.line) = samples.key;
      step.requests = samples.us.size();
      step.in = static_cast<double>(samples.in) / count;
      step.out = static_cast<double>(samples.out) / count;
      step.us = latency_of(samples.us);
    }
    return out;
  }

 private:
  using Key = std::tuple<std::string, std::string, std::string, uint32_t>;
  struct Samples {
    Key key;
    std::vector<double> us;
    uint64_t in = 0, out = 0;
  };

  void add(const Key& key, int64_t us, uint64_t in, uint64_t out) {
    const auto [at, fresh] = places_.emplace(key, all_.size());
    if (fresh) all_.push_back({.key = key, .us = {}});
    Samples& samples = all_[at->second];
    samples.us.push_back(static_cast<double>(us));
    samples.in += in;
    samples.out += out;
  }

  std::vector<Samples> all_;
  std::map<Key, size_t> places_;
};

std::expected<engine::Page, engine::Error> run(const BenchRequest& each, const Generation& generation,
                                               const engine::Serving& serving) {
  return engine::recommend(each.plan, generation, each.request, serving);
}

std::optional<engine::Error> run_all(const std::vector<BenchRequest>& requests, const Generation& generation,
                                     const engine::Serving& serving) {
  for (const BenchRequest& each : requests) {
    if (auto page = run(each, generation, serving); !page) return std::move(page.error());
  }
  return {};
}

}  // namespace

Latency latency_of(std::vector<double> us) {
  std::ranges::sort(us);
  const auto at = [&](double share) {  // the smallest that at least this share does not exceed
    const auto rank = static_cast<size_t>(std::ceil(share * static_cast<double>(us.size())));
    return us[std::max<size_t>(rank, 1) - 1];
  };
  return {.mean = std::accumulate(us.begin(), us.end(), 0.0) / static_cast<double>(us.size()),
          .p50 = at(0.5),
          .p90 = at(0.9),
          .p99 = at(0.99),
          .most = us.back()};
}

std::expected<Measured, engine::Error> measure(const std::vector<BenchRequest>& requests, const Generation& generation,
                                               const engine::Serving& serving, double seconds) {
  if (auto failed = run_all(requests, generation, serving)) return std::unexpected(std::move(*failed));
  std::vector<double> us;
  const auto start = Clock::now();
  for (bool more = true; more; more = since(start) < seconds) {
    for (const BenchRequest& each : requests) {
      const auto begin = Clock::now();
      if (auto page = run(each, generation, serving); !page) return std::unexpected(std::move(page.error()));
      us.push_back(since(begin) * 1e6);
      if (us.size() >= requests.size() && since(start) >= seconds) break;
    }
  }
  Measured out{
      .engine = serving.tiers == nullptr ? "interpreter" : "jit", .requests = us.size(), .seconds = since(start)};
  out.us = latency_of(std::move(us));
  Steps steps;
  for (BenchRequest each : requests) {
    each.request.trace = true;
    const auto page = run(each, generation, serving);
    if (!page) return std::unexpected(page.error());
    steps.add(page->pipeline, *page->trace);
  }
  out.steps = steps.times();
  return out;
}

}  // namespace rec::rec_run
