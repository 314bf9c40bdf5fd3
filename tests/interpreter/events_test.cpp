// Expressions over a whole log, as a build runs them: no request, no user, and items that may have no row.
#include <gtest/gtest.h>

#include <algorithm>

#include "compiler/check/check.h"
#include "tests/interpreter/small_world.h"

namespace rec::interpreter {
namespace {

struct Log {
  // More events than a block holds.
  static constexpr size_t kEvents = 3000;
  column::StringSpace strings{small_world().generation().table("notes")->strings()};
  std::vector<int64_t> time, depth;
  std::vector<uint32_t> item;
  std::vector<int32_t> action;
  std::vector<float> seconds;
  std::vector<uint8_t> has_seconds;
  column::EventColumns columns;

  Log() {
    for (size_t i = 0; i < kEvents; ++i) {
      time.push_back(static_cast<int64_t>(i) * 1'800'000'000);
      depth.push_back(static_cast<int64_t>(i % 50));
      item.push_back(i % 5 == 0 ? column::kNoRow : static_cast<uint32_t>(i * 37 % SmallWorld::kNotes));
      action.push_back(strings.intern(i % 3 == 0 ? "like" : "music"));
      has_seconds.push_back(i % 4 == 0 ? 0 : 1);
      seconds.push_back(i % 4 == 0 ? 0.0F : static_cast<float>(i));
    }
    columns = {.size = kEvents,
               .time = time.data(),
               .item = item.data(),
               .columns = {{action.data(), nullptr}, {seconds.data(), has_seconds.data()}, {depth.data(), nullptr}}};
  }
};

template <typename T>
std::vector<T> evaluate(Log& log, const std::string& text, const types::Type& wanted, uint8_t* present = nullptr) {
  const store::Generation& generation = small_world().generation();
  source::Sources sources;
  diagnostics::Diagnostics diagnostics;
  const operators::Registry registry;
  const source::FileId file = sources.add("expression", text);
  const catalog::Expression expression{.text = text, .span = {file, 0, static_cast<uint32_t>(text.size())}};
  const auto compiled =
      check::check_event_expression(expression, generation.catalog(), 0, wanted, registry, sources, diagnostics);
  EXPECT_NE(compiled, nullptr) << diagnostics::render_text(diagnostics, sources);
  std::vector<T> out(Log::kEvents);
  if (compiled == nullptr) return out;
  evaluate_events(compiled->plan, compiled->root, log.columns, *generation.table("notes"), log.strings,
                  generation.catalog().timezone, std::as_writable_bytes(std::span(out)), present);
  return out;
}

TEST(EvaluateEvents, OwnColumnsTimesAndItems) {
  Log log;
  const auto likes = evaluate<uint8_t>(log, "e.action == \"like\" and e.depth >= 10", types::boolean());
  const auto hours = evaluate<int64_t>(log, "e.time.hour", types::integer());
  const auto play = evaluate<float>(log, "e.seconds ?? -1.0", types::floating());
  const auto& author = small_world().generation().table("notes")->columns()[1];
  const auto authors = evaluate<int64_t>(log, "e.item.author", types::integer());
  for (size_t i = 0; i < Log::kEvents; ++i) {
    EXPECT_EQ(likes[i], i % 3 == 0 && i % 50 >= 10 ? 1 : 0);
    EXPECT_EQ(hours[i], static_cast<int64_t>((i / 2 + 8) % 24));
    EXPECT_EQ(play[i], i % 4 == 0 ? -1.0F : static_cast<float>(i));
    EXPECT_EQ(authors[i], i % 5 == 0 ? 0 : author.integer(log.item[i]));
  }
}

TEST(EvaluateEvents, ColumnsOfAGoneItemAreMissing) {
  Log log;
  const auto& topic = small_world().generation().table("notes")->columns()[2];
  const auto none = evaluate<uint8_t>(log, "e.item.topic is none", types::boolean());
  const auto music = evaluate<uint8_t>(log, "e.action == (e.item.topic ?? \"\")", types::boolean());
  for (size_t i = 0; i < Log::kEvents; ++i) {
    const bool there = log.item[i] != column::kNoRow && topic.has(log.item[i]);
    EXPECT_EQ(none[i], there ? 0 : 1);
    const auto& strings = small_world().generation().table("notes")->strings();
    const bool same = there && i % 3 != 0 && strings.text(static_cast<int32_t>(topic.integer(log.item[i]))) == "music";
    EXPECT_EQ(music[i], same ? 1 : 0);
  }
}

}  // namespace
}  // namespace rec::interpreter
