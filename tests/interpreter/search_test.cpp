// `.search` against a scan of all events for every candidate.
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "operators/numerics/vectors.h"
#include "tests/interpreter/small_world.h"

namespace rec::interpreter {
namespace {

using column::ColumnView;

bool same(const ColumnView& column, uint32_t a, uint32_t b) {
  if (!column.has(a) || !column.has(b)) return false;
  return column.type.kind == types::Kind::floating ? column.floating(a) == column.floating(b)
                                                   : column.integer(a) == column.integer(b);
}

std::vector<uint32_t> latest(const ColumnView& column, const column::EventColumns& events, uint32_t row, size_t k) {
  std::vector<uint32_t> out;
  for (uint32_t i = 0; i < events.size && out.size() < k; ++i) {
    if (same(column, events.item[i], row)) out.push_back(i);
  }
  return out;
}

std::vector<uint32_t> nearest(const ColumnView& column, const column::EventColumns& events, uint32_t row, size_t k) {
  std::vector<uint32_t> out;
  if (!column.has(row)) return out;
  for (uint32_t i = 0; i < events.size; ++i) {
    if (column.has(events.item[i])) out.push_back(i);
  }
  const auto product = [&](uint32_t i) {
    return numerics::dot(column.vector(events.item[i]), column.vector(row), column.type.size);
  };
  std::ranges::stable_sort(out, std::greater<>{}, product);
  out.resize(std::min(out.size(), k));
  std::ranges::sort(out);
  return out;
}

TEST(Search, FindsWhatAScanFinds) {
  const auto plan =
      small_world().compile("pipeline p(user: users, item: notes) { recall { a = items take 9 } score s = finder }");
  ASSERT_NE(plan, nullptr);
  const auto& step = std::get<graph::ScoreStep>(plan->steps.at(1).what);
  column::Arena arena;
  RequestContext context(*plan, small_world().generation(), small_world().inputs(*plan), arena);
  const store::Table& notes = small_world().generation().table(plan->item_table);
  std::vector<uint32_t> rows(notes.rows());
  std::iota(rows.begin(), rows.end(), 0U);
  for (const graph::ExprId input : step.inputs) {
    const graph::Node& node = plan->exprs[input];
    const auto& events = context.sequence(node.args[0]);
    ASSERT_GT(events.size, 0U);
    const auto found = context.search(input, {.batch = nullptr, .indices = rows});
    const ColumnView& column = notes.columns()[node.index];
    const auto k = static_cast<size_t>(context.integer(node.args[2]));
    size_t some = 0;
    for (const uint32_t row : rows) {
      const auto expected =
          node.op == graph::Op::sequence_latest ? latest(column, events, row, k) : nearest(column, events, row, k);
      const auto got = found[row].as<uint32_t>();
      ASSERT_EQ(std::vector<uint32_t>(got.begin(), got.end()), expected) << "row " << row << " column " << node.index;
      some += expected.empty() ? 0 : 1;
    }
    EXPECT_GT(some, 0U) << "column " << node.index;
  }
}

}  // namespace
}  // namespace rec::interpreter
