// Functions that kernels call: the interpreter's bits on every instruction set, compiled once, there while they are
// called.
#include <gtest/gtest.h>

#include <bit>
#include <cfloat>
#include <cmath>
#include <limits>
#include <random>

#include "operators/registry.h"
#include "runtime/interpreter/evaluate.h"
#include "runtime/native/calls.h"
#include "runtime/native/tier.h"
#include "tests/interpreter/small_world.h"
#include "tests/native/native_code.h"

namespace rec::native {
namespace {

using interpreter::small_world;

constexpr Layout kTogether{.consecutive = true, .rows_follow = true};

const operators::Overload& overload(const std::string& name) {
  static const operators::Registry kRegistry;
  return std::get<operators::FunctionDef>(kRegistry.function(name)->what).overloads.front();
}

const std::vector<std::string> kElementary{"exp", "log", "log1p", "expm1", "sigmoid", "tanh", "**"};

/// Each function of x, or of x and y, is an output of its own.
Kernel calling(const std::vector<std::string>& names, bool exponents) {
  Kernel out;
  for (int i = 0; i < 3; ++i) out.graph.argument(form::Lane::i32);
  std::vector<form::Id> operands;
  for (uint64_t i = 0; i < 2; ++i) {
    out.memory.push_back({.source = Memory::Source::let, .storage = Storage::f32, .index = static_cast<uint32_t>(i)});
    operands.push_back(out.graph.add({.op = form::Op::load, .lane = form::Lane::f32, .a = Kernel::kPlace, .bits = i}));
  }
  for (const std::string& name : names) {
    const form::Form form = overload(name).form();
    const form::Id result = out.graph.argument(form::Lane::f32);
    out.calls.push_back({.function = static_cast<uint32_t>(out.functions.size()),
                         .arguments = {operands.data(), operands.data() + form.arguments.size()},
                         .result = result});
    out.functions.emplace_back(name, exponents ? form : form::basic(form));
    out.outputs.push_back({.value = result, .storage = Storage::f32});
  }
  return out;
}

using Columns = std::vector<std::vector<float>>;

Columns run(const Code& code, const std::vector<float>& x, const std::vector<float>& y, size_t outputs) {
  Columns out(outputs, std::vector<float>(x.size()));
  std::vector<void*> to;
  for (auto& column : out) to.insert(to.end(), {column.data(), nullptr});
  const void* const memory[] = {x.data(), y.data()};
  const Range range{.begin = 0, .end = x.size()};
  code.entry()(memory, &range, to.data(), nullptr);
  return out;
}

/// As the interpreter's kernels compute it.
Columns interpreted(const std::vector<std::string>& names, const std::vector<float>& x, const std::vector<float>& y) {
  Columns out;
  for (const std::string& name : names) {
    out.emplace_back(x.size());
    const operators::Operand operands[] = {{.data = x.data()}, {.data = y.data()}};
    const auto& of = overload(name);
    of.kernel({.n = x.size(), .args = {operands, of.parameters.size()}, .out = out.back().data()});
  }
  return out;
}

bool same(float a, float b) {
  return std::bit_cast<uint32_t>(a) == std::bit_cast<uint32_t>(b) || (std::isnan(a) && std::isnan(b));
}

/// Every special value with every other, then any bits; and not a whole number of vectors.
std::pair<std::vector<float>, std::vector<float>> operands() {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  std::vector<float> special{0,           1,      0.5F,   2,       3,     1e-45F, 1e-39F,  0x1p-126F, 0x1p-24F,
                             0.99999994F, 87.33F, 88.72F, 103.97F, 1e10F, 1e38F,  FLT_MAX, kInfinity};
  for (size_t i = special.size(); i-- > 0;) special.push_back(-special[i]);
  special.push_back(std::nanf(""));
  std::vector<float> x, y;
  for (const float a : special) {
    for (const float b : special) {
      x.push_back(a);
      y.push_back(b);
    }
  }
  std::mt19937 random(7);
  while (x.size() < 20'011) {
    x.push_back(std::bit_cast<float>(static_cast<uint32_t>(random())));
    y.push_back(static_cast<float>(static_cast<int32_t>(random())) * 0x1p-27F);
  }
  return {x, y};
}

TEST(Calls, FunctionsHaveTheInterpretersBits) {
  const auto [x, y] = operands();
  const Columns wanted = interpreted(kElementary, x, y);
  for (const std::string& isa : instruction_sets()) {
    const Kernel called = calling(kElementary, isa == "avx512");
    const Kernel written_out = inlined(called);
    EXPECT_TRUE(written_out.calls.empty() && written_out.graph.size() > called.graph.size());
    for (const Kernel* kernel : {&called, &written_out}) {
      const auto code = compiler(isa)->code(*kernel, kTogether);
      ASSERT_NE(code->entry(), nullptr) << compiler(isa)->counts().last_failure;
      const Columns got = run(*code, x, y, kElementary.size());
      for (size_t f = 0; f < kElementary.size(); ++f) {
        for (size_t i = 0; i < x.size(); ++i) {
          ASSERT_TRUE(same(got[f][i], wanted[f][i]))
              << kElementary[f] << " of " << x[i] << ", " << y[i] << " on " << isa << ", "
              << (kernel == &called ? "called" : "inlined") << ": " << got[f][i] << ", not " << wanted[f][i];
        }
      }
    }
  }
}

TEST(Calls, FormulasOfManyFunctionsCallThem) {
  const std::string few = "log1p(abs(item.score)) * exp(item.score) + sigmoid(item.score)";
  const std::string many =
      "log1p(abs(item.score)) * exp(item.score) + sigmoid(item.score) - abs(tanh(item.score)) ** 0.7"
      " + log1p(abs(item.score)) * exp(0.5) ** item.score";
  const auto plan = small_world().compile_expressions({few, many});
  ASSERT_NE(plan, nullptr);
  const auto inputs = small_world().inputs(*plan);
  column::Arena arena;
  interpreter::RequestContext interpreted(*plan, small_world().generation(), inputs, arena);
  std::vector<uint32_t> rows(interpreter::SmallWorld::kNotes);
  for (uint32_t i = 0; i < rows.size(); ++i) rows[i] = (i * 7919U) % interpreter::SmallWorld::kNotes;
  const interpreter::CandidateRows candidates{.batch = nullptr, .indices = rows};
  for (const std::string& isa : instruction_sets()) {
    const Tier tier(*plan, small_world().generation(), inputs.parameters, compiler(isa));
    const auto kernel = [&](size_t e) { return tier.expression(plan->emits[e].value)->kernel(); };
    EXPECT_TRUE(kernel(0).calls.empty()) << "three are written out";
    EXPECT_EQ(kernel(1).calls.size(), 6U) << "the second log1p of the same is the first";
    EXPECT_EQ(kernel(1).functions.size(), 6U);
    interpreter::RequestContext native(*plan, small_world().generation(), inputs, arena);
    native.use(&tier);
    for (const auto& emit : plan->emits) {
      interpreter::Evaluator wanted(interpreted, emit.value), got(native, emit.value);
      const auto a = wanted.run(candidates), b = got.run(candidates);
      for (size_t i = 0; i < rows.size(); ++i)
        ASSERT_TRUE(same(a.as<float>()[i], b.as<float>()[i])) << many << " of row " << rows[i] << " on " << isa << ": "
                                                              << b.as<float>()[i] << ", not " << a.as<float>()[i];
    }
    EXPECT_FALSE(native.waited_for_code()) << compiler(isa)->counts().last_failure;
  }
}

TEST(Calls, KernelsShareFunctionsAndSurviveEachOthersFreeing) {
  const auto made = *make_compiler({.in_background = false, .cached = 0});
  const bool exponents = made->isa() == "avx512";
  const std::vector<std::string> one{"exp", "log", "tanh"}, other{"tanh", "sigmoid", "log"};
  const std::vector<float> x{-2, -0.5F, 0, 1e-40F, 0.25F, 3, 90}, y(x.size());
  auto first = made->code(calling(one, exponents), kTogether);
  EXPECT_EQ(made->counts().functions, 3U);
  EXPECT_GT(made->counts().function_seconds, 0);
  auto second = made->code(calling(other, exponents), kTogether);
  EXPECT_EQ(made->counts().functions, 4U) << "two are there already";
  const uint64_t both = made->counts().held_bytes;
  first.reset();
  EXPECT_LT(made->counts().held_bytes, both) << "exp goes with the last that called it";
  const auto expect = [&](const Code& code, const std::vector<std::string>& names) {
    ASSERT_NE(code.entry(), nullptr) << made->counts().last_failure;
    const Columns wanted = interpreted(names, x, y), got = run(code, x, y, names.size());
    for (size_t f = 0; f < names.size(); ++f) {
      for (size_t i = 0; i < x.size(); ++i) EXPECT_TRUE(same(got[f][i], wanted[f][i])) << names[f] << " of " << x[i];
    }
  };
  expect(*second, other);
  first = made->code(calling(one, exponents), kTogether);
  EXPECT_EQ(made->counts().functions, 5U) << "exp once more";
  second.reset();
  expect(*first, one);
  first.reset();
  EXPECT_EQ(made->counts().held_bytes, 0U);
}

TEST(Calls, CodeIsThatOfTheFunctionThatIsCalled) {
  const Kernel a = calling({"exp", "log"}, false), b = calling({"exp", "log1p"}, false);
  EXPECT_EQ(a.graph.nodes(), b.graph.nodes());
  EXPECT_NE(a.canonical(), b.canonical());
  Kernel c = a;
  std::swap(c.calls[0].function, c.calls[1].function);
  EXPECT_NE(a.canonical(), c.canonical());
}

}  // namespace
}  // namespace rec::native
