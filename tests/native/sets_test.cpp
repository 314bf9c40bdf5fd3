// Sets of strings that a strategy names: bits that are made with the code, over dictionaries that fit into a register
// and over larger ones.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/interpreter/small_world.h"
#include "tests/native/native_code.h"

namespace rec::native {
namespace {

using interpreter::SmallWorld;

constexpr const char* kPipeline = R"(
param chosen : [string] = ["video", "no such kind"]
pipeline p(user: users, item: notes) {
  recall { all = items take 5000 }
  emit item.kind in ["video", "no such kind"] as some,
       item.kind in ["image", "unused 7", "video"] as all,
       item.kind in ["no such kind"] as none,
       not (item.kind in ["image"]) as others,
       item.kind in chosen as given,
       item.kind in user.names as of_user
})";

bool has_known_bits(const Kernel& kernel) {
  return std::ranges::any_of(kernel.memory, [](const Memory& m) { return m.source == Memory::Source::known_bits; });
}

TEST(Sets, ThatAStrategyNamesAreMadeWithTheCode) {
  std::vector<uint32_t> rows(SmallWorld::kNotes);
  for (uint32_t i = 0; i < rows.size(); ++i) rows[i] = (i * 7919U) % SmallWorld::kNotes;
  const interpreter::CandidateRows candidates{.batch = nullptr, .indices = rows};
  for (const uint32_t unused : {0U, 600U}) {
    SmallWorld world(unused);
    const auto plan = world.compile(kPipeline);
    ASSERT_NE(plan, nullptr);
    const auto inputs = world.inputs(*plan);
    column::Arena arena;
    interpreter::RequestContext interpreted(*plan, world.generation(), inputs, arena);
    for (const std::string& isa : instruction_sets()) {
      const Tier tier(*plan, world.generation(), inputs.parameters, compiler(isa));
      interpreter::RequestContext native(*plan, world.generation(), inputs, arena);
      native.use(&tier);
      for (const auto& emit : plan->emits) {
        EXPECT_EQ(has_known_bits(tier.expression(emit.value)->kernel()), emit.name != "of_user") << emit.name;
        interpreter::Evaluator wanted(interpreted, emit.value), got(native, emit.value);
        const auto a = wanted.run(candidates), b = got.run(candidates);
        const auto *first = a.as<uint8_t>(), *second = b.as<uint8_t>();
        EXPECT_TRUE(std::equal(first, first + rows.size(), second)) << emit.name << " on " << isa << ", " << unused;
        const auto count = std::count(second, second + rows.size(), uint8_t{1});
        if (emit.name == "all") {
          EXPECT_EQ(count, SmallWorld::kNotes);
        } else if (emit.name == "none" || emit.name == "of_user") {
          EXPECT_EQ(count, 0);
        } else {
          EXPECT_TRUE(count > 1000 && count < 1500) << emit.name << ": " << count;
        }
      }
      EXPECT_FALSE(native.waited_for_code()) << compiler(isa)->counts().last_failure;
    }
  }
}

}  // namespace
}  // namespace rec::native
