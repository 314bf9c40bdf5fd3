// The verifier finds what a wrong pass could leave behind.
#include "compiler/passes/verify.h"

#include <gtest/gtest.h>

#include <functional>
#include <stdexcept>

#include "compiler/passes/passes.h"
#include "tests/interpreter/small_world.h"

namespace rec::passes {
namespace {

using graph::ExprId;
using graph::Op;
using interpreter::small_world;

graph::Plan a_plan() {
  const auto plan = small_world().compile(
      "param boost : float = 1.5 within 0.0 .. 9.0\n"
      "pipeline p(user: users, item: notes) {\n"
      "  recall { a = items where item.boosted by item.clicks take 50 }\n"
      "  let v = item.score * boost\n"
      "  where v > 0.25 and (item.price ?? 1.0) < 5.0\n"
      "  when request.page == 2 { let w = v + 1.0 } else { let w = item.score }\n"
      "  top 10 by w\n"
      "  emit v, w\n"
      "}\n");
  EXPECT_NE(plan, nullptr);
  return *plan;
}

std::string wrong(const graph::Plan& plan) {
  return verify(plan, small_world().generation().catalog()).value_or("");
}

template <typename Step>
Step& step_of(graph::Plan& plan) {
  for (auto& step : plan.steps) {
    if (auto* found = std::get_if<Step>(&step.what)) return *found;
  }
  throw std::logic_error("no such step");
}

/// The plan with one node changed.
graph::Plan with_node(graph::Plan plan, Op op, const std::function<void(graph::Node&)>& change) {
  graph::Exprs made;
  bool done = false;
  for (ExprId id = 0; id < plan.exprs.size(); ++id) {
    graph::Node node = plan.exprs[id];
    if (node.op == op && !done) {
      change(node);
      done = true;
    }
    EXPECT_EQ(made.add(std::move(node)), id) << "the changed node equals another";
  }
  EXPECT_TRUE(done);
  plan.exprs = std::move(made);
  return plan;
}

TEST(Verifier, FindsNothingInAPlanAsWritten) {
  EXPECT_EQ(wrong(a_plan()), "");
}

TEST(Verifier, FindsColumnsReadBeforeTheyAreBound) {
  auto plan = a_plan();
  std::swap(plan.steps[1], plan.steps[2]);
  EXPECT_NE(wrong(plan).find("reads `v`, which is not bound before it"), std::string::npos) << wrong(plan);
  auto one_side = a_plan();
  step_of<graph::WhenStep>(one_side).arms[1].steps.clear();
  EXPECT_NE(wrong(one_side).find("reads `w`"), std::string::npos) << wrong(one_side);
}

TEST(Verifier, FindsLevelsThatDoNotFit) {
  auto plan = a_plan();
  step_of<graph::TopStep>(plan).count = step_of<graph::LetStep>(plan).value;
  EXPECT_NE(wrong(plan), "");
  EXPECT_NE(wrong(with_node(a_plan(), Op::item_column, [](auto& node) { node.level = graph::kRequest; })).find("level"),
            std::string::npos);
}

TEST(Verifier, FindsTypesThatDoNotFit) {
  auto plan = a_plan();
  step_of<graph::WhereStep>(plan).condition.expr = step_of<graph::LetStep>(plan).value;
  EXPECT_NE(wrong(plan).find("another type"), std::string::npos) << wrong(plan);
  EXPECT_NE(wrong(with_node(a_plan(), Op::call, [](auto& node) { node.type = types::string(); })), "");
}

TEST(Verifier, FindsReferencesOutOfRange) {
  auto plan = a_plan();
  plan.emits[0].value = static_cast<ExprId>(plan.exprs.size());
  EXPECT_NE(wrong(plan).find("is not there"), std::string::npos) << wrong(plan);
  EXPECT_NE(wrong(with_node(a_plan(), Op::parameter, [](auto& node) { node.index = 7; })).find("no such parameter"),
            std::string::npos);
  EXPECT_NE(wrong(with_node(a_plan(), Op::item_column, [](auto& node) { node.index = 70; })).find("no such column"),
            std::string::npos);
}

TEST(Verifier, FindsArgumentsBehindTheirUsers) {
  EXPECT_NE(wrong(with_node(a_plan(), Op::call, [](auto& node) { node.args[0] = 1'000; })).find("before it"),
            std::string::npos);
}

TEST(Verifier, ARoundOfPassesOnAWrongPlanIsABug) {
  auto plan = a_plan();
  std::swap(plan.steps[1], plan.steps[2]);
  const auto& catalog = small_world().generation().catalog();
  EXPECT_THROW(Optimiser(catalog, {.verify = true})(std::make_shared<graph::Plan>(plan)), std::logic_error);
}

}  // namespace
}  // namespace rec::passes
