// The evaluator against the row-at-a-time reference: the same bits for every expression, at every block size, in every
// order of rows.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "tests/interpreter/reference.h"
#include "tests/interpreter/small_world.h"

namespace rec::interpreter {
namespace {

constexpr size_t kBlocks[] = {1, 7, 1024};

/// Rows of every pattern a program treats on its own: consecutive ones (read in place), and scattered ones with
/// repeats.
std::vector<uint32_t> test_rows(size_t limit) {
  std::vector<uint32_t> rows;
  for (uint32_t i = 100; i < 130; ++i) rows.push_back(i);
  for (uint32_t i = 0; i < 90; ++i) rows.push_back((i * 7919U) % static_cast<uint32_t>(limit));
  rows.push_back(rows.back());
  return rows;
}

bool equal(const Cell& wanted, const Values& got, size_t i, const types::Type& type) {
  if (wanted.present != got.has(i)) return false;
  const auto* at = static_cast<const std::byte*>(got.data) + i * types::width(type);
  if (type.kind == types::Kind::floating) {
    const auto a = wanted.as<float>();
    float b = 0;
    std::memcpy(&b, at, sizeof(b));
    if (std::isnan(a) && std::isnan(b)) return true;
  }
  if (type.kind == types::Kind::list) {
    const auto a = wanted.as<column::ListRef>(), b = reinterpret_cast<const column::ListRef*>(at)[0];
    const size_t width = types::width(types::element_of(type));
    return a.size == b.size && (a.size == 0 || std::memcmp(a.data, b.data, a.size * width) == 0);
  }
  return std::memcmp(wanted.bytes.data(), at, types::width(type)) == 0;
}

void expect_agreement(const graph::Plan& plan, RequestInputs inputs, const std::vector<std::string>& texts) {
  column::Arena arena;
  const std::vector<uint32_t> rows = test_rows(SmallWorld::kNotes);
  for (const size_t block : kBlocks) {
    inputs.block = block;
    RequestContext context(plan, small_world().generation(), inputs, arena);
    Reference reference(context, nullptr);
    for (size_t e = 0; e < plan.emits.size(); ++e) {
      const graph::ExprId id = plan.emits[e].value;
      const types::Type& type = plan.exprs[id].type;
      Evaluator evaluator(context, id);
      const Values got = evaluator.run({.indices = rows});
      size_t wrong = 0;
      for (size_t i = 0; i < rows.size(); ++i) wrong += equal(reference.value(id, rows[i]), got, i, type) ? 0 : 1;
      EXPECT_EQ(wrong, 0U) << texts[e] << " at block " << block;
    }
    EXPECT_FALSE(context.error());
  }
}

void expect_agreement(const std::vector<std::string>& texts) {
  const auto plan = small_world().compile_expressions(texts);
  ASSERT_NE(plan, nullptr);
  for (const int64_t user : {1, 2, 99}) expect_agreement(*plan, small_world().inputs(*plan, user), texts);
}

TEST(Evaluator, ColumnsOfEveryKind) {
  expect_agreement({"item", "item.id", "item.author", "item.topic", "item.kind", "item.price", "item.score",
                    "item.clicks", "item.created_at", "item.boosted", "item.serial", "item.levels", "item.tags"});
}

TEST(Evaluator, RequestValuesAreBroadcast) {
  expect_agreement({"boost", "request.now", "request.scene", "request.page", "user.age", "user.city", "user.id",
                    "len(user.names)", "user.age ?? 3", "if request.page == 2 then user.city else \"x\""});
}

TEST(Evaluator, ArithmeticAndMissingValues) {
  expect_agreement({"item.score * (1 + 2 * item.price ?? 0.5)",
                    "item.price ?? item.score",
                    "item.price is none",
                    "item.price is not none and item.price > 3.0",
                    "if item.price is none then -1.0 else item.price * 2",
                    "item.clicks / item.author",
                    "div(item.clicks, item.author)",
                    "item.clicks % item.author",
                    "item.clicks % 7",
                    "item.topic ?? \"none\"",
                    "item.topic ?? request.scene ?? \"none\"",
                    "not item.boosted or item.score > 0.5",
                    "sigmoid(item.score) ** 0.5 + item.score ** 2",
                    "log1p(item.clicks) + exp(item.score)",
                    "clamp(item.score, -0.5, 0.5)",
                    "min(item.clicks, 100)",
                    "bucket(item.score, [-1.0, 0.0, 1.0])",
                    "item.levels[0]",
                    "item.levels[1] ?? -7",
                    "len(item.tags)",
                    "age(item.created_at).days",
                    "item.created_at.hour",
                    "hash(item, item.kind, 100)",
                    "is_nan(item.score)",
                    "-item.clicks",
                    "float(item.clicks)",
                    "int(item.score * 100)"});
}

TEST(Evaluator, StringsOfDifferentDictionaries) {
  expect_agreement({"(item.topic ?? \"\") == user.city", "item.topic ?? \"\" in user.names", "\"music\" in item.tags",
                    "overlaps(item.tags, user.names)", "jaccard(item.tags, [\"art\", \"food\", \"unheard of\"])",
                    "starts_with(item.topic ?? \"\", \"mu\")", "item.kind == \"video\"", "user.city in item.tags"});
}

TEST(Evaluator, VectorsMayBeMissing) {
  expect_agreement({"if item.content is none then -9.0 else dot(item.content, user.taste)",
                    "if item.content is not none then cosine(user.taste, item.content) else 0.0"});
}

TEST(Evaluator, Membership) {
  expect_agreement({"item.author in user.blocked", "item.author in [1, 2, 30]", "item.author not in chosen",
                    "item in [4, 7, 3001, 5]", "item in user.clicks", "item not in user.clicks.last(20)",
                    "item.score in [0.0, 1.0]", "item.price ?? 0.0 in [1, 2.5]", "item.author in item.levels",
                    "item.author in 3 .. 20", "item in user.clicks.where(e => e.action == \"like\")"});
}

TEST(Evaluator, SequencesOfTheRequest) {
  expect_agreement({"user.clicks.count()", "user.clicks.last(7).count()", "user.clicks.last(request.page - 5).count()",
                    "user.clicks.within(1d).count()", "user.clicks.count(e => e.action == \"like\")",
                    "user.clicks.last(50).sum(e => e.depth)", "user.clicks.mean(e => e.seconds ?? 0.0)",
                    "user.clicks.max(e => e.item.score)", "user.clicks.min(e => e.item.clicks)",
                    "user.clicks.where(e => e.depth > 20).within(2d).last(5).sum(e => e.item.score)",
                    "user.seen.count(e => e.item.topic == \"sport\")", "user.seen.sum(e => e.item.bid)",
                    "user.clicks.mean(e => e.depth)", "user.clicks.where(e => e.depth > 1000).mean(e => e.depth)"});
}

TEST(Evaluator, AggregatesThatReadTheCandidate) {
  expect_agreement({
      "user.clicks.count(e => e.item.author == item.author)",
      "user.clicks.last(100).count(e => e.item.kind == item.kind and e.action == \"like\")",
      "user.clicks.count(e => e.item == item)",
      "user.clicks.count(e => item.boosted and item.author == e.item.author)",
      "user.clicks.sum(e => if e.item.author == item.author then e.depth else 0)",
      "user.clicks.where(e => e.depth == item.author).sum(e => e.item.score)",
      "user.clicks.where(e => e.depth == item.author).mean(e => e.seconds ?? item.score)",
      "user.clicks.where(e => e.depth == item.author).max(e => e.item.score)",
      "user.clicks.count(e => e.depth < item.author)",
      "user.clicks.last(60).max(e => e.item.score * item.score)",
      "user.clicks.count(e => e.item.score == item.score)",
      "user.clicks.count(e => e.depth == item.score)",
      "user.clicks.count(e => (e.seconds ?? -1.0) == item.author)",
      "user.clicks.count(e => e.item.topic is not none and item.topic is not none and e.item.topic == item.topic)",
      "user.clicks.count(e => e.item.author == item.author and e.time < item.created_at)",
      "user.clicks.count(e => e.item.author == item.author and e.item.kind == item.kind)",
      "user.clicks.count(e => item.boosted)",
      "user.seen.count(e => e.item.topic == (item.topic ?? \"\"))",
      "user.clicks.count(e => e.action == (item.topic ?? \"\")) + user.clicks.count()",
      "user.clicks.min(e => e.item.clicks - item.clicks)",
      "1 + user.clicks.count(e => e.depth == item.author) * user.clicks.count(e => e.item.author == item.author)",
  });
}

TEST(Evaluator, LetsAndProvenanceFollowTheBaseIndex) {
  const auto plan = small_world().compile(R"(
pipeline p(user: users, item: notes) {
  recall { all = items take 5000  few = items take 10 }
  merge in_order
  let twice = item.score * 2
  let cost = item.price
  emit twice + 1 as a, cost as b, from(few) as c, position_in(few) as d, channels() as e, (score_in(all) ?? -1.0) as f, cost ?? twice as g
})");
  ASSERT_NE(plan, nullptr);
  column::Arena arena;
  Batch batch;
  std::vector<int32_t> all, few;
  std::vector<float> scores;
  for (uint32_t i = 0; i < 900; ++i) {
    batch.rows.push_back((i * 31) % SmallWorld::kNotes);
    batch.order.push_back((i * 7) % 900);
    all.push_back(static_cast<int32_t>(i + 1));
    few.push_back(i % 5 == 0 ? static_cast<int32_t>(i / 5 + 1) : 0);
    scores.push_back(static_cast<float>(i) / 8);
  }
  batch.channels = {{.position = all, .score = scores}, {.position = few, .score = {}}};
  batch.lets.resize(plan->let_columns.size());
  RequestContext context(*plan, small_world().generation(), in_blocks_of(7, small_world().inputs(*plan)), arena);
  const CandidateRows rows{.batch = &batch, .indices = batch.order};
  for (const graph::Step& step : plan->steps) {
    const auto* let = std::get_if<graph::LetStep>(&step.what);
    if (let == nullptr) continue;
    const types::Type& type = plan->let_columns[let->column].type;
    BatchColumn& column = batch.lets[let->column];
    column.values = arena.allocate<std::byte>(900 * types::width(type));
    if (type.optional) column.present = arena.allocate<uint8_t>(900).data();
    Evaluator(context, let->value).run_into(rows, column);
  }
  Reference reference(context, &batch);
  std::vector<uint32_t> identity(900);
  for (uint32_t i = 0; i < 900; ++i) identity[i] = i;
  for (const auto& indices : {batch.order, identity}) {
    for (const size_t block : kBlocks) {
      for (const graph::Emit& emit : plan->emits) {
        RequestContext other(*plan, small_world().generation(), in_blocks_of(block, small_world().inputs(*plan)),
                             arena);
        Evaluator evaluator(other, emit.value);
        const Values got = evaluator.run({.batch = &batch, .indices = indices});
        size_t wrong = 0;
        for (size_t i = 0; i < indices.size(); ++i) {
          wrong += equal(reference.value(emit.value, indices[i]), got, i, plan->exprs[emit.value].type) ? 0 : 1;
        }
        EXPECT_EQ(wrong, 0U) << emit.name << " at block " << block;
      }
    }
  }
}

TEST(Evaluator, FilterKeepsWhatWasKeptAndIsTrue) {
  const auto plan = small_world().compile_expressions({"item.author < 20"});
  ASSERT_NE(plan, nullptr);
  column::Arena arena;
  RequestContext context(*plan, small_world().generation(), in_blocks_of(7, small_world().inputs(*plan)), arena);
  const std::vector<uint32_t> rows = test_rows(SmallWorld::kNotes);
  std::vector<uint8_t> keep(rows.size(), 1);
  keep[3] = 0;
  Evaluator(context, plan->emits[0].value).filter({.indices = rows}, keep);
  const auto& author = small_world().generation().table("notes")->columns()[1];
  for (size_t i = 0; i < rows.size(); ++i) EXPECT_EQ(keep[i] != 0, i != 3 && author.integer(rows[i]) < 20);
}

}  // namespace
}  // namespace rec::interpreter
