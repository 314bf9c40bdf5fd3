// `sample N by EXPR [temperature T]`: without replacement, by exponential races (Efraimidis and Spirakis 2006, in the
// Gumbel form): the N largest log(w)/T - log(-log(u)).
#include <algorithm>
#include <cmath>
#include <limits>

#include "operators/numerics/log_double.h"
#include "operators/text_hash.h"
#include "runtime/engine/missing.h"
#include "runtime/engine/run.h"

namespace rec::engine {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// In (0, 1]: the top 53 bits of the hash and a half, over 2^53.
double unit(uint64_t hash) {
  return (static_cast<double>(hash >> 11) + 0.5) * 0x1p-53;
}

double gumbel(double u) {
  return u >= 1 ? kInfinity : -numerics::log_core(-numerics::log_core(u));
}

double log_weight(float weight) {
  return std::isinf(weight) ? kInfinity : numerics::log_core(static_cast<double>(weight));
}

}  // namespace

void run_sample(Run& run, const graph::SampleStep& step, trace::StepTrace& trace) {
  if (is_missing(run, step.by)) return keep_present_order(run, step.by, count_of(run, step.count), trace);
  auto& order = run.batch.order;
  interpreter::Evaluator weights(run.context, step.by);
  const float* weight = weights.run(run.present()).as<float>();
  float temperature = step.temperature == graph::kNoExpr ? 1.0F : run.context.floating(step.temperature);
  if (!(temperature > kColdest)) temperature = kColdest;
  const store::Table& table = run.generation.table(run.plan.item_table);
  const std::string prefix = run.context.inputs().id + ":" + std::to_string(step.number) + ":";

  struct Drawn {
    double key;
    uint32_t at;
  };
  std::vector<Drawn> drawn;
  std::vector<uint32_t> without;  // a weight that nothing can be drawn by
  for (size_t i = 0; i < order.size(); ++i) {
    trace.nan += std::isnan(weight[i]) ? 1 : 0;
    if (!(weight[i] > 0)) {
      without.push_back(order[i]);
      continue;
    }
    const double u = unit(operators::text_hash(prefix + table.key_text(run.batch.rows[order[i]])));
    drawn.push_back({log_weight(weight[i]) / static_cast<double>(temperature) + gumbel(u), order[i]});
  }
  std::ranges::stable_sort(drawn, [](const Drawn& a, const Drawn& b) { return a.key > b.key; });
  std::vector<uint32_t> all;
  for (const Drawn& one : drawn) all.push_back(one.at);
  all.insert(all.end(), without.begin(), without.end());
  cut(run, std::move(all), count_of(run, step.count));
}

}  // namespace rec::engine
