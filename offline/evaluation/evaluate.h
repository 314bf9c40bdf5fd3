// A pipeline measured on what users did afterwards: the engine runs it as it is served.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "compiler/graph/plan.h"
#include "offline/evaluation/metrics.h"
#include "offline/evaluation/split.h"

namespace rec::evaluation {

/// One metric at one cut.
struct Measured {
  std::string name;  // recall, precision, hit_rate, ndcg, map, mrr, diversity, novelty: means over users
  uint32_t at = 0;
  Interval value{};
};

/// What one channel had to do with the first items of all pages (to the largest cut).
struct ChannelShare {
  std::string name;
  uint64_t items = 0;  // of the pages, that it brought
  uint64_t alone = 0;  // that no other brought
  uint64_t hits = 0, hits_alone = 0;
  std::vector<uint64_t> with{};  // items that it and each channel brought
};

struct Evaluation {
  std::string pipeline, split;
  uint64_t users = 0, pairs = 0, known_before = 0, gone = 0;
  std::vector<Measured> metrics{};
  std::map<uint32_t, double> coverage{};  // by cut: part of the item table that some page has
  std::vector<ChannelShare> channels{};
  uint64_t items = 0, hits = 0;  // of all pages, to the largest cut
  std::map<std::string, uint64_t> degraded{};
  double seconds = 0;
};

struct EvaluateOptions {
  std::vector<uint32_t> at{20};
  std::map<std::string, types::Value> set{};  // parameters
  uint32_t users = 0;                         // a sample of so many; 0: all
  uint64_t seed = 1;
  uint32_t resamples = 1000;
  std::string diversity{};  // a column of the item table; empty: its first vector, list or string column
  unsigned threads = 0;
  std::function<void(const std::string&, double)> progress{};
};

/// Runs the plan for every user of the truth.
std::expected<Evaluation, Failure> evaluate(const graph::Plan& plan, const Split& split,
                                            const EvaluateOptions& options);

/// The value of `metric` ("ndcg") at the first cut.
std::optional<double> value_of(const Evaluation& evaluation, const std::string& metric);

std::string to_text(const Evaluation& evaluation);
std::string to_json(const Evaluation& evaluation);

}  // namespace rec::evaluation
