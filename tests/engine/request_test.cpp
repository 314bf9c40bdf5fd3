// Requests: what is read from JSON and text, what is refused and how, and what is written back.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/engine/feed.h"

namespace rec::tests {
namespace {

using diagnostics::Code;

const std::string kHeader =
    "param w : float = 2.0 within 0.0 .. 10.0\nparam n : int = 3 within 1 .. 5\nparam on : bool = true\n"
    "param mode : enum { fast, slow } = fast\nparam since : duration = 30d within 1d .. 60d\n"
    "param ids : [int] = [1, 2] within 0 .. 9\n";

class Requests : public testing::Test {
 protected:
  std::shared_ptr<const graph::Plan> plan_ = feed().pipeline("recall { all = items take n }\nemit w", kHeader);

  std::expected<engine::Request, engine::Error> parse(const std::string& json) const {
    return engine::parse_request(json, *plan_, feed().generation().catalog());
  }
  void refused(const std::string& json, Code code, const std::string& words) const {
    const auto request = parse(json);
    ASSERT_FALSE(request) << json;
    EXPECT_EQ(request.error().code, code) << json;
    EXPECT_NE(request.error().message.find(words), std::string::npos) << request.error().message;
  }
  types::Value parameter(const std::string& name, const std::string& text) const {
    const auto found = std::ranges::find(plan_->parameters, name, &graph::Parameter::name);
    const auto value = engine::parse_parameter(*found, text);
    return value ? *value : types::Value("refused: " + value.error().message);
  }
};

TEST_F(Requests, AreRead) {
  const auto request = parse(
      R"({"user": 7, "pipeline": "page", "request": {"scene": "home", "floor": 3}, "now": "2026-11-01T08:00:00+08:00",)"
      R"( "id": "r1", "set": {"w": 3, "mode": "slow", "since": "2d", "ids": [3]}})");
  ASSERT_TRUE(request) << request.error().message;
  EXPECT_EQ(request->user, "7");
  EXPECT_EQ(request->fields.at("scene"), types::Value(std::string("home")));
  EXPECT_EQ(request->fields.at("floor"), types::Value(int64_t{3}));
  EXPECT_EQ(request->now, 1'793'491'200'000'000);
  EXPECT_EQ(request->id, "r1");
  EXPECT_EQ(request->set.at("w"), types::Value(3.0F));
  EXPECT_EQ(request->set.at("mode"), types::Value(int64_t{1}));
  EXPECT_EQ(request->set.at("since"), types::Value(int64_t{172'800'000'000}));
}

TEST_F(Requests, AreRefusedWithTheReason) {
  refused("{\"user\": ", Code::bad_request, "not JSON");
  refused("[1]", Code::bad_request, "JSON object");
  refused("{}", Code::bad_request, "no `user`");
  refused(R"({"user": "1", "usr": 1})", Code::bad_request, "no `usr`");
  refused(R"({"user": true})", Code::bad_request, "`user` must be a string");
  refused(R"({"user": "1", "request": {"scen": "x"}})", Code::bad_request, "no request field `scen`");
  refused(R"({"user": "1", "request": {"scene": 3}})", Code::bad_request, "`scene` must be a string, not 3");
  refused(R"({"user": "1", "request": {"floor": 3.5}})", Code::bad_request, "`floor` must be an int, not 3.5");
  refused(R"({"user": "1", "request": {"floor": null}})", Code::bad_request, "`floor` must be an int, not null");
  refused(R"({"user": "1", "request": {"floor": 9223372036854775808}})", Code::bad_request, "must be an int");
  refused(R"({"user": "1", "now": "noon"})", Code::bad_request, "`now` must be a time");
  refused(R"({"user": "1", "set": {"x": 1}})", Code::unknown_parameter, "no parameter `x`");
  refused(R"({"user": "1", "set": {"w": 11}})", Code::parameter_out_of_bounds, "`w` cannot be 11");
  refused(R"({"user": "1", "set": {"w": "NaN"}})", Code::parameter_out_of_bounds, "`w` cannot be NaN");
  refused(R"({"user": "1", "set": {"w": 1e300}})", Code::bad_request, "must be a number");
  refused(R"({"user": "1", "set": {"ids": [1, 10]}})", Code::parameter_out_of_bounds, "`ids`");
  refused(R"({"user": "1", "set": {"mode": "slo"}})", Code::bad_request, "one of fast, slow");
}

TEST_F(Requests, ParametersAreReadFromText) {
  EXPECT_EQ(parameter("w", "0"), types::Value(0.0F));  // 0 and false are values like any other
  EXPECT_EQ(parameter("on", "false"), types::Value(false));
  EXPECT_EQ(parameter("mode", "slow"), types::Value(int64_t{1}));
  EXPECT_EQ(parameter("since", "36h"), types::Value(int64_t{129'600'000'000}));
  EXPECT_EQ(parameter("ids", "[4, 5]"), types::Value(std::vector<int64_t>{4, 5}));
  EXPECT_EQ(parameter("n", "2.5"), types::Value(std::string("refused: parameter `n` must be an int, not `2.5`")));
  EXPECT_EQ(parameter("n", "9"), types::Value(std::string("refused: parameter `n` cannot be 9")));
  EXPECT_EQ(parameter("on", "yes"),
            types::Value(std::string("refused: parameter `on` must be true or false, not `yes`")));
}

TEST_F(Requests, AreWrittenSoThatTheyReadBack) {
  const auto request = parse(
      R"({"user": "7", "request": {"scene": "a\"b", "floor": 3}, "now": "2026-11-01T00:00:00.5Z", "id": "x", "set": {"w": 0.1, "mode": "slow", "since": "2d"}})");
  ASSERT_TRUE(request);
  const std::string line = engine::format_request(*request, *plan_, feed().generation().catalog());
  const auto again = parse(line);
  ASSERT_TRUE(again) << line;
  EXPECT_EQ(again->user, request->user);
  EXPECT_EQ(again->fields, request->fields);
  EXPECT_EQ(again->now, request->now);
  EXPECT_EQ(again->id, request->id);
  EXPECT_EQ(again->set, request->set);
  EXPECT_EQ(engine::request_pipeline(line), "page");
}

TEST_F(Requests, AreCheckedWhenTheyRun) {
  const auto error = [&](engine::Request request) {
    const auto page = engine::recommend(*plan_, feed().generation(), request);
    return page ? std::string("a page") : page.error().message;
  };
  EXPECT_EQ(error({.user = "9", .fields = {{"floor", int64_t{1}}}}), "user `9` has no row in `users`");
  EXPECT_EQ(error({.user = "x", .fields = {{"floor", int64_t{1}}}}), "`x` is no key of `users`, whose keys are ints");
  EXPECT_EQ(error({.user = "1"}), "request field `floor` is missing");
  EXPECT_EQ(error({.user = "1", .fields = {{"floor", 1.5F}}}), "request field `floor` must be an int");
  EXPECT_EQ(error({.user = "1", .fields = {{"floor", int64_t{1}}}, .set = {{"w", 99.0F}}}),
            "parameter `w` cannot be 99");
  EXPECT_EQ(error({.user = "1", .fields = {{"floor", int64_t{1}}}, .set = {{"v", 1.0F}}}),
            "`page` has no parameter `v`");
}

TEST_F(Requests, HaveATimeAndAnIdOfTheirOwn) {
  engine::Request request{.user = "1", .fields = {{"floor", int64_t{1}}}};
  EXPECT_EQ(engine::recommend(*plan_, feed().generation(), request)->request_id, "1:1793491620000000");
  request.now = 5;
  EXPECT_EQ(engine::recommend(*plan_, feed().generation(), request)->request_id, "1:5");
}

}  // namespace
}  // namespace rec::tests
