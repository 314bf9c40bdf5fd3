// How code lives: made in the background, kept by what it computes, freed with its last user.
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "runtime/engine/engine.h"
#include "tests/interpreter/small_world.h"
#include "tests/native/native_code.h"

namespace rec::native {
namespace {

using interpreter::small_world;

#ifdef __has_feature
constexpr bool kSanitized = __has_feature(address_sanitizer);
#else
constexpr bool kSanitized = false;
#endif

/// Bytes of this process that lie in memory.
size_t resident() {
  std::ifstream file("/proc/self/statm");
  size_t size = 0, pages = 0;
  file >> size >> pages;
  return pages * 4096;
}

/// A kernel like no other: x * (number + 1).
Kernel kernel(uint32_t number) {
  Kernel out;
  for (int i = 0; i < 3; ++i) out.graph.argument(form::Lane::i32);
  out.memory.push_back({.source = Memory::Source::item_column, .storage = Storage::i32});
  const auto x = out.graph.add({.op = form::Op::load, .lane = form::Lane::i32, .a = Kernel::kRow, .bits = 0});
  const auto factor = out.graph.constant(form::Lane::i32, number + 1);
  const auto product = out.graph.add({.op = form::Op::multiply, .lane = form::Lane::i32, .a = x, .b = factor});
  out.outputs.push_back({.value = product, .storage = Storage::i32});
  return out;
}

int32_t run(const Code& code, int32_t x) {
  const void* const memory[] = {&x};
  int32_t y = 0;
  void* const outputs[] = {&y, nullptr};
  const Range range{.begin = 0, .end = 1};
  code.entry()(memory, &range, outputs, nullptr);
  return y;
}

constexpr const char* kTopTen =
    "pipeline p(user: users, item: notes) {\n  recall { a = items take 500 }\n  let value = item.score * 2 + 1\n"
    "  where value > 1.5\n  top 10 by value\n  emit value\n}\n";

std::expected<engine::Page, engine::Error> page_of(const graph::PlanPtr& plan, const engine::Serving& serving) {
  const std::shared_ptr<const store::Generation> generation(std::shared_ptr<void>(), &small_world().generation());
  engine::Request request{.user = "1", .now = interpreter::SmallWorld::kNow, .id = "r"};
  request.fields["scene"] = std::string("music");
  request.fields["page"] = int64_t{2};
  return engine::recommend(plan, generation, request, serving);
}

constexpr Layout kRows{.consecutive = true, .rows_follow = true};

TEST(Life, ManyThingsCompiledRunAndFreedLeaveNothing) {
  // REC_CYCLES=10000 for the long run.
  const char* wanted = std::getenv("REC_CYCLES");
  const uint32_t cycles = wanted == nullptr ? 400 : static_cast<uint32_t>(std::atoi(wanted));
  const auto made = *make_compiler({.in_background = false, .cached = 8});
  size_t before = 0;
  for (uint32_t i = 0; i < cycles; ++i) {
    const auto code = made->code(kernel(i), kRows);
    ASSERT_NE(code->entry(), nullptr) << made->counts().last_failure;
    ASSERT_EQ(run(*code, 3), static_cast<int32_t>(3 * (i + 1)));
    if (i == cycles / 4) before = resident();
  }
  EXPECT_EQ(made->counts().compiled, cycles);
  EXPECT_LE(made->counts().held, 9U);
  if (kSanitized) GTEST_SKIP() << "what was freed stays in memory for a while, to be watched";
  EXPECT_LT(resident(), before + (size_t{16} << 20));
}

TEST(Life, EqualKernelsAreCompiledOnce) {
  const auto made = *make_compiler({.in_background = false});
  const auto a = made->code(kernel(1), kRows), b = made->code(kernel(1), kRows);
  EXPECT_EQ(a, b);
  EXPECT_NE(made->code(kernel(2), kRows), a);
  EXPECT_EQ(made->counts().compiled, 2U);
  EXPECT_EQ(made->counts().hits, 1U);
}

TEST(Life, RequestsAreInterpretedUntilTheirCodeIsReady) {
  const auto made = *make_compiler({});
  Tiers tiers(made);
  const auto plan = small_world().compile(kTopTen);
  ASSERT_NE(plan, nullptr);
  const auto first = page_of(plan, {.tiers = &tiers});
  ASSERT_TRUE(first.has_value());
  auto last = first;
  uint64_t pages = 1;
  for (; pages < 50 && last->engine != "jit"; ++pages) {
    made->wait();
    last = page_of(plan, {.tiers = &tiers});
  }
  EXPECT_EQ(last->engine, "jit") << made->counts().last_failure;
  EXPECT_EQ(tiers.served().native, 1U);
  EXPECT_EQ(tiers.served().interpreted, pages - 1);
  ASSERT_EQ(first->items.size(), last->items.size());
  for (size_t i = 0; i < first->items.size(); ++i) {
    EXPECT_EQ(first->items[i].key, last->items[i].key);
    EXPECT_EQ(first->items[i].values[0].value, last->items[i].values[0].value);
  }
}

TEST(Life, WhatTheInterpreterComputesReadsColumnsThatAreThere) {
  Tiers tiers(*make_compiler({.in_background = false}));
  const auto compiled = small_world().compile(
      "pipeline p(user: users, item: notes) {\n  recall { a = items take 500 }\n  let a = item.score * 2 + 1\n"
      "  where hash(a, 10) < 5\n  let b = float(hash(a, 7)) + log1p(abs(a)) * sqrt(abs(a))\n"
      "  top 20 by b\n  emit a, b, hash(b, 9)\n}\n");
  ASSERT_NE(compiled, nullptr);
  for (const auto& plan : {compiled, graph::as_written(compiled)}) {
    auto wanted = page_of(plan, {});
    const auto native = page_of(plan, {.tiers = &tiers});
    ASSERT_TRUE(wanted && native);
    EXPECT_EQ(wanted->items.size(), 20U);
    wanted->engine = "jit";
    EXPECT_EQ(engine::page_json(*native, true), engine::page_json(*wanted, true));
  }
}

std::string content(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST(Life, DebuggersAndProfilersSeeLinesOfTheStrategy) {
  const auto plan = small_world().compile(
      "pipeline p(user: users, item: notes) {\n  recall { a = items take 500 }\n  let value = item.score * 2\n"
      "    + sqrt(item.score)\n  where value > 1.5\n  sort by value\n  emit value\n}\n");
  ASSERT_NE(plan, nullptr);
  const auto made = *make_compiler({.in_background = false, .debug = &small_world().sources()});
  const Tier tier(*plan, small_world().generation(), {}, made);
  const Segment* segment = tier.segment(plan->steps, 1);
  ASSERT_TRUE(segment != nullptr && segment->chosen != nullptr);
  EXPECT_NE(segment->chosen->entry(kRows), nullptr) << made->counts().last_failure;
  const std::string file =
      std::filesystem::path(small_world().sources().file(plan->steps[1].span.file).path).filename();
  const std::string code = made->listing(segment->chosen->kernel(), kRows, "asm");
  EXPECT_NE(code.find("\"" + file + "\""), std::string::npos) << "the table of files";
  for (const char* place : {"\t3 ", "\t4 "})
    EXPECT_NE(code.find(std::string(".loc") + "\t1 " + (place + 1)), std::string::npos) << "line " << place + 1;
  std::istringstream map(content("/tmp/perf-" + std::to_string(getpid()) + ".map"));
  uint64_t address = 0, size = 0;
  std::string name;
  map >> std::hex >> address >> size;
  std::getline(map, name);
  EXPECT_NE(size, 0U) << "a function without a size is no function to perf";
  EXPECT_TRUE(name.starts_with(" " + file + ":3 ")) << name;
  std::filesystem::remove("/tmp/perf-" + std::to_string(getpid()) + ".map");

  const auto plain = *make_compiler({.in_background = false});
  EXPECT_EQ(plain->listing(segment->chosen->kernel(), kRows, "asm").find(".loc"), std::string::npos);
  plain->code(segment->chosen->kernel(), kRows);
  EXPECT_FALSE(std::filesystem::exists("/tmp/perf-" + std::to_string(getpid()) + ".map"));
}

TEST(Life, TheInterpreterGoesOnWhereMemoryForCodeHasRunOut) {
  const auto plan = small_world().compile(kTopTen);
  ASSERT_NE(plan, nullptr);
  const auto wanted = page_of(plan, {});
  for (const bool in_background : {false, true}) {
    const auto made = *make_compiler({.in_background = in_background, .code_bytes = 100});
    Tiers tiers(made);
    for (int i = 0; i < 3; ++i) {
      const auto page = page_of(plan, {.tiers = &tiers});
      made->wait();
      ASSERT_TRUE(wanted && page);
      EXPECT_EQ(engine::page_json(*page, true), engine::page_json(*wanted, true)) << "by the interpreter, as it says";
    }
    const auto counts = made->counts();
    EXPECT_GT(counts.failed, 0U);
    EXPECT_EQ(counts.compiled, 0U);
    EXPECT_EQ(counts.last_failure, "memory for code has run out");
    EXPECT_EQ(counts.held_bytes, 0U);
  }
}

TEST(Life, CodeThatNobodyHoldsMakesRoom) {
  auto made = *make_compiler({.in_background = false, .cached = 1});
  auto first = made->code(kernel(1), kRows);
  const uint64_t one = made->counts().held_bytes;
  EXPECT_GT(one, 0U);
  made = *make_compiler({.in_background = false, .cached = 1, .code_bytes = one + one / 2});
  first = made->code(kernel(1), kRows);
  EXPECT_EQ(made->code(kernel(2), kRows)->entry(), nullptr) << "there is room for one";
  EXPECT_NE(first->entry(), nullptr);
  first.reset();
  EXPECT_NE(made->code(kernel(3), kRows)->entry(), nullptr);
}

TEST(Life, ThereIsCodeForOtherCpus) {
  const auto plan = small_world().compile(
      "pipeline p(user: users, item: notes) {\n  recall { a = items take 500 }\n"
      "  let value = log1p(abs(item.score)) ** 0.3 + sqrt(item.score)\n  let other = 1 / value\n"
      "  where value > 0.5\n  top 10 by value\n  emit value, other, item.score ** 2\n}\n");
  ASSERT_NE(plan, nullptr);
  const std::pair<const char*, uint8_t> machines[] = {{"neon", 183}, {"avx512", 62}, {"avx2", 62}, {"sse2", 62}};
  for (const auto& [isa, machine] : machines) {
    const auto made = *make_compiler({.isa = isa, .foreign = true, .in_background = false});
    const Tier tier(*plan, small_world().generation(), {}, made);
    tier.segment(plan->steps, 1);
    for (const auto& emit : plan->emits) tier.expression(emit.value);
    ASSERT_GE(tier.units().size(), 3U);
    for (const Unit* unit : tier.units()) {
      for (const Layout& layout : {kRows, Layout{}, Layout{.consecutive = true}}) {
        const std::string object = made->listing(unit->kernel(), layout, "object");
        ASSERT_GT(object.size(), 64U) << isa << ": " << object;
        EXPECT_EQ(object.substr(1, 3), "ELF");
        EXPECT_EQ(static_cast<uint8_t>(object[18]), machine) << isa;
        EXPECT_EQ(unit->entry(layout), nullptr) << "it does not run here";
      }
    }
    const std::string code = made->listing(tier.units()[0]->kernel(), kRows, "asm");
    EXPECT_EQ(code.find(".4s") != std::string::npos, machine == 183) << "vectors of four floats, as NEON has them";
  }
}

TEST(Life, ManyThreadsCompileSideBySide) {
  const auto made = *make_compiler({.in_background = false, .cached = 4});
  std::vector<std::jthread> threads;
  std::atomic<int> wrong = 0;
  for (uint32_t t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (uint32_t i = 0; i < 20; ++i) {
        const auto code = made->code(kernel(i % 7 + 10 * t), kRows);
        if (code->entry() != nullptr && run(*code, 2) != static_cast<int32_t>(2 * (i % 7 + 10 * t + 1))) ++wrong;
      }
    });
  }
  threads.clear();
  EXPECT_EQ(wrong, 0);
  EXPECT_EQ(made->counts().failed, 0U);
}

TEST(Life, ParametersAreConstantsOfTheCode) {
  const auto made = *make_compiler({.in_background = false});
  const auto plan = small_world().compile(
      "param weight : float = 2.0 within 0.0 .. 9.0\nparam other : float = 2.0 within 0.0 .. 9.0\n"
      "pipeline p(user: users, item: notes) {\n  recall { a = items take 500 }\n  let value = item.score * weight + 1\n"
      "  let more = item.score / (other + 1)\n  sort by value\n  take 5\n  sort by more\n  emit value, more\n}\n");
  ASSERT_NE(plan, nullptr);
  const auto& generation = small_world().generation();
  const auto emits = [&](float weight) {
    const Tier tier(*plan, generation, {weight, 2.0F}, made);
    for (const auto& emit : plan->emits) {
      if (const Unit* unit = tier.expression(emit.value)) unit->entry(kRows);
    }
    const Segment* segment = tier.segment(plan->steps, 1);
    if (segment != nullptr && segment->filled != nullptr) segment->filled->entry({});
    return made->counts().compiled;
  };
  const uint64_t once = emits(2.0F);
  EXPECT_GT(once, 0U);
  EXPECT_EQ(emits(2.0F), once) << "the same values: the same code";
  const uint64_t changed = emits(3.0F);
  EXPECT_GT(changed, once);
  EXPECT_LT(changed - once, once) << "only what reads the parameter is compiled again";
}

}  // namespace
}  // namespace rec::native
