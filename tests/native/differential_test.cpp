// Native code against the interpreter: the same bits for random expressions and pipelines, on every instruction set, in
// blocks of 1 to 100,000, with all passes and without any one of them.
// REC_SOAK=SECONDS goes on for that long (`./dev soak`), from the seed REC_SEED.
#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <cstdlib>
#include <cstring>

#include "compiler/passes/passes.h"
#include "runtime/engine/engine.h"
#include "runtime/engine/run.h"
#include "runtime/engine/segment.h"
#include "runtime/interpreter/row_wise.h"
#include "tests/interpreter/program_writer.h"
#include "tests/interpreter/seeds.h"
#include "tests/interpreter/small_world.h"
#include "tests/native/native_code.h"

namespace rec::native {
namespace {

using interpreter::Seeds;

using interpreter::CandidateRows;
using interpreter::Evaluator;
using interpreter::in_blocks_of;
using interpreter::ProgramWriter;
using interpreter::RequestContext;
using interpreter::small_world;
using interpreter::Values;
using types::Kind;

bool same(const Values& a, const Values& b, const types::Type& type, size_t i) {
  if (a.has(i) != b.has(i)) return false;
  if (type.kind == Kind::floating && std::isnan(a.as<float>()[i]) && std::isnan(b.as<float>()[i])) return true;
  const size_t width = types::width(type);
  return std::memcmp(a.as<std::byte>() + i * width, b.as<std::byte>() + i * width, width) == 0;
}

/// Strings that no table knows get their codes as a request meets them.
bool same_text(const Values& a, RequestContext& of_a, const Values& b, RequestContext& of_b, size_t i) {
  if (!a.has(i) || !b.has(i)) return a.has(i) == b.has(i);
  return of_a.strings().text(a.as<int32_t>()[i]) == of_b.strings().text(b.as<int32_t>()[i]);
}

/// Consecutive rows, scattered ones with repeats, and numbers of them that leave every kind of rest.
std::vector<std::vector<uint32_t>> row_patterns() {
  std::vector<std::vector<uint32_t>> out;
  for (const uint32_t size : {1U, 5U, 16U, 37U, 1100U}) {
    std::vector<uint32_t> together, apart;
    for (uint32_t i = 0; i < size; ++i) {
      together.push_back((500 + i) % interpreter::SmallWorld::kNotes);
      apart.push_back((i * 7919U + size) % interpreter::SmallWorld::kNotes);
    }
    out.push_back(together);
    out.push_back(apart);
  }
  return out;
}

/// Of a random program: how many candidates the interpreter's part of native code takes at a time.
size_t block_of(uint64_t seed) {
  constexpr size_t kBlocks[] = {1, 7, interpreter::kBlock, 100'000};
  return kBlocks[seed % std::size(kBlocks)];
}

/// A plan as it was written, with all passes, or without one of them: which depends on the seed.
std::shared_ptr<const graph::Plan> variant(const std::shared_ptr<const graph::Plan>& compiled, uint64_t seed) {
  const auto names = passes::names();
  const uint64_t which = seed % (names.size() + 2);
  if (which == 0) return compiled;
  const auto written = graph::as_written(compiled);
  if (which == 1) return written;
  return passes::Optimiser(small_world().generation().catalog(), {.without = {std::string(names[which - 2])}})(written);
}

TEST(Differential, ExpressionsHaveTheInterpretersBits) {
  const operators::Registry registry;
  constexpr Kind kKinds[] = {Kind::boolean, Kind::integer, Kind::floating, Kind::string, Kind::time, Kind::duration};
  constexpr size_t kOfOnePlan = 24;
  const auto sets = instruction_sets();
  const auto patterns = row_patterns();
  uint64_t compiled = 0, expressions = 0;
  Seeds seeds(6);
  while (seeds.more()) {
    const uint64_t seed = seeds.take();
    ProgramWriter writer(registry, seed ^ 0x5eedU);
    std::vector<std::string> texts;
    for (size_t i = 0; i < kOfOnePlan; ++i) texts.push_back(writer.expression(kKinds[i % std::size(kKinds)], 3));
    const auto plan = small_world().compile_expressions(texts);
    ASSERT_NE(plan, nullptr) << "seed " << seed;
    const auto& generation = small_world().generation();
    const auto inputs = small_world().inputs(*plan);
    column::Arena arena;
    RequestContext interpreted(*plan, generation, inputs, arena);
    for (const std::string& isa : sets) {
      const Tier tier(*plan, generation, inputs.parameters, compiler(isa));
      RequestContext native(*plan, generation, in_blocks_of(block_of(seed), inputs), arena);
      native.use(&tier);
      for (size_t e = 0; e < texts.size(); ++e) {
        const graph::ExprId id = plan->emits[e].value;
        const auto& type = plan->exprs[id].type;
        compiled += tier.expression(id) != nullptr ? 1 : 0;
        ++expressions;
        Evaluator wanted(interpreted, id), got(native, id);
        for (const auto& rows : patterns) {
          const CandidateRows candidates{.batch = nullptr, .indices = rows};
          const Values a = wanted.run(candidates), b = got.run(candidates);
          for (size_t i = 0; i < rows.size(); ++i) {
            ASSERT_TRUE(same(a, b, type, i)) << texts[e] << " of row " << rows[i] << " (" << i << " of " << rows.size()
                                             << ") on " << isa << ", seed " << seed;
          }
        }
      }
      EXPECT_FALSE(native.waited_for_code()) << compiler(isa)->counts().last_failure;
    }
  }
  EXPECT_GT(compiled * 2, expressions) << "too few expressions have native code to show anything";
  std::printf("%llu expressions, %llu of them native\n", static_cast<unsigned long long>(expressions),
              static_cast<unsigned long long>(compiled));
}

/// Runs the `let` steps of a plan for candidates that stand in this order; returns their columns.
std::vector<interpreter::BatchColumn> lets(const graph::Plan& plan, RequestContext& context,
                                           const std::vector<uint32_t>& rows, const std::vector<uint32_t>& order) {
  engine::Run run{.plan = plan, .generation = context.generation(), .context = context, .batch = {}};
  run.batch.rows = rows;
  run.batch.order = order;
  run.batch.rows_by_one = interpreter::are_consecutive(rows.data(), rows.size());
  run.batch.in_base_order = order.size() == rows.size();
  run.batch.lets.assign(plan.let_columns.size(), {});
  run.missing.assign(plan.let_columns.size(), 0);
  for (size_t at = 1; at < plan.steps.size();) {
    const size_t segment = run_segment(run, plan.steps, at);
    if (segment == 0) run_let(run, std::get<graph::LetStep>(plan.steps[at].what));
    at += std::max<size_t>(segment, 1);
  }
  return run.batch.lets;
}

/// All places, and every third of them.
std::vector<std::vector<uint32_t>> orders(size_t size) {
  std::vector<std::vector<uint32_t>> out(2);
  for (uint32_t i = 0; i < size; ++i) {
    out[0].push_back(i);
    if (i % 3 == 0) out[1].push_back(i);
  }
  return out;
}

TEST(Differential, ManyColumnsInOneLoopHaveTheInterpretersBits) {
  const operators::Registry registry;
  constexpr Kind kKinds[] = {Kind::boolean, Kind::integer, Kind::floating, Kind::string, Kind::time, Kind::duration};
  constexpr size_t kTogether = 24;
  const auto patterns = row_patterns();
  const auto& generation = small_world().generation();
  uint64_t compared = 0, written = 0;
  Seeds seeds(12);
  while (seeds.more()) {
    const uint64_t seed = seeds.take();
    ProgramWriter writer(registry, seed ^ 0x100fU);
    std::string steps;
    std::vector<std::string> texts, names;
    for (size_t i = 0; i < kTogether; ++i) {
      texts.push_back(writer.expression(kKinds[i % std::size(kKinds)], 3));
      names.push_back("column_" + std::to_string(i));
      steps += "  let " + names.back() + " = " + texts.back() + "\n";
    }
    const auto compiled = small_world().compile_expressions(names, steps);
    ASSERT_NE(compiled, nullptr) << "seed " << seed;
    const auto plan = variant(compiled, seed);
    const auto inputs = small_world().inputs(*plan);
    for (const std::string& isa : instruction_sets()) {
      const Tier tier(*plan, generation, inputs.parameters, compiler(isa));
      size_t made = 0;
      for (size_t pattern = seed % 2; pattern < patterns.size(); pattern += 2) {  // rows by one, or scattered
        const auto& rows = patterns[pattern];
        const auto all = orders(rows.size());
        for (const auto& order : all) {
          column::Arena arena;
          RequestContext interpreted(*plan, generation, inputs, arena);
          RequestContext native(*plan, generation, in_blocks_of(block_of(seed), inputs), arena);
          native.use(&tier);
          const auto wanted = lets(*plan, interpreted, rows, order), got = lets(*plan, native, rows, order);
          EXPECT_FALSE(native.waited_for_code()) << compiler(isa)->counts().last_failure;
          for (size_t c = 0; c < wanted.size(); ++c) {
            if (got[c].values.empty()) continue;  // nobody reads it: the page has it as a constant
            made += pattern < 2 && &order == &all.front() ? 1 : 0;
            const Values a{.data = wanted[c].values.data(), .present = wanted[c].present};
            const Values b{.data = got[c].values.data(), .present = got[c].present};
            const types::Type& type = plan->let_columns[c].type;
            for (const uint32_t at : order) {
              ASSERT_TRUE(type.kind == Kind::string ? same_text(a, interpreted, b, native, at) : same(a, b, type, at))
                  << steps << plan->let_columns[c].name << " of row " << rows[at] << " (" << at << " of " << rows.size()
                  << ") on " << isa << ", seed " << seed;
            }
          }
        }
      }
      compared += made;
      written += texts.size();
    }
  }
  EXPECT_GT(compared * 2, written) << "too few columns are made to show anything";
  std::printf("%llu expressions as columns, %zu together\n", static_cast<unsigned long long>(compared), kTogether);
}

TEST(Differential, PipelinesGiveTheInterpretersPages) {
  const operators::Registry registry;
  engine::Request request{.user = "1", .now = interpreter::SmallWorld::kNow, .id = "request 1"};
  request.fields["scene"] = std::string("music");
  request.fields["page"] = int64_t{2};
  Seeds seeds(20);
  const std::shared_ptr<const store::Generation> generation(std::shared_ptr<void>(), &small_world().generation());
  std::map<std::string, std::unique_ptr<Tiers>> tiers;
  for (const std::string& isa : instruction_sets()) tiers[isa] = std::make_unique<Tiers>(compiler(isa));
  while (seeds.more()) {
    const uint64_t seed = seeds.take();
    const std::string text = ProgramWriter(registry, seed).pipeline();
    const auto compiled = small_world().compile(text);
    ASSERT_NE(compiled, nullptr) << text;
    const auto plan = variant(compiled, seed);
    auto wanted = engine::recommend(plan, generation, request, {});
    ASSERT_TRUE(wanted.has_value()) << wanted.error().message << "\n" << text;
    for (const auto& [isa, all] : tiers) {
      const auto page = engine::recommend(plan, generation, request, {.tiers = all.get(), .block = block_of(seed)});
      ASSERT_TRUE(page.has_value()) << page.error().message << "\n" << text;
      EXPECT_EQ(page->engine, "jit") << all->compiler()->counts().last_failure;
      wanted->engine = page->engine;
      ASSERT_EQ(engine::page_json(*page, true), engine::page_json(*wanted, true))
          << "on " << isa << ", seed " << seed << "\n"
          << text;
    }
  }
  std::printf("%llu pipelines, each on %zu instruction sets\n", static_cast<unsigned long long>(seeds.tried()),
              tiers.size());
}

}  // namespace
}  // namespace rec::native
