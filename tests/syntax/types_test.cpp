// Types and values as text, both ways.
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>
#include <random>

#include "compiler/types/text.h"
#include "compiler/types/type.h"

namespace rec::types {
namespace {

TEST(Numbers, ShortestFormReadsBackTheSame) {
  EXPECT_EQ(format_float(0.1f), "0.1");
  EXPECT_EQ(format_float(1e-7f), "1e-07");
  EXPECT_EQ(format_float(-0.0f), "-0");
  EXPECT_EQ(format_float(std::nanf("")), "NaN");
  EXPECT_EQ(format_double(-std::numeric_limits<double>::infinity()), "-Infinity");
  std::mt19937 random(1);
  for (int i = 0; i < 20'000; ++i) {
    const auto value = std::bit_cast<float>(static_cast<uint32_t>(random()));
    if (!std::isfinite(value)) continue;
    const auto back = parse_float(format_float(value));
    ASSERT_TRUE(back.has_value()) << format_float(value);
    EXPECT_EQ(std::bit_cast<uint32_t>(*back), std::bit_cast<uint32_t>(value));
  }
}

TEST(Numbers, ReadsWholeTextsOnly) {
  EXPECT_EQ(parse_int("-9223372036854775808"), std::numeric_limits<int64_t>::min());
  for (const char* bad : {"", "+1", "1.0", "9223372036854775808", " 1", "1 ", "0x10", "-"})
    EXPECT_FALSE(parse_int(bad)) << bad;
  EXPECT_EQ(parse_float("16777217"), 16777216.0f);  // ties to even
  EXPECT_TRUE(std::isnan(*parse_float("nan")));
  EXPECT_TRUE(std::isinf(*parse_double("-inf")));
  EXPECT_EQ(parse_float("1e-60"), 0.0f);  // nearest
  EXPECT_TRUE(std::signbit(*parse_double("-1e-999")));
  for (const char* bad : {"", "1e39", "1e999", "1,5", "1 ", "+1", "nan(3)", "x", "0x1p3"})
    EXPECT_FALSE(parse_float(bad)) << bad;
  EXPECT_FALSE(parse_double("1e999"));
}

TEST(Durations, BothWays) {
  EXPECT_EQ(parse_duration("500us"), 500);
  EXPECT_EQ(parse_duration("80ms"), 80'000);
  EXPECT_EQ(parse_duration("1.5h"), 5'400'000'000);
  EXPECT_EQ(parse_duration("-30d"), -30 * 86'400'000'000);
  EXPECT_EQ(parse_duration("1_000s"), 1'000'000'000);
  EXPECT_EQ(parse_duration("0.5us"), 0);  // half to even
  EXPECT_EQ(parse_duration("1.5us"), 2);
  EXPECT_EQ(parse_duration("2.5us"), 2);
  EXPECT_EQ(parse_duration("2.50000000000000000000000001us"), 3);
  for (const char* bad : {"", "5", "s", "5 s", "5sec", "1.s", ".5s", "200000000000d", "1e3s", "1__0s", "--1s"}) {
    EXPECT_FALSE(parse_duration(bad)) << bad;
  }
  EXPECT_EQ(format_duration(0), "0s");
  EXPECT_EQ(format_duration(5'400'000'000), "90m");
  EXPECT_EQ(format_duration(1'500'000), "1500ms");
  EXPECT_EQ(format_duration(-30 * 86'400'000'000), "-30d");
  EXPECT_EQ(format_duration(std::numeric_limits<int64_t>::min()), "-9223372036854775808us");
}

TEST(Times, BothWays) {
  EXPECT_EQ(parse_time("1970-01-01"), 0);
  EXPECT_EQ(parse_time("2026-11-01T00:00+08:00"), 1793462400'000'000);
  EXPECT_EQ(parse_time("2026-10-31 16:00:00Z"), 1793462400'000'000);
  EXPECT_EQ(parse_time("2000-02-29T23:59:59.123456"), 951868799'123'456);
  EXPECT_EQ(parse_time("1969-12-31T23:59:59.999"), -1'000);
  EXPECT_EQ(parse_time("2026-11-01T00:00-0530"), parse_time("2026-11-01T05:30"));
  EXPECT_EQ(parse_time("2026-11-01T00:00+08"), parse_time("2026-10-31T16:00Z"));
  for (const char* bad :
       {"", "2026", "2026-13-01", "2026-02-29", "2026-1-1", "2026-11-01T", "2026-11-01T24:00", "2026-11-01T00:60",
        "2026-11-01T00:00:00.", "2026-11-01T00:00 +08:00", "2026-11-01T00:00+8", "2026-11-01Z", "2026-11-01T00:00Zx"}) {
    EXPECT_FALSE(parse_time(bad)) << bad;
  }
  EXPECT_EQ(format_time(1793462400'000'000), "2026-10-31T16:00:00Z");
  EXPECT_EQ(format_time(-1'000), "1969-12-31T23:59:59.999Z");
  EXPECT_EQ(format_time(1), "1970-01-01T00:00:00.000001Z");
  std::mt19937_64 random(2);
  std::uniform_int_distribution<int64_t> any(-62'000'000'000'000'000, 250'000'000'000'000'000);
  for (int i = 0; i < 5'000; ++i) {
    const int64_t time = any(random);
    EXPECT_EQ(parse_time(format_time(time)), time);
  }
}

TEST(Types, TextBothWays) {
  for (const char* text :
       {"bool", "int", "float?", "string", "time", "duration?", "[string]", "[float]?", "vector(64)", "vector(1)?"}) {
    Type type;
    ASSERT_TRUE(parse_type(text, type)) << text;
    EXPECT_EQ(to_text(type), text);
  }
  for (const char* bad : {"", "?", "in", "[int?]", "[[int]]", "vector(0)", "vector()", "vector(-1)",
                          "vector(99999999999)", "row(notes)", "int??", "[int"}) {
    Type type;
    EXPECT_FALSE(parse_type(bad, type)) << bad;
  }
  EXPECT_EQ(to_text(optional(row("notes"))), "row(notes)?");
  EXPECT_EQ(to_text(list_of_rows("notes")), "[row(notes)]");
  EXPECT_EQ(to_text(sequence("clicks")), "seq(clicks)");
}

TEST(Types, ComparedByValue) {
  EXPECT_EQ(list(Kind::integer), list(Kind::integer));
  EXPECT_NE(list(Kind::integer), list(Kind::floating));
  EXPECT_NE(floating(), optional(floating()));
  EXPECT_NE(row("a"), row("b"));
  Type a{.kind = Kind::record};
  Type b = a;
  a.fields = std::make_shared<const std::vector<Field>>(std::vector<Field>{{"x", floating()}});
  EXPECT_NE(a, b);
  b.fields = std::make_shared<const std::vector<Field>>(std::vector<Field>{{"x", floating()}});
  EXPECT_EQ(a, b);
  EXPECT_EQ(element_of(list_of_rows("notes")), row("notes"));
  EXPECT_TRUE(is_number(integer()));
  EXPECT_FALSE(is_number(optional(integer())));
  EXPECT_TRUE(is_ordered(time()));
  EXPECT_FALSE(is_ordered(string()));
}

TEST(Values, AsWritten) {
  EXPECT_EQ(to_text(Value(), floating()), "none");
  EXPECT_EQ(to_text(Value(true), boolean()), "true");
  EXPECT_EQ(to_text(Value(int64_t{5'000'000}), duration()), "5s");
  EXPECT_EQ(to_text(Value(int64_t{0}), time()), "time(\"1970-01-01T00:00:00Z\")");
  EXPECT_EQ(to_text(Value(0.5f), floating()), "0.5");
  EXPECT_EQ(to_text(Value(std::string("a\"b\n\x01")), string()), "\"a\\\"b\\n\\u{1}\"");
  EXPECT_EQ(to_text(Value(std::vector<int64_t>{60'000'000, 1}), list(Kind::duration)), "[1m, 1us]");
  EXPECT_EQ(to_text(Value(std::vector<bool>{true, false}), list(Kind::boolean)), "[true, false]");
  EXPECT_EQ(to_text(Value(std::vector<std::string>{}), list(Kind::string)), "[]");
  Type type{.kind = Kind::enumeration};
  type.names = std::make_shared<const std::vector<std::string>>(std::vector<std::string>{"mmoe", "din"});
  EXPECT_EQ(to_text(Value(int64_t{1}), type), "din");
  EXPECT_EQ(to_text(type), "enum { mmoe, din }");
}

}  // namespace
}  // namespace rec::types
