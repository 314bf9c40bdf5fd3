// Random programs from the operator registry: the engine, with passes over the plan, and the row-at-a-time reference on
// the plan as written agree to the bit. A failure
// says its seed and leaves the program in a file. REC_SOAK=SECONDS goes on for that long (`./dev soak`), from the seed
// REC_SEED.
#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "runtime/engine/request_inputs.h"
#include "tests/interpreter/pipeline_reference.h"
#include "tests/interpreter/program_writer.h"
#include "tests/interpreter/seeds.h"
#include "tests/interpreter/small_world.h"

namespace rec::interpreter {
namespace {

using types::Kind;

std::string repro(uint64_t seed, const std::string& text) {
  const auto path = std::filesystem::temp_directory_path() / ("rec-differential-" + std::to_string(seed) + ".rec");
  std::ofstream(path) << text;
  return "seed " + std::to_string(seed) + ", written to " + path.string() + "\n" + text;
}

bool same_float(float a, float b) {
  return (std::isnan(a) && std::isnan(b)) || std::memcmp(&a, &b, sizeof a) == 0;
}

bool same(const Cell& wanted, const types::Value& got, Kind kind, column::StringSpace& strings) {
  if (!wanted.present) return std::holds_alternative<std::monostate>(got);
  switch (kind) {
    case Kind::boolean:
      return got == types::Value{wanted.as<uint8_t>() != 0};
    case Kind::floating:
      return std::holds_alternative<float>(got) && same_float(wanted.as<float>(), std::get<float>(got));
    case Kind::string:
      return got == types::Value{std::string(strings.text(wanted.as<int32_t>()))};
    default:
      return got == types::Value{wanted.as<int64_t>()};
  }
}

/// What differs, or nothing.
std::string difference(const engine::Page& page, const std::vector<ReferenceItem>& wanted, RequestContext& context) {
  const graph::Plan& plan = context.plan();
  if (page.items.size() != wanted.size())
    return std::to_string(page.items.size()) + " items, not " + std::to_string(wanted.size());
  const auto& channels = std::get<graph::RecallStep>(plan.steps[0].what).channels;
  for (size_t i = 0; i < wanted.size(); ++i) {
    const auto& item = page.items[i];
    const store::Table& table = context.generation().table(wanted[i].table);
    const std::string where = "item " + std::to_string(i + 1) + ": ";
    if (item.table != table.name() || item.key != table.key_text(wanted[i].row))
      return where + item.key + ", not " + table.key_text(wanted[i].row);
    size_t from = 0;
    for (size_t c = 0; c < wanted[i].positions.size(); ++c) {
      if (wanted[i].positions[c] == 0) continue;
      if (from == item.channels.size()) return where + "lacks a channel";
      const auto& got = item.channels[from++];
      if (got.channel != channels[c].name || static_cast<int32_t>(got.position) != wanted[i].positions[c] ||
          (got.score && !same_float(*got.score, wanted[i].scores[c]))) {
        return where + "differs in channel " + got.channel;
      }
    }
    if (from != item.channels.size()) return where + "has a channel too many";
    for (size_t v = 0; v < plan.emits.size(); ++v) {
      const auto& type = plan.exprs[plan.emits[v].value].type;
      const bool absent = !wanted[i].values[v].has_value();
      if (absent != item.values[v].absent ||
          (!absent && !same(*wanted[i].values[v], item.values[v].value, type.kind, context.strings())))
        return where + "differs in " + plan.emits[v].name + ": " + types::to_text(item.values[v].value, type);
    }
  }
  return {};
}

TEST(Differential, Pipelines) {
  const operators::Registry registry;
  engine::Request request{.user = "1", .now = SmallWorld::kNow, .id = "request 1"};
  request.fields["scene"] = std::string("music");
  request.fields["page"] = int64_t{2};
  Seeds seeds(1000);
  uint64_t items = 0;
  while (seeds.more()) {
    const uint64_t seed = seeds.take();
    const std::string text = ProgramWriter(registry, seed).pipeline();
    const auto plan = small_world().compile(text, {.verify = true});
    ASSERT_NE(plan, nullptr) << "does not compile: " << repro(seed, text);
    const auto& generation = small_world().generation();
    const auto page = engine::recommend(*plan, generation, request);
    ASSERT_TRUE(page.has_value()) << page.error().message << repro(seed, text);
    column::Arena arena;
    RequestContext context(graph::as_written(*plan), generation, *engine::request_inputs(*plan, generation, request),
                           arena);
    const std::string wrong = difference(*page, run_reference(context), context);
    ASSERT_EQ(wrong, "") << repro(seed, text);
    items += page->items.size();
  }
  EXPECT_GT(items, seeds.tried()) << "the pipelines keep too little to show anything";
  std::printf("%llu pipelines agree\n", static_cast<unsigned long long>(seeds.tried()));
}

TEST(Differential, Expressions) {
  const operators::Registry registry;
  constexpr Kind kKinds[] = {Kind::boolean, Kind::integer, Kind::floating, Kind::string, Kind::time, Kind::duration};
  constexpr size_t kOfOnePlan = 60;
  std::vector<uint32_t> rows;
  for (uint32_t i = 0; i < 11; ++i) rows.push_back(i < 5 ? 500 + i : (i * 7919U) % SmallWorld::kNotes);
  Seeds seeds(150);
  while (seeds.more()) {
    const uint64_t seed = seeds.take();
    ProgramWriter writer(registry, seed ^ 0x5eedU);
    std::vector<std::string> texts;
    std::string all;
    for (size_t i = 0; i < kOfOnePlan; ++i) {
      texts.push_back(writer.expression(kKinds[i % std::size(kKinds)], 3));
      all += texts.back() + "\n";
    }
    const auto plan = small_world().compile_expressions(texts);
    ASSERT_NE(plan, nullptr) << repro(seed, all);
    column::Arena arena;
    const size_t block = seed % 3 == 0 ? 1 : seed % 3 == 1 ? 7 : kBlock;
    RequestContext context(*plan, small_world().generation(), in_blocks_of(block, small_world().inputs(*plan)), arena);
    Reference reference(context, nullptr);
    for (size_t e = 0; e < texts.size(); ++e) {
      const graph::ExprId id = plan->emits[e].value;
      const auto& type = plan->exprs[id].type;
      const size_t width = types::width(type);
      Evaluator evaluator(context, id);
      const Values got = evaluator.run({.indices = rows});
      for (size_t i = 0; i < rows.size(); ++i) {
        const Cell wanted = reference.value(id, rows[i]);
        const bool equal = type.kind == Kind::floating
                               ? same_float(wanted.as<float>(), got.as<float>()[i])
                               : std::memcmp(wanted.bytes.data(), got.as<std::byte>() + i * width, width) == 0;
        ASSERT_TRUE(wanted.present == got.has(i) && equal)
            << texts[e] << " of row " << rows[i] << ", seed " << seed << "\n"
            << repro(seed, all);
      }
    }
  }
  std::printf("%llu expressions agree\n", static_cast<unsigned long long>(seeds.tried() * kOfOnePlan));
}

}  // namespace
}  // namespace rec::interpreter
