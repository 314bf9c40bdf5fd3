// Native code as a user asks for it: the same pages as the interpreter's, and a look at the code.
#include "tests/product/workspace.h"

namespace rec::product {
namespace {

constexpr const char* kPage = R"rec(param bonus : float = 1.5 within 0.0 .. 2.0
pipeline page(user: users, item: notes) {
  eligible item.id not in user.seen
  recall {
    popular = items where item.likes > 1 by float(item.likes) * bonus  take 40
    newest  = items by item.created_at                                 take 30
  }
  merge round_robin
  where age(item.created_at) < 200d and item.topic in ["sea", "wood", "sand"]
  let value = (item.rate ?? 0.25) ** 0.3 * sigmoid(float(item.likes)) + bonus * log1p(score_in(popular) ?? 0.0)
  where value > 0.1
  let kept = value * 2
  top 25 by kept
  rerank greedy(relevance: value) take 10 { at most 3 in any 4 by item.topic }
  emit value, kept, item.topic, position_in(newest)
}
)rec";

class Native : public testing::Test {
 protected:
  void SetUp() override {
    space_.write(
        "catalog.yaml",
        "tables:\n  users: {key: id, source: {csv: users.csv}, columns: {seen: {type: \"[int]\", separator: \"|\"}}}\n"
        "  notes: {key: id, source: {csv: notes.csv}, columns: {likes: int, topic: string, rate: \"float?\", "
        "created_at: {type: time, format: unix_seconds}}}\n");
    space_.write("users.csv", "id,seen\n1,105|110|111|123\n2,\n");
    std::string notes = "id,likes,topic,rate,created_at\n";
    const char* topics[] = {"sea", "wood", "sand", "city"};
    for (int i = 0; i < 90; ++i) {
      notes += std::to_string(100 + i) + "," + std::to_string(i * 37 % 23) + "," + topics[i * 7 % 4] + "," +
               (i % 5 == 0 ? "" : "0." + std::to_string(i * 13 % 97)) + "," +
               std::to_string(1'700'000'000 + i * 600'000) + "\n";
    }
    space_.write("notes.csv", notes);
    space_.write("page.rec", kPage);
    const Outcome built = space_.build();
    ASSERT_EQ(built.exit, 0) << built.err;
  }
  Outcome run(const std::string& verb, const std::string& arguments) const {
    return space_.rec_run(verb + " '" + space_.path("page.rec") + "' --data '" + space_.path() + "' " + arguments);
  }
  Workspace space_;
};

TEST_F(Native, PagesAreTheInterpreters) {
  for (const std::string request :
       {"--user 1", "--user 2", "--user 1 --set bonus=0", "--user 1 --set bonus=2 --now 2024-09-01T00:00Z"}) {
    const Outcome interpreted = run("run", request + " --format json");
    const Outcome native = run("run", request + " --engine jit --format json");
    ASSERT_EQ(native.exit, 0) << native.err;
    Json wanted = Json::parse(interpreted.out);
    const Json got = Json::parse(native.out);
    EXPECT_EQ(got["engine"], "jit");
    EXPECT_GT(got["items"].size(), 3U) << request;
    wanted["engine"] = "jit";
    EXPECT_EQ(got, wanted) << request;
    const Outcome traced = run("run", request + " --engine jit --trace --format json");
    const Json trace = Json::parse(traced.out);
    EXPECT_EQ(trace["items"], wanted["items"]) << "step by step";
    size_t steps = 0;
    for (const Json& step : trace["trace"]["steps"]) steps += step.value("engine", "") == "native" ? 1 : 0;
    EXPECT_GE(steps, 4U) << "where, let, top";
    size_t channels = 0;
    for (const Json& channel : trace["trace"]["steps"][0]["channels"])
      channels += channel.value("engine", "") == "native" ? 1 : 0;
    EXPECT_GE(channels, 1U) << "conditions of channels";
    EXPECT_NE(traced.err.find(" loops compiled in "), std::string::npos) << traced.err;
    EXPECT_EQ(run("run", request + " --trace --format json").out.find("\"engine\": \"native\""), std::string::npos);
  }
}

TEST_F(Native, ExplainShowsTheCode) {
  const Outcome llvm = run("explain", "--ir llvm");
  ASSERT_EQ(llvm.exit, 0) << llvm.err;
  EXPECT_NE(llvm.out.find("define i64 @"), std::string::npos);
  EXPECT_NE(llvm.out.find("kernels of page, for "), std::string::npos);
  const Outcome assembly = run("explain", "--ir asm");
  ASSERT_EQ(assembly.exit, 0) << assembly.err;
  EXPECT_NE(assembly.out.find("ret"), std::string::npos);
  EXPECT_EQ(run("explain", "--ir wasm").exit, 2);
}

}  // namespace
}  // namespace rec::product
