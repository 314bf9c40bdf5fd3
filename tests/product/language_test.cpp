// The language's exact meaning, from CSV to JSON: numbers, NaN, missing values, orders, ties.
#include <bit>
#include <cmath>

#include "workspace.h"

namespace rec::product {
namespace {

constexpr const char* kCatalog = R"yaml(timezone: Asia/Shanghai
tables:
  users:
    key: id
    source: {csv: users.csv}
    columns: {city: string, age: int?, friends: "[int]", taste: {type: "vector(2)", source: {npy: taste.npy}}}
  things:
    key: id
    source: {csv: things.csv}
    columns:
      i: int
      f: float
      g: float
      q: int?
      s: string
      made: {type: time, format: iso}
      tags: "[string]"
      marks: "[int]"
      v: {type: "vector(2)", source: {npy: v.npy}}
request: {scene: string?, floor: int?}
events:
  acts: {source: {csv: acts.csv}, user: user, item: thing, time: {column: at, format: unix_seconds}, columns: {kind: string, stars: float?}}
sequences:
  all:   {from: acts, keep: 100}
  likes: {from: acts, where: 'e.kind == "like"', keep: 2}
)yaml";

class Language : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    space_ = new Workspace;
    space_->write("catalog.yaml", kCatalog);
    space_->write("users.csv", "id,city,age,friends\n1,Xi'an,30,2|3\n2,Hangzhou,,\n");
    space_->write_npy("taste.npy", {{1, 0}, {0, 1}});
    // Keys out of order on purpose: rows are in key order.
    space_->write("things.csv",
                  "id,i,f,g,q,s,made,tags,marks\n"
                  "30,3,nan,0.5,,b,2026-11-22T16:30:00Z,x|y,\n"
                  "10,1,0.1,-0.0,7,a,2026-11-01T00:00:00+08:00,,1|2\n"
                  "20,2,2.5,inf,0,b,2026-11-20T12:00:00Z,y,2\n"
                  "40,-7,-1.5,0.5,-7,\"q\"\"uote, \u00e9\",2026-11-23T00:00:00Z,z,3\n");
    space_->write_npy("v.npy", {{3, 4}, {1, 0}, {0, 0}, {-1, 0}});
    space_->write("acts.csv",
                  "user,thing,at,kind,stars\n"
                  "1,10,1793836800,like,5\n1,20,1793836801,view,\n1,30,1793836802,like,3\n1,10,1793836803,like,4\n2,20,"
                  "1793836800,view,2\n");
    const Outcome built = space_->build();
    ASSERT_EQ(built.exit, 0) << built.err;
  }
  static void TearDownTestSuite() { delete space_; }

  /// The value of an expression for the thing with key 10, as JSON text.
  static std::string value(const std::string& expression, const std::string& key = "10",
                           const std::string& user = "1") {
    const auto pages =
        space_->pages("pipeline page(user: users, item: things) {\n  recall { all = items take 10 }\n  emit " +
                          expression + " as x\n}\n",
                      {{{"user", user}, {"now", "2026-11-23T00:00:00Z"}}});
    if (pages.empty() || !pages[0].contains("items")) return pages.empty() ? "no page" : pages[0].dump();
    for (const auto& item : pages[0]["items"]) {
      if (item["key"] == key) return item["values"]["x"].dump();
    }
    return "no item";
  }

  static std::string order(const std::string& steps) {
    const auto pages = space_->pages(
        "pipeline page(user: users, item: things) {\n  recall { all = items take 10 }\n  " + steps + "\n}\n",
        {{{"user", "1"}, {"now", "2026-11-23T00:00:00Z"}}});
    std::string keys;
    if (!pages.empty()) {
      for (const auto& item : pages[0]["items"]) keys += (keys.empty() ? "" : " ") + item["key"].get<std::string>();
    }
    return keys;
  }

  static const Workspace* space_;
};
const Workspace* Language::space_ = nullptr;

TEST_F(Language, DivisionOfIntsIsARate) {
  EXPECT_EQ(value("7 / 2"), "3.5");
  EXPECT_EQ(value("item.i / 0"), "\"Infinity\"");
  EXPECT_EQ(value("0 / (item.i - item.i)"), "\"NaN\"");
}

TEST_F(Language, DivAndRemainderAreOfInts) {
  EXPECT_EQ(value("div(item.i, 2)", "40"), "-4");  // rounds down, so that it fits `%`
  EXPECT_EQ(value("div(item.i, 3) * 3 + item.i % 3 == item.i", "40"), "true");
  EXPECT_EQ(value("item.i % 3", "40"), "2");  // the sign of the divisor
  EXPECT_EQ(value("item.i % -3", "40"), "-1");
  EXPECT_EQ(value("div(item.i, item.i - item.i)"), "null");
  EXPECT_EQ(value("(item.i % (item.i - item.i)) ?? 99"), "99");
}

TEST_F(Language, IntsWrap) {
  EXPECT_EQ(value("9223372036854775807 + item.i"), "-9223372036854775808");
  EXPECT_EQ(value("abs(-9223372036854775808 + item.i - 1)"), "-9223372036854775808");
  EXPECT_EQ(value("-(-9223372036854775808 + item.i - 1)"), "-9223372036854775808");
}

TEST_F(Language, FloatsAre32BitWithoutContraction) {
  // 0.1f * 0.1f + g with separate roundings.
  const volatile float a = 0.1F;
  const volatile float product = a * a;
  const volatile float sum = product + 0.7F;
  const auto got = Json::parse(value("item.f * item.f + 0.7")).get<float>();
  EXPECT_EQ(std::bit_cast<uint32_t>(got), std::bit_cast<uint32_t>(static_cast<float>(sum)));
  EXPECT_EQ(value("item.f"), "0.1");
  EXPECT_EQ(value("16777216.0 + 1.0"), "16777216");
  EXPECT_EQ(value("1.0 / item.g"), "\"-Infinity\"");  // -0.0 is kept
}

TEST_F(Language, IntAgainstFloatComparesInDouble) {
  EXPECT_EQ(value("item.i + 16777216 == float(16777216)"), "false");
  EXPECT_EQ(value("item.i + 16777216 > float(16777216)"), "true");
}

TEST_F(Language, IntOfAFloatTruncatesAndSaturates) {
  EXPECT_EQ(value("int(item.f)", "20"), "2");
  EXPECT_EQ(value("int(item.f)", "40"), "-1");
  EXPECT_EQ(value("int(item.f)", "30"), "0");
  EXPECT_EQ(value("int(item.g)", "20"), "9223372036854775807");
}

TEST_F(Language, PowersOfTwoAndOneHalfAreExact) {
  EXPECT_EQ(value("item.f ** 2"), value("item.f * item.f"));
  EXPECT_EQ(value("item.f ** 0.5"), value("sqrt(item.f)"));
  EXPECT_EQ(value("2.0 ** 3 ** 2"), "512");
  EXPECT_EQ(value("-2.0 ** 2"), "-4");
  EXPECT_EQ(value("2.0 ** -1"), "0.5");
}

TEST_F(Language, ComparisonsWithNanAreFalse) {
  for (const char* op : {"==", "<", "<=", ">", ">="})
    EXPECT_EQ(value(std::string("item.f ") + op + " item.f", "30"), "false") << op;
  EXPECT_EQ(value("is_nan(item.f)", "30"), "true");
  EXPECT_EQ(value("max(item.f, 1.0)", "30"), "\"NaN\"");
  EXPECT_EQ(value("clamp(item.f, 0.0, 1.0)", "30"), "\"NaN\"");
}

TEST_F(Language, MissingValuesNeedADefaultOrATest) {
  EXPECT_EQ(value("item.q ?? 5", "30"), "5");
  EXPECT_EQ(value("item.q ?? 5"), "7");
  EXPECT_EQ(value("if item.q is not none and item.q > 3 then item.q else -1"), "7");
  EXPECT_EQ(value("if item.q is none or item.q < 3 then 1 else item.q"), "7");
  EXPECT_EQ(value("if item.q is not none then item.q else none", "30"), "null");
  EXPECT_EQ(value("user.age ?? 18", "10", "2"), "18");
  EXPECT_EQ(value("request.floor ?? item.q ?? 4", "30"), "4");
}

TEST_F(Language, ListsAndStrings) {
  EXPECT_EQ(value("item.tags"), "[]");
  EXPECT_EQ(value("len(item.tags)", "30"), "2");
  EXPECT_EQ(value("item.marks[1]"), "2");
  EXPECT_EQ(value("item.marks[2]"), "null");
  EXPECT_EQ(value("item.marks[-1]"), "null");
  EXPECT_EQ(value("\"y\" in item.tags", "30"), "true");
  EXPECT_EQ(value("overlaps(item.marks, user.friends)"), "true");
  EXPECT_EQ(value("jaccard(item.marks, user.friends)"), "0.33333334");
  EXPECT_EQ(value("item.s", "40"), "\"q\\\"uote, \u00e9\"");
  EXPECT_EQ(value("starts_with(user.city, \"Xi\")"), "true");
  EXPECT_EQ(value("item.s in [\"b\", \"c\"]", "20"), "true");
  EXPECT_EQ(value("item.i in user.friends", "20"), "true");
}

TEST_F(Language, TimesAndDurations) {
  EXPECT_EQ(value("item.made"), "\"2026-10-31T16:00:00Z\"");
  EXPECT_EQ(value("age(item.made).days", "20"), "2.5");
  EXPECT_EQ(value("age(item.made) < 30d"), "true");
  EXPECT_EQ(value("(age(item.made) * 0.5)", "20"), "108000000000");
  EXPECT_EQ(value("item.made.hour"), "0");
  EXPECT_EQ(value("item.made.weekday"), "7");  // a Sunday in Shanghai
  EXPECT_EQ(value("request.now"), "\"2026-11-23T00:00:00Z\"");
  EXPECT_EQ(value("item.made in time(\"2026-11-01\") .. request.now"), "false");
}

TEST_F(Language, Vectors) {
  EXPECT_EQ(value("cosine(item.v, user.taste)", "30"), "0.6");
  EXPECT_EQ(value("dot(item.v, user.taste)", "40"), "-1");
  EXPECT_EQ(value("cosine(item.v, user.taste)", "20"), "0");
  EXPECT_EQ(value("l2(item.v, user.taste)", "30"), value("sqrt(20.0)"));
}

TEST_F(Language, Sequences) {
  EXPECT_EQ(value("user.all.count()"), "4");
  EXPECT_EQ(value("user.likes.count()"), "2");  // keep: 2, the newest
  EXPECT_EQ(value("user.all.count(e => e.kind == \"like\")"), "3");
  EXPECT_EQ(value("user.all.last(2).count(e => e.item == item)"), "1");
  EXPECT_EQ(value("user.all.count(e => e.item.s == item.s)", "20"), "2");
  EXPECT_EQ(value("user.all.sum(e => e.stars ?? 0.0)"), "12");
  EXPECT_EQ(value("user.all.mean(e => e.stars ?? 0.0)"), "3");
  EXPECT_EQ(value("user.all.where(e => e.item == item).max(e => e.stars ?? 0.0)"), "5");
  EXPECT_EQ(value("user.all.where(e => e.item == item).max(e => e.stars ?? 0.0)", "40"), "null");
  EXPECT_EQ(value("item in user.all", "40"), "false");
  EXPECT_EQ(value("item in user.likes", "30"), "true");
  EXPECT_EQ(value("user.all.within(1d).count()", "10"), "0");
  EXPECT_EQ(value("user.all.count()", "10", "2"), "1");
}

TEST_F(Language, OrderingsAreStableAndNanComesLast) {
  EXPECT_EQ(order(""), "10 20 30 40");
  EXPECT_EQ(order("sort by item.f"), "20 10 40 30");
  EXPECT_EQ(order("sort by item.f asc"), "40 10 20 30");
  EXPECT_EQ(order("sort by item.g"), "20 30 40 10");  // 0.5 twice: present order; -0.0 last
  EXPECT_EQ(order("sort by item.g asc"), "10 30 40 20");
  EXPECT_EQ(order("sort by item.i top 2 by item.g"), "20 30");
  EXPECT_EQ(order("top 3 by item.f"), "20 10 40");
  EXPECT_EQ(order("top 0 by item.f"), "");
  EXPECT_EQ(order("sort by item.made take 1 per item.s"), "40 30 10");
  EXPECT_EQ(order("take 2"), "10 20");
  EXPECT_EQ(order("where item.f > 0.0"), "10 20");
  EXPECT_EQ(order("where not (item.f <= 0.0)"), "10 20 30");
}

TEST_F(Language, FunctionsAndParametersAreInlined) {
  EXPECT_EQ(value("0.0 + sigmoid(0.0)"), "0.5");
  const auto pages = space_->pages(
      "param w : float = 2.0 within 0.0 .. 10.0\nfn twice(x: float) = x * w\npipeline page(user: users, item: things) "
      "{\n"
      "  recall { all = items take 1 }\n  emit twice(item.i) as x\n}\n",
      {{{"user", "1"}}, {{"user", "1"}, {"set", {{"w", 3}}}}});
  ASSERT_EQ(pages.size(), 2U);
  EXPECT_EQ(pages[0]["items"][0]["values"]["x"], 2);
  EXPECT_EQ(pages[1]["items"][0]["values"]["x"], 3);
}

}  // namespace
}  // namespace rec::product
