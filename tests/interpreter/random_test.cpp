// Random well-typed expressions: the evaluator and the row-at-a-time reference agree to the bit at every block size.
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>

#include "tests/interpreter/reference.h"
#include "tests/interpreter/small_world.h"

namespace rec::interpreter {
namespace {

/// Writes expressions of the language; what a depth of zero allows is a leaf.
class Writer {
 public:
  explicit Writer(uint64_t seed) : state_(seed * 2654435761U + 1) {}

  std::string floating(int depth, bool event = false) {
    if (depth == 0) {
      if (event && below(2) == 0) return pick({"e.item.score", "(e.seconds ?? 0.5)", "(e.item.price ?? -1.0)"});
      return pick(
          {"item.score", "(item.price ?? 0.25)", "boost", "1.5", "(item.price ?? item.score)", "float(item.clicks)"});
    }
    const std::string a = floating(depth - 1, event), b = floating(depth - 1, event);
    switch (below(event ? 9 : 11)) {
      case 0:
        return "(" + a + " + " + b + ")";
      case 1:
        return "(" + a + " * " + b + ")";
      case 2:
        return "(" + a + " - " + b + ")";
      case 3:
        return "(" + a + " / " + b + ")";
      case 4:
        return "(if " + boolean(depth - 1, event) + " then " + a + " else " + b + ")";
      case 5:
        return "sigmoid(" + a + ")";
      case 6:
        return "min(" + a + ", " + b + ")";
      case 7:
        return "log1p(abs(" + a + "))";
      case 8:
        return "(" + integer(depth - 1, event) + " / " + integer(depth - 1, event) + ")";
      case 9:
        return sequence() + ".sum(e => " + floating(1, true) + ")";
      default:
        return "(" + sequence() + ".max(e => " + floating(1, true) + ") ?? " + a + ")";
    }
  }

  std::string integer(int depth, bool event = false) {
    if (depth == 0) {
      if (event && below(2) == 0) return pick({"e.depth", "e.item.author", "e.item.clicks"});
      return pick({"item.author", "item.clicks", "3", "request.page", "len(item.tags)", "(item.levels[0] ?? 2)",
                   "(user.age ?? 7)"});
    }
    const std::string a = integer(depth - 1, event), b = integer(depth - 1, event);
    switch (below(event ? 5 : 6)) {
      case 0:
        return "(" + a + " + " + b + ")";
      case 1:
        return "(" + a + " * " + b + ")";
      case 2:
        return "((" + a + " % " + b + ") ?? 1)";
      case 3:
        return "max(" + a + ", " + b + ")";
      case 4:
        return "(if " + boolean(depth - 1, event) + " then " + a + " else " + b + ")";
      default:
        return sequence() + ".count(e => " + boolean(2, true) + ")";
    }
  }

  std::string boolean(int depth, bool event = false) {
    if (depth == 0) {
      if (event && below(3) != 0) {
        return pick({"(e.item.author == item.author)", "(e.action == \"like\")", "(e.item.kind == item.kind)",
                     "(e.depth == item.author)", "(e.item == item)", "(e.time < item.created_at)",
                     "(e.seconds is none)"});
      }
      return pick({"item.boosted", "(item.price is none)", "(item.kind == \"video\")", "(item in user.clicks)",
                   "(item.author in user.blocked)", "(\"music\" in item.tags)", "(item.author in item.levels)",
                   "((item.topic ?? \"\") == user.city)"});
    }
    switch (below(5)) {
      case 0:
        return "(" + boolean(depth - 1, event) + " and " + boolean(depth - 1, event) + ")";
      case 1:
        return "(" + boolean(depth - 1, event) + " or " + boolean(depth - 1, event) + ")";
      case 2:
        return "(not " + boolean(depth - 1, event) + ")";
      case 3:
        return "(" + floating(depth - 1, event) + " < " + floating(depth - 1, event) + ")";
      default:
        return "(" + integer(depth - 1, event) + " == " + integer(depth - 1, event) + ")";
    }
  }

 private:
  uint64_t below(uint64_t n) {
    state_ = state_ * 6364136223846793005ULL + 1442695040888963407ULL;
    return (state_ >> 33) % n;
  }
  std::string pick(const std::vector<std::string>& from) { return from[below(from.size())]; }
  std::string sequence() {
    return pick({"user.clicks", "user.clicks.last(20)", "user.clicks.within(1d)",
                 "user.clicks.where(e => e.depth > 20).last(9)"});
  }

  uint64_t state_;
};

class RandomExpressions : public ::testing::TestWithParam<uint64_t> {};

TEST_P(RandomExpressions, AgreeWithTheReference) {
  Writer writer(GetParam());
  std::vector<std::string> texts;
  for (int i = 0; i < 6; ++i) {
    texts.push_back(writer.floating(3));
    texts.push_back(writer.boolean(3));
    texts.push_back(writer.integer(2));
  }
  const auto plan = small_world().compile_expressions(texts);
  ASSERT_NE(plan, nullptr);
  std::vector<uint32_t> rows;
  for (uint32_t i = 0; i < 23; ++i) rows.push_back(i < 9 ? 500 + i : (i * 7919U) % SmallWorld::kNotes);
  column::Arena arena;
  for (const size_t block : {size_t{1}, size_t{7}, size_t{1024}}) {
    RequestContext context(*plan, small_world().generation(), in_blocks_of(block, small_world().inputs(*plan)), arena);
    Reference reference(context, nullptr);
    for (size_t e = 0; e < texts.size(); ++e) {
      const graph::ExprId id = plan->emits[e].value;
      const size_t width = types::width(plan->exprs[id].type);
      Evaluator evaluator(context, id);
      const Values got = evaluator.run({.indices = rows});
      for (size_t i = 0; i < rows.size(); ++i) {
        const Cell wanted = reference.value(id, rows[i]);
        const bool both_nan = plan->exprs[id].type.kind == types::Kind::floating && std::isnan(wanted.as<float>()) &&
                              std::isnan(got.as<float>()[i]);
        const bool same = std::memcmp(wanted.bytes.data(), got.as<std::byte>() + i * width, width) == 0;
        EXPECT_TRUE(wanted.present == got.has(i) && (both_nan || same))
            << texts[e] << " of row " << rows[i] << " at block " << block;
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomExpressions, ::testing::Range(uint64_t{1}, uint64_t{25}));

}  // namespace
}  // namespace rec::interpreter
