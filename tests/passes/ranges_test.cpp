// Ranges hold: no value of a random expression is outside of what is said of it before it is computed.
#include "compiler/passes/ranges.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/interpreter/program_writer.h"
#include "tests/interpreter/small_world.h"

namespace rec::passes {
namespace {

using interpreter::small_world;
using interpreter::SmallWorld;

/// What is wrong with saying `range` of a value, or nothing.
std::string outside(const Range& range, float value) {
  if (std::isnan(value)) return range.nan ? "" : "NaN";
  if (value == 0 && std::signbit(value) && !range.minus_zero) return "-0.0";
  const auto wide = static_cast<double>(value);
  return range.low <= wide && wide <= range.high ? "" : std::to_string(value);
}

TEST(Ranges, HoldForEveryValue) {
  const operators::Registry registry;
  std::vector<uint32_t> rows;
  for (uint32_t i = 0; i < 400; ++i) rows.push_back(i * 6);
  size_t known = 0, tried = 0;
  for (uint64_t seed = 1; seed <= 60; ++seed) {
    interpreter::ProgramWriter writer(registry, seed ^ 0x7a96eU);
    std::vector<std::string> texts{"sigmoid(item.score)", "log1p(float(len(item.tags)))", "abs(item.score) * 2.0",
                                   "float(max(item.clicks, 1)) / 3.0", "boost * 2.0 - 1.0"};
    while (texts.size() < 50) texts.push_back(writer.expression(types::Kind::floating, 3));
    const auto plan = small_world().compile_expressions(texts);
    ASSERT_NE(plan, nullptr);
    column::Arena arena;
    interpreter::RequestContext context(*plan, small_world().generation(), small_world().inputs(*plan), arena);
    Ranges ranges(*plan);
    for (size_t e = 0; e < texts.size(); ++e) {
      const graph::ExprId id = plan->emits[e].value;
      const Range range = ranges.of(plan->exprs, id);
      ++tried;
      known += range.nan && range.minus_zero && std::isinf(range.low) && std::isinf(range.high) ? 0 : 1;
      interpreter::Evaluator evaluator(context, id);
      const float* values = evaluator.run({.indices = rows}).as<float>();
      for (size_t i = 0; i < rows.size(); ++i)
        ASSERT_EQ(outside(range, values[i]), "") << texts[e] << " in " << range.low << " .. " << range.high;
    }
  }
  EXPECT_GT(known, tried / 5) << "nothing is known of most expressions";
}

TEST(Ranges, KnowWhatIsFiniteAndWhatIsNoMinusZero) {
  const auto plan = small_world().compile_expressions({"log1p(float(user.clicks.count()))", "item.score",
                                                       "0.0 * float(item.clicks)", "float(item.clicks) + item.score"});
  ASSERT_NE(plan, nullptr);
  Ranges ranges(*plan);
  const auto of = [&](size_t i) { return ranges.of(plan->exprs, plan->emits[i].value); };
  EXPECT_TRUE(of(0).finite() && of(0).unsigned_only());
  EXPECT_FALSE(of(1).finite());
  EXPECT_TRUE(of(1).minus_zero);
  EXPECT_TRUE(of(2).is_zero());
  EXPECT_TRUE(of(2).minus_zero);
  EXPECT_FALSE(of(3).minus_zero);
}

}  // namespace
}  // namespace rec::passes
