// `top` behind conditions as native code: the same items in the same order as the interpreter's, whatever
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

/// Keys: even, with many ties, all equal, NaN among them, zeros of both signs, ints, and durations.
const char* const kKeys[] = {
    "item.score",
    "float(item.clicks % 5)",
    "1.0 * float(item.serial * 0)",
    "if item.boosted then log(-1.0 - abs(item.score)) else item.score",
    "if item.boosted then 0.0 else -0.0",
    "item.clicks",
    "item.serial * 3",
    "age(item.created_at)",
};
/// Conditions that leave nearly all, half, few, and none, and one that the interpreter computes.
const char* const kConditions[] = {"item.clicks > 100", "item.boosted", "item.clicks > 69000", "item.serial < -1",
                                   "item.clicks % 2 == 0"};

/// Columns of all kinds of storage that are written along, and one that only the interpreter computes.
const std::string kColumns =
    "  let half = item.score / 2.0\n  let price = item.price\n  let late = item.clicks > 9000\n"
    "  let kind = item.kind\n  let text = item.topic\n  let size = len(item.tags)\n";

/// The segment that the steps behind the recall begin with, as they are written.
std::unique_ptr<Tier> tier_of(const std::string& steps, std::shared_ptr<const graph::Plan>& plan) {
  plan = small_world().compile("pipeline p(user: users, item: notes) {\n  recall { all = items take 5000 }\n" + steps +
                               "}\n");
  if (plan == nullptr) return nullptr;
  plan = graph::as_written(plan);
  return std::make_unique<Tier>(*plan, small_world().generation(), small_world().inputs(*plan).parameters,
                                compiler(instruction_sets().front()));
}

TEST(Segments, WriteColumnsAlong) {
  std::shared_ptr<const graph::Plan> plan;
  const auto tier = tier_of("  where item.clicks > 100\n" + kColumns +
                                "  let slow = log(2.5 + item.score)\n  let key = item.score * 2.0\n"
                                "  top 10 by key\n  emit half, price, late, kind, text, size, slow, key\n",
                            plan);
  ASSERT_NE(tier, nullptr);
  const Segment* segment = tier->segment(plan->steps, 1);
  ASSERT_NE(segment, nullptr);
  EXPECT_EQ(segment->steps, plan->steps.size() - 1);
  std::vector<std::string> along, filled;
  for (const uint32_t let : segment->along) along.push_back(plan->let_columns[let].name);
  for (const uint32_t let : segment->lets) filled.push_back(plan->let_columns[let].name);
  EXPECT_EQ(along, (std::vector<std::string>{"half", "price", "late", "kind", "text", "key"}));
  EXPECT_EQ(filled, (std::vector<std::string>{"size", "slow"})) << "the interpreter's, and a long one";
}

/// What only the interpreter computes does not keep the steps around it from being one segment.
TEST(Segments, HoldWhatIsNotForLanes) {
  std::shared_ptr<const graph::Plan> plan;
  const auto tier = tier_of(
      "  where item.clicks > 100\n  let size = len(item.tags)\n  let key = item.score * 2.0\n"
      "  top 10 by key\n  emit size, key\n",
      plan);
  ASSERT_NE(tier, nullptr);
  const Segment* segment = tier->segment(plan->steps, 1);
  ASSERT_NE(segment, nullptr);
  EXPECT_EQ(segment->steps, 4U);
  EXPECT_NE(segment->filled, nullptr);
}

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
        // Rows that ascend by one, and others.
        const std::string listed =
            pages % 4 < 2 ? "" : "  where item.clicks % 5 != 1\n  rerank greedy(relevance: item.score) take 2000\n";
        const std::string text = "pipeline p(user: users, item: notes) {\n  recall { all = items take 5000 }\n" +
                                 listed + "  where " + condition + "\n" + kColumns + "  let key = " + key + "\n  top " +
                                 count + " by key" + direction +
                                 "\n  emit key, half, price, late, kind, text, size\n}\n";
        auto plan = small_world().compile(text);
        ASSERT_NE(plan, nullptr) << text;
        if (pages % 3 != 0) plan = graph::as_written(plan);  // its columns stand before the `top`
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
