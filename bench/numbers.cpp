// The elementary functions, and a fused formula through the evaluator, against plain loops of the same work.
#include <benchmark/benchmark.h>

#include <cmath>
#include <vector>

#include "operators/numerics/exp.h"
#include "operators/numerics/log.h"
#include "operators/numerics/pow.h"
#include "runtime/interpreter/evaluate.h"
#include "tests/interpreter/small_world.h"

namespace {

using namespace rec;

std::vector<float> inputs(size_t n) {
  std::vector<float> x(n);
  for (size_t i = 0; i < n; ++i) x[i] = 0.05F + static_cast<float>(i % 997) / 100;
  return x;
}

template <float (*Function)(float)>
void one_argument(benchmark::State& state) {
  const std::vector<float> x = inputs(1024);
  std::vector<float> out(x.size());
  for (auto _ : state) {
    for (size_t i = 0; i < x.size(); ++i) out[i] = Function(x[i]);
    benchmark::DoNotOptimize(out.data());
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(x.size()));
}
BENCHMARK(one_argument<numerics::exp>)->Name("exp");
BENCHMARK(one_argument<std::exp>)->Name("exp of libm");
BENCHMARK(one_argument<numerics::log>)->Name("log");
BENCHMARK(one_argument<std::log>)->Name("log of libm");
BENCHMARK(one_argument<numerics::sigmoid>)->Name("sigmoid");

template <float (*Function)(float, float)>
void power(benchmark::State& state) {
  const std::vector<float> x = inputs(1024), y = inputs(1024);
  std::vector<float> out(x.size());
  for (auto _ : state) {
    for (size_t i = 0; i < x.size(); ++i) out[i] = Function(x[i], y[x.size() - 1 - i]);
    benchmark::DoNotOptimize(out.data());
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(x.size()));
}
BENCHMARK(power<numerics::pow>)->Name("pow");
BENCHMARK(power<std::pow>)->Name("pow of libm");

constexpr const char* kFusion = R"(
pipeline p(user: users, item: notes) {
  recall { all = items take 5000 }
  let p = item.score
  let l = item.score * 2
  let c = item.score * 3
  let s = item.score * 4
  emit p * (1 + 2 * l + 3 * c + 1.5 * s) as value
})";

void fusion_loop(benchmark::State& state) {
  const auto n = static_cast<size_t>(state.range(0));
  const std::vector<float> p = inputs(n), l = inputs(n), c = inputs(n), s = inputs(n);
  std::vector<float> out(n);
  for (auto _ : state) {
    for (size_t i = 0; i < n; ++i) out[i] = p[i] * (1 + 2 * l[i] + 3 * c[i] + 1.5F * s[i]);
    benchmark::DoNotOptimize(out.data());
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(n));
}
BENCHMARK(fusion_loop)->Name("fusion, plain loop")->Arg(2000)->Arg(200000);

/// `stride` 1: candidates in base order; otherwise scattered, as after a sort.
void fusion_evaluator(benchmark::State& state, uint32_t stride) {
  const auto n = static_cast<size_t>(state.range(0));
  auto& world = interpreter::small_world();
  const auto plan = world.compile(kFusion);
  std::vector<std::vector<float>> columns(plan->let_columns.size(), inputs(n));
  interpreter::Batch batch;
  batch.rows.assign(n, 0);
  for (uint32_t i = 0; i < n; ++i) batch.order.push_back(static_cast<uint32_t>(uint64_t{i} * stride % n));
  for (auto& column : columns) batch.lets.push_back({.values = std::as_writable_bytes(std::span(column))});
  column::Arena arena;
  interpreter::RequestContext context(*plan, world.generation(), world.inputs(*plan), arena);
  interpreter::Evaluator evaluator(context, plan->emits[0].value);
  for (auto _ : state) {
    benchmark::DoNotOptimize(evaluator.run({.batch = &batch, .indices = batch.order}).data);
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(n));
}
BENCHMARK_CAPTURE(fusion_evaluator, in base order, 1)->Arg(2000)->Arg(200000);
BENCHMARK_CAPTURE(fusion_evaluator, scattered, 7919)->Arg(2000)->Arg(200000);

}  // namespace

BENCHMARK_MAIN();
