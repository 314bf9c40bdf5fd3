// rec-run bench: throughput and latency of a strategy on recorded requests or sampled users.
#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <nlohmann/json.hpp>
#include <numeric>
#include <random>

#include "apps/rec_run/bench_report.h"
#include "apps/rec_run/native_code.h"
#include "apps/rec_run/request_source.h"
#include "apps/rec_run/run_options.h"
#include "apps/rec_run/session.h"

namespace rec::rec_run {
namespace {

struct Options {
  RunOptions run;
  uint32_t users = 200;
  uint64_t seed = 1;
  double seconds = 5;
};

/// Rows of the users' table, each at most once: the same for the same seed on every machine.
std::vector<uint32_t> sample(uint32_t rows, uint32_t count, uint64_t seed) {
  std::vector<uint32_t> out(rows);
  std::iota(out.begin(), out.end(), 0U);
  std::mt19937_64 random(seed);
  count = std::min(count, rows);
  for (uint32_t i = 0; i < count; ++i) std::swap(out[i], out[i + random() % (rows - i)]);
  out.resize(count);
  return out;
}

class Bench {
 public:
  explicit Bench(const Options& options) : options_(options) {}

  Exit operator()() {
    if (const Exit exit = prepare(); exit != kOk) return exit;
    if (const Exit exit = options_.run.requests.empty() ? sampled() : recorded(); exit != kOk) return exit;
    if (requests_.empty()) {
      fmt::print(stderr, "error: there is no request to run\n");
      return kData;
    }
    std::unique_ptr<native::Tiers> tiers;
    if (options_.run.engine != "interpreter") {
      tiers = native_code(session_.sources);
      if (tiers == nullptr) return kData;
    }
    std::vector<native::Tiers*> engines;
    if (options_.run.engine != "jit") engines.push_back(nullptr);
    if (tiers != nullptr) engines.push_back(tiers.get());
    std::vector<Measured> measured;
    for (native::Tiers* const each : engines) {
      auto one = measure(requests_, generation_, {.sources = &session_.sources, .tiers = each}, options_.seconds);
      if (!one) {
        report(one.error());
        return kData;
      }
      measured.push_back(std::move(*one));
    }
    print(measured);
    if (tiers != nullptr) fmt::print(stderr, "{}", native_code_text(*tiers));
    return kOk;
  }

 private:
  Exit prepare() {
    generation_ = store::open_generation(options_.run.data, session_.sources, session_.diagnostics);
    if (generation_ == nullptr) {
      session_.report();
      return kData;
    }
    compilation_ = session_.compile(options_.run.file, generation_->catalog());
    if (!session_.diagnostics.has_errors() && options_.run.requests.empty())
      compilation_.pipeline(options_.run.pipeline, session_.diagnostics);
    const Exit exit = session_.exit_code();
    session_.report();
    return exit;
  }

  /// All that the source has.
  Exit take(RequestSource& source, const RunOptions& options) {
    if (!source.open()) return kData;
    while (auto next = source.next()) {
      if (!next->request) {
        engine::Error error = next->request.error();
        if (next->line > 0) error.notes.push_back(fmt::format("it is line {} of {}", next->line, options.requests));
        report(error);
        return kData;
      }
      requests_.push_back({std::move(next->plan), std::move(*next->request)});
    }
    return kOk;
  }

  Exit recorded() {
    RequestSource source(options_.run, compilation_, *generation_);
    return take(source, options_.run);
  }

  Exit sampled() {
    diagnostics::Diagnostics ignored;  // it was there when it was compiled
    const auto plan = compilation_.pipeline(options_.run.pipeline, ignored);
    const store::Table& users = generation_->table(plan->user_table);
    for (const uint32_t row : sample(users.rows(), options_.users, options_.seed)) {
      RunOptions one = options_.run;
      one.user = users.key_text(row);
      RequestSource source(one, compilation_, *generation_);
      if (const Exit exit = take(source, one); exit != kOk) return exit;
    }
    return kOk;
  }

  void print(std::span<const Measured> engines) const {
    const BenchWork work{.file = options_.run.file,
                         .requests = options_.run.requests.empty()
                                         ? fmt::format("sampled users, seed {}", options_.seed)
                                         : "recorded requests of " + options_.run.requests,
                         .count = requests_.size()};
    fmt::print("{}", options_.run.format == "json"  ? bench_json(work, engines)
                     : options_.run.format == "csv" ? bench_csv(engines)
                                                    : bench_table(work, engines));
  }

  const Options& options_;
  Session session_;
  std::shared_ptr<const store::Generation> generation_;
  compiler::Compilation compilation_;
  std::vector<BenchRequest> requests_;
};

}  // namespace

void add_bench(CLI::App& app, int& exit) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("bench", "Measures throughput and latency of a strategy, and of its steps");
  command->add_option("FILE", options->run.file, "the strategy (.rec)")->required();
  command->add_option("--data", options->run.data, "the data directory, built by rec-build")->required();
  auto* recorded = command->add_option("--requests", options->run.requests,
                                       "a file with a request a line, as JSON, such as --record of run writes");
  command->add_option("--users", options->users, "so many sampled users, 200 unless given")
      ->check(CLI::PositiveNumber)
      ->excludes(recorded);
  command->add_option("--seed", options->seed, "of the sample, 1 unless given")->excludes(recorded);
  command->add_option("--seconds", options->seconds, "how long to measure, 5 unless given")
      ->check(CLI::NonNegativeNumber);
  command->add_option("--request", options->run.fields, "the request fields of sampled users, as a JSON object")
      ->excludes(recorded);
  command->add_option("--now", options->run.now, "the time of the requests, ISO 8601; the newest event's unless given");
  command->add_option("--set", options->run.set, "NAME=VALUE, a parameter of the strategy; may be repeated")
      ->allow_extra_args(false);
  command->add_option("--pipeline", options->run.pipeline, "which pipeline of the file");
  command
      ->add_option("--engine", options->run.engine,
                   "interpreter, jit (native code, made before the clock runs), or both")
      ->check(CLI::IsMember({"interpreter", "jit", "both"}));
  command->add_option("--format", options->run.format, "table, json or csv")
      ->check(CLI::IsMember({"table", "json", "csv"}));
  command->callback([options, &exit] { exit = Bench(*options)(); });
}

}  // namespace rec::rec_run
