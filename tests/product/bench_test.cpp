// `rec-run bench`: which requests it runs, what it says of them and of their steps, and what it refuses.
#include <algorithm>
#include <set>

#include "tests/product/workspace.h"

namespace rec::product {
namespace {

constexpr const char* kPages = R"rec(param least : int = 2
pipeline page(user: users, item: notes) {
  recall {
    own     = items where item.city == user.city take 3
    popular = items by item.likes take 3
  }
  merge in_order
  where item.likes > least
  let value = float(item.likes)
  top 2 by value
  emit value
}
pipeline other(user: users, item: notes) {
  recall { all = items take 4 }
}
)rec";

class Bench : public testing::Test {
 protected:
  void SetUp() override {
    space_.write("catalog.yaml",
                 "tables:\n  users: {key: id, source: {csv: users.csv}, columns: {city: string}}\n"
                 "  notes: {key: id, source: {csv: notes.csv}, columns: {city: string, likes: int}}\n");
    std::string users = "id,city\n";
    for (int u = 1; u <= 40; ++u) users += std::to_string(u) + (u % 2 == 0 ? ",a\n" : ",b\n");
    space_.write("users.csv", users);
    space_.write("notes.csv", "id,city,likes\n10,a,5\n11,b,3\n12,a,9\n13,b,1\n14,a,2\n");
    space_.write("page.rec", kPages);
    const Outcome built = space_.build();
    ASSERT_EQ(built.exit, 0) << built.err;
  }
  Outcome bench(const std::string& arguments) const {
    return space_.rec_run("bench '" + space_.path("page.rec") + "' --data '" + space_.path() + "' " + arguments);
  }
  Workspace space_;
};

TEST_F(Bench, SampledUsersAndTheirSteps) {
  const Outcome run = bench("--pipeline page --users 10 --seconds 0 --format json");
  ASSERT_EQ(run.exit, 0) << run.err;
  const Json all = Json::parse(run.out);
  EXPECT_EQ(all["count"], 10);
  ASSERT_EQ(all["engines"].size(), 1U);
  const Json& engine = all["engines"][0];
  EXPECT_EQ(engine["engine"], "interpreter");
  EXPECT_EQ(engine["requests"], 10) << "each once where there is no time";
  EXPECT_GT(engine["requests_a_second"].get<double>(), 0);
  std::string steps;
  for (const Json& step : engine["steps"]) {
    EXPECT_EQ(step["requests"], 10);
    steps += step["step"].get<std::string>() + " ";
    EXPECT_LE(step["us"]["p50"], step["us"]["p90"]);
    EXPECT_LE(step["us"]["p90"], step["us"]["p99"]);
    EXPECT_LE(step["us"]["p99"], step["us"]["max"]);
  }
  EXPECT_EQ(steps, "recall channel channel merge where let top ");
  EXPECT_EQ(engine["steps"][5]["line"], 9);
  EXPECT_EQ(engine["steps"][6]["out"], 2.0);
  const Json& us = engine["us"];
  EXPECT_GT(us["p50"].get<double>(), 0);
  EXPECT_LE(us["p50"], us["p99"]);
  EXPECT_LE(us["p99"], us["max"]);
}

TEST_F(Bench, TheSeedDecidesWhoIsSampled) {
  // The rows of `own` are three for users of a and two for those of b: their mean tells how many of each there are.
  const auto rows = [&](const std::string& options) {
    const Outcome run = bench("--pipeline page --seconds 0 --format json " + options);
    EXPECT_EQ(run.exit, 0) << run.err;
    return Json::parse(run.out)["engines"][0]["steps"][1]["out"].get<double>();
  };
  EXPECT_EQ(rows("--users 9 --seed 7"), rows("--users 9 --seed 7"));
  std::set<double> different;
  for (int seed = 1; seed <= 8; ++seed) different.insert(rows("--users 9 --seed " + std::to_string(seed)));
  EXPECT_GT(different.size(), 2U);
  EXPECT_EQ(rows("--users 1000"), 2.5) << "all of them, each once";
}

TEST_F(Bench, RecordedRequestsOfSeveralPipelines) {
  space_.write("requests.jsonl",
               "{\"user\": \"1\", \"pipeline\": \"page\", \"set\": {\"least\": 4}}\n\n{\"user\": \"2\", \"pipeline\": "
               "\"other\"}\n{\"user\": \"3\", \"pipeline\": \"page\"}\n");
  const Outcome run = bench("--requests '" + space_.path("requests.jsonl") + "' --seconds 0 --format json");
  ASSERT_EQ(run.exit, 0) << run.err;
  const Json all = Json::parse(run.out);
  EXPECT_EQ(all["count"], 3);
  const Json& steps = all["engines"][0]["steps"];
  ASSERT_EQ(steps.size(), 9U);
  EXPECT_EQ(steps[0]["pipeline"], "page");
  EXPECT_EQ(steps[0]["requests"], 2);
  EXPECT_EQ(steps[4]["step"], "where");
  EXPECT_EQ(steps[4]["out"], 2.5) << "two above 4, three above 2";
  EXPECT_EQ(steps[7]["pipeline"], "other");
  EXPECT_EQ(steps[7]["requests"], 1);
  const Outcome text = bench("--requests '" + space_.path("requests.jsonl") + "' --seconds 0");
  EXPECT_NE(text.out.find("3 recorded requests of"), std::string::npos) << text.out;
  EXPECT_NE(text.out.find("other: recall"), std::string::npos) << text.out;
}

TEST_F(Bench, WritesTablesAndCsv) {
  const Outcome table = bench("--pipeline page --users 5 --seconds 0");
  ASSERT_EQ(table.exit, 0) << table.err;
  EXPECT_NE(table.out.find("5 sampled users, seed 1, one thread"), std::string::npos) << table.out;
  EXPECT_NE(table.out.find("top 2 by value"), std::string::npos) << table.out;
  const Outcome csv = bench("--pipeline page --users 5 --seconds 0 --format csv");
  EXPECT_TRUE(csv.out.starts_with("engine,pipeline,step,line,text,requests,mean_us,")) << csv.out;
  EXPECT_EQ(std::ranges::count(csv.out, '\n'), 9) << csv.out;
  EXPECT_NE(csv.out.find("interpreter,page,top,10,\"top 2 by value\",5,"), std::string::npos) << csv.out;
}

TEST_F(Bench, MeasuresAsLongAsItIsTold) {
  const Outcome run = bench("--pipeline other --users 3 --seconds 0.2 --format json");
  ASSERT_EQ(run.exit, 0) << run.err;
  const Json engine = Json::parse(run.out)["engines"][0];
  EXPECT_GE(engine["seconds"].get<double>(), 0.2);
  EXPECT_GT(engine["requests"].get<int>(), 3);
}

TEST_F(Bench, BothEngines) {
  const Outcome run = bench("--pipeline page --engine both --seconds 0 --users 5 --format json");
  ASSERT_EQ(run.exit, 0) << run.err;
  const Json engines = Json::parse(run.out)["engines"];
  ASSERT_EQ(engines.size(), 2U);
  EXPECT_EQ(engines[0]["engine"], "interpreter");
  EXPECT_EQ(engines[1]["engine"], "jit");
  EXPECT_EQ(engines[0]["requests"], engines[1]["requests"]);
}

TEST_F(Bench, RefusesWhatItCannotMeasure) {
  space_.write("wrong.jsonl", "{\"user\": \"1\", \"pipeline\": \"page\"}\n{\"pipeline\": \"page\"}\n");
  const Outcome wrong = bench("--requests '" + space_.path("wrong.jsonl") + "'");
  EXPECT_EQ(wrong.exit, 3);
  EXPECT_NE(wrong.err.find("it is line 2 of"), std::string::npos) << wrong.err;
  space_.write("none.jsonl", "\n");
  EXPECT_EQ(bench("--requests '" + space_.path("none.jsonl") + "'").exit, 3);
  EXPECT_EQ(bench("--pipeline page --users 0").exit, 2);
  EXPECT_EQ(bench("--pipeline missing").exit, 1);
  const Outcome unknown = bench("--requests '" + space_.path("none.jsonl") + "' --users 3");
  EXPECT_EQ(unknown.exit, 2) << "one or the other";
}

}  // namespace
}  // namespace rec::product
