// The elementary functions as the interpreter calls them, and a fused formula through the evaluator, against plain
// loops of the same work.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

#include "bench/libmvec.h"
#include "operators/registry.h"
#include "runtime/interpreter/evaluate.h"
#include "tests/interpreter/small_world.h"

namespace {

using namespace rec;

std::vector<float> inputs(size_t n) {
  std::vector<float> x(n);
  for (size_t i = 0; i < n; ++i) x[i] = 0.05F + static_cast<float>(i % 997) / 100;
  return x;
}

const operators::Overload& overload(const char* name, size_t number = 0) {
  static const operators::Registry registry;
  return std::get<operators::FunctionDef>(registry.function(name)->what).overloads[number];
}

/// As the interpreter calls a function: blocks of 1024, a literal broadcast.
void run(const operators::Overload& function, const float* x, const float* y, bool uniform, float* out, size_t n) {
  const operators::Operand args[] = {{.data = x}, {.data = y, .uniform = uniform}};
  function.kernel({.n = n, .args = std::span(args, y == nullptr ? 1 : 2), .out = out});
}

template <typename Loop>
void loop(benchmark::State& state, size_t n, Loop body) {
  for (auto _ : state) {
    body();
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(n));
}

void kernel(benchmark::State& state, const char* name) {
  const std::vector<float> x = inputs(1024);
  std::vector<float> out(x.size());
  const operators::Overload& function = overload(name);
  loop(state, x.size(), [&] { run(function, x.data(), nullptr, false, out.data(), x.size()); });
}
template <float (*Function)(float)>
void of_libm(benchmark::State& state) {
  const std::vector<float> x = inputs(1024);
  std::vector<float> out(x.size());
  loop(state, x.size(), [&] {
    for (size_t i = 0; i < x.size(); ++i) out[i] = Function(x[i]);
  });
}
BENCHMARK_CAPTURE(kernel, exp, "exp");
BENCHMARK(of_libm<std::exp>)->Name("libm/exp");
BENCHMARK_CAPTURE(kernel, log, "log");
BENCHMARK(of_libm<std::log>)->Name("libm/log");
BENCHMARK_CAPTURE(kernel, log1p, "log1p");
BENCHMARK_CAPTURE(kernel, expm1, "expm1");
BENCHMARK_CAPTURE(kernel, sigmoid, "sigmoid");
BENCHMARK_CAPTURE(kernel, tanh, "tanh");

void power(benchmark::State& state, bool uniform) {
  const std::vector<float> x = inputs(1024);
  std::vector<float> y = inputs(1024), out(x.size());
  if (uniform) std::fill(y.begin(), y.end(), 0.3F);
  const operators::Overload& function = overload("**");
  loop(state, x.size(), [&] { run(function, x.data(), y.data(), uniform, out.data(), x.size()); });
}
BENCHMARK_CAPTURE(power, exponents of the rows, false);
BENCHMARK_CAPTURE(power, one exponent, true);
void power_of_libm(benchmark::State& state) {
  const std::vector<float> x = inputs(1024);
  std::vector<float> out(x.size());
  loop(state, x.size(), [&] {
    for (size_t i = 0; i < x.size(); ++i) out[i] = std::pow(x[i], 0.3F);
  });
}
BENCHMARK(power_of_libm)->Name("libm/power, one exponent");

/// p ** 0.3 * q ** 0.7 * r ** 1.7, block by block.
void three_powers(benchmark::State& state) {
  const auto n = static_cast<size_t>(state.range(0));
  const std::vector<float> p = inputs(n), q = inputs(n), r = inputs(n);
  constexpr size_t kBlock = 1024;
  std::vector<float> out(n), a(kBlock), b(kBlock);
  const std::vector<float> exponents[] = {std::vector(kBlock, 0.3F), std::vector(kBlock, 0.7F),
                                          std::vector(kBlock, 1.7F)};
  const operators::Overload &to_power = overload("**"), &times = overload("*", 1);
  loop(state, n, [&] {
    for (size_t i = 0; i < n; i += kBlock) {
      const size_t size = std::min(kBlock, n - i);
      run(to_power, &p[i], exponents[0].data(), true, a.data(), size);
      run(to_power, &q[i], exponents[1].data(), true, b.data(), size);
      run(times, a.data(), b.data(), false, a.data(), size);
      run(to_power, &r[i], exponents[2].data(), true, b.data(), size);
      run(times, a.data(), b.data(), false, &out[i], size);
    }
  });
}
#ifdef REC_LIBMVEC
void three_powers_of_libmvec(benchmark::State& state) {
  const auto n = static_cast<size_t>(state.range(0));
  const std::vector<float> p = inputs(n), q = inputs(n), r = inputs(n);
  std::vector<float> out(n);
  loop(state, n, [&] { bench::three_powers_of_libmvec(n, p.data(), q.data(), r.data(), out.data()); });
}
BENCHMARK(three_powers_of_libmvec)->Name("three powers, libmvec")->Arg(2000)->Arg(200000);
#endif
BENCHMARK(three_powers)->Name("three powers, kernels")->Arg(2000)->Arg(200000);
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
