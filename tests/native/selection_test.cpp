// `top` and `sort` behind conditions as native code: the same items in the same order as the interpreter's, whatever
// the keys are, and with the columns that the loop writes along.
#include <gtest/gtest.h>

#include <string>

#include "runtime/engine/engine.h"
#include "tests/interpreter/small_world.h"
#include "tests/native/native_code.h"

namespace rec::native {
namespace {

using interpreter::small_world;

class Selection : public testing::TestWithParam<std::string> {};

/// Keys: even, with many ties, all equal, NaN among them, zeros of both signs, ints, and times with the ends of the
/// range.
const char* const kKeys[] = {
    "item.score",
    "float(item.clicks % 5)",
    "1.0 * float(item.serial * 0)",
    "if item.clicks % 3 == 0 then log(-1.0 - abs(item.score)) else item.score",
    "if item.clicks % 2 == 0 then 0.0 else -0.0",
    "item.clicks",
    "item.serial % 4",
    "age(item.created_at)",
};
/// Conditions that leave all, half, few, and none.
const char* const kConditions[] = {"true", "item.clicks % 2 == 0", "item.clicks % 97 == 3", "item.serial < -1"};

TEST_P(Selection, IsTheInterpreters) {
  const std::shared_ptr<const store::Generation> generation(std::shared_ptr<void>(), &small_world().generation());
  Tiers tiers(compiler(GetParam()));
  engine::Request request{.user = "1", .now = interpreter::SmallWorld::kNow, .id = "request 1"};
  request.fields["scene"] = std::string("music");
  request.fields["page"] = int64_t{2};
  size_t pages = 0, items = 0;
  for (const std::string key : kKeys) {
    for (const std::string condition : kConditions) {
      for (const std::string count : {"1", "10", "300", "2499", "5000"}) {
        const std::string direction = pages++ % 2 == 0 ? " asc" : "";
        // The first half of the plans chooses among rows that ascend by one, the others among what a condition left.
        const std::string listed =
            pages % 4 < 2 ? "" : "  where item.clicks % 5 != 1\n  rerank greedy(relevance: item.score) take 2000\n";
        const std::string text = "pipeline p(user: users, item: notes) {\n  recall { all = items take 5000 }\n" +
                                 listed + "  where " + condition + "\n  let key = " + key +
                                 "\n  let half = item.score / 2.0\n  top " + count + " by key" + direction +
                                 "\n  emit key, half, item.serial\n}\n";
        const auto plan = small_world().compile(text);
        ASSERT_NE(plan, nullptr) << text;
        auto wanted = engine::recommend(plan, generation, request, {});
        const auto page = engine::recommend(plan, generation, request, {.tiers = &tiers});
        ASSERT_TRUE(wanted && page) << text;
        EXPECT_EQ(page->engine, "jit") << text;
        wanted->engine = page->engine;
        ASSERT_EQ(engine::page_json(*page, true), engine::page_json(*wanted, true)) << text;
        items += page->items.size();
      }
    }
  }
  EXPECT_GT(items, 10'000U);
}

INSTANTIATE_TEST_SUITE_P(OnEach, Selection, testing::ValuesIn(instruction_sets()),
                         [](const auto& given) { return given.param; });

}  // namespace
}  // namespace rec::native
