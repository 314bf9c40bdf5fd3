// Random programs: pages are the same to the bit with all passes, without any one of them, and with each alone; so they
// are where parameters are constants. A failure says its seed. REC_SOAK=SECONDS goes on for that long, from REC_SEED.
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <map>

#include "tests/interpreter/program_writer.h"
#include "tests/interpreter/seeds.h"
#include "tests/interpreter/small_world.h"
#include "tests/passes/pages.h"

namespace rec::tests {
namespace {

using interpreter::Seeds;

using interpreter::ProgramWriter;
using interpreter::small_world;
using interpreter::SmallWorld;

TEST(Differential, PassesChangeNoPage) {
  const operators::Registry registry;
  const auto& generation = small_world().generation();
  const engine::Request request = random_request();
  std::map<std::string, uint64_t> changed;
  Seeds seeds(300);
  while (seeds.more()) {
    const uint64_t seed = seeds.take();
    const std::string text = ProgramWriter(registry, seed).pipeline();
    const auto written = small_world().compile(text);
    ASSERT_NE(written, nullptr) << "seed " << seed << "\n" << text;
    const auto wanted = engine::recommend(*written, generation, request);
    ASSERT_TRUE(wanted) << wanted.error().message;
    for (const auto& [name, options] : configurations()) {
      const auto plan = passes::Optimiser(generation.catalog(), options)(written);
      if (plan == written) continue;
      ++changed[name];
      const auto page = engine::recommend(*plan, generation, request);
      ASSERT_TRUE(page) << page.error().message << ", " << name << ", seed " << seed << "\n" << text;
      ASSERT_EQ(difference(*wanted, *page), "") << name << ", seed " << seed << "\n" << text;
    }
  }
  for (const auto& name : passes::names()) {
    if (name == "parameters") continue;  // none is known here
    EXPECT_GT(changed["only " + name], 0U) << name << " has nothing to do here, and shows nothing";
  }
  std::printf("%llu pipelines agree\n", static_cast<unsigned long long>(seeds.tried()));
}

TEST(Differential, PlansOfAnArmAreThoseOfItsParameters) {
  const operators::Registry registry;
  const auto& generation = small_world().generation();
  const std::vector<types::Value> boosts{0.0F, 1.0F, 0.5F, 9.0F};
  Seeds seeds(200);
  while (seeds.more()) {
    const uint64_t seed = seeds.take();
    const std::string text = ProgramWriter(registry, seed ^ 0xa4a4U).pipeline();
    const auto written = small_world().compile(text);
    ASSERT_NE(written, nullptr) << "seed " << seed << "\n" << text;
    engine::Request request = random_request();
    request.set["boost"] = boosts[seed % boosts.size()];
    request.set["chosen"] = seed % 3 == 0 ? std::vector<int64_t>{} : std::vector<int64_t>{3, 9, 27};
    const auto wanted = engine::recommend(*written, generation, request);
    ASSERT_TRUE(wanted) << wanted.error().message;
    std::vector<std::optional<types::Value>> values;
    for (const auto& parameter : written->parameters) values.emplace_back(request.set.at(parameter.name));
    const auto plan = passes::specialise(written, values, generation.catalog(), {.verify = true});
    const auto page = engine::recommend(*plan, generation, request);
    ASSERT_TRUE(page) << page.error().message;
    ASSERT_EQ(difference(*wanted, *page), "") << "seed " << seed << "\n" << text;
    for (graph::ExprId id = 0; id < plan->exprs.size(); ++id)
      ASSERT_NE(plan->exprs[id].op, graph::Op::parameter) << "seed " << seed << "\n" << text;
  }
}

}  // namespace
}  // namespace rec::tests
