// Functions of the language, each rule of their meaning pinned: wrap-around, saturation, NaN, rounding, zero divisors,
// time.
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstring>
#include <limits>

#include "operators/functions/signature.h"
#include "operators/registry.h"

namespace rec::operators {
namespace {

constexpr int64_t kMin = std::numeric_limits<int64_t>::min();
constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
const float kNan = std::nanf("");
const float kInf = std::numeric_limits<float>::infinity();

struct Value {
  types::Type type;
  alignas(16) std::array<std::byte, 16> bytes{};
  bool present = true;
  template <typename T>
  T as() const {
    T out;
    std::memcpy(&out, bytes.data(), sizeof(T));
    return out;
  }
};
template <typename T>
Value value(types::Type type, T x) {
  Value v{.type = std::move(type)};
  std::memcpy(v.bytes.data(), &x, sizeof(T));
  return v;
}
Value f(float x) {
  return value(types::floating(), x);
}
Value i(int64_t x) {
  return value(types::integer(), x);
}
Value d(int64_t x) {
  return value(types::duration(), x);
}
Value t(int64_t x) {
  return value(types::time(), x);
}
Value b(bool x) {
  return value<uint8_t>(types::boolean(), x ? 1 : 0);
}
template <typename T>
Value list(types::Kind element, const std::vector<T>& elements) {
  return value(types::list(element),
               column::ListRef{.data = elements.data(), .size = static_cast<uint32_t>(elements.size())});
}

const Registry& registry() {
  static const Registry all;
  return all;
}

bool fits(const types::Type& parameter, const types::Type& given) {
  return parameter.kind == given.kind && (parameter.kind != types::Kind::list ||
                                          parameter.element == types::Kind::none || parameter.element == given.element);
}

/// The first overload that takes these types, or the last of them.
Value call(const std::string& name, std::vector<Value> args, bool last = false) {
  const auto& def = std::get<FunctionDef>(registry().function(name)->what);
  const Overload* chosen = nullptr;
  for (const Overload& overload : def.overloads) {
    bool takes = def.variadic || overload.parameters.size() == args.size();
    for (size_t k = 0; takes && !def.variadic && k < args.size(); ++k)
      takes = fits(overload.parameters[k], args[k].type);
    if (takes && (chosen == nullptr || last)) chosen = &overload;
  }
  EXPECT_NE(chosen, nullptr) << name;
  std::vector<Operand> operands;
  for (const Value& arg : args) operands.push_back({.data = arg.bytes.data(), .uniform = false, .type = &arg.type});
  const KernelContext context{.timezone = "Asia/Shanghai"};
  Value out{.type = chosen->result};
  uint8_t present = 1;
  chosen->kernel({.n = 1,
                  .args = operands,
                  .out = out.bytes.data(),
                  .out_present = chosen->result.optional ? &present : nullptr,
                  .context = &context});
  out.present = present != 0;
  return out;
}
float F(const std::string& name, std::vector<Value> args) {
  return call(name, std::move(args)).as<float>();
}
int64_t I(const std::string& name, std::vector<Value> args) {
  return call(name, std::move(args)).as<int64_t>();
}
bool B(const std::string& name, std::vector<Value> args) {
  return call(name, std::move(args)).as<uint8_t>() != 0;
}

TEST(Functions, IntsWrapAround) {
  EXPECT_EQ(I("+", {i(kMax), i(1)}), kMin);
  EXPECT_EQ(I("-", {i(kMin), i(1)}), kMax);
  EXPECT_EQ(I("*", {i(kMax), i(2)}), -2);
  EXPECT_EQ(I("negate", {i(kMin)}), kMin);
  EXPECT_EQ(I("abs", {i(kMin)}), kMin);
}

TEST(Functions, DurationsAndTimesSaturate) {
  EXPECT_EQ(I("+", {d(kMax), d(1)}), kMax);
  EXPECT_EQ(I("-", {t(kMin), d(1)}), kMin);
  EXPECT_EQ(I("-", {t(kMax), t(-1)}), kMax);
  EXPECT_EQ(I("*", {d(kMax), i(-2)}), kMin);
  EXPECT_EQ(I("negate", {d(kMin)}), kMax);
  EXPECT_EQ(I("abs", {d(kMin)}), kMax);
  EXPECT_EQ(I("sign", {d(-5)}), -1);
}

TEST(Functions, ADurationTimesAFloatIsExactAndRoundsHalfToEven) {
  EXPECT_EQ(I("*", {d(5), f(0.5F)}), 2);
  EXPECT_EQ(I("*", {d(7), f(0.5F)}), 4);
  EXPECT_EQ(I("*", {f(-0.5F), d(5)}), -2);
  EXPECT_EQ(I("*", {d(3), f(1.5F)}), 4);                                            // 4.5
  EXPECT_EQ(I("*", {d((int64_t{1} << 60) + 1), f(1.0F)}), (int64_t{1} << 60) + 1);  // a double would lose the 1
  EXPECT_EQ(I("*", {d(kMax), f(1.5F)}), kMax);
  EXPECT_EQ(I("*", {d(-3), f(kInf)}), kMin);
  EXPECT_EQ(I("*", {d(3), f(kNan)}), 0);
  EXPECT_EQ(I("*", {d(kMax), f(1e-45F)}), 0);
  EXPECT_EQ(I("*", {d(1), f(1e30F)}), kMax);
  EXPECT_EQ(I("*", {d(kMin), f(1.0F)}), kMin);
}

TEST(Functions, DivisionIsOfFloats) {
  EXPECT_EQ(F("/", {i(1), i(3)}), 1.0F / 3.0F);
  EXPECT_EQ(F("/", {i(1), i(0)}), kInf);
  EXPECT_TRUE(std::isnan(F("/", {i(0), i(0)})));
  EXPECT_EQ(F("/", {i(16777217), i(1)}), 16777216.0F);
  EXPECT_EQ(F("/", {d(3'600'000'000), d(1'800'000'000)}), 2.0F);
}

TEST(Functions, DivAndModuloOfIntsMissForZeroAndFloor) {
  for (const auto& [a, c, quotient, rest] : std::vector<std::array<int64_t, 4>>{
           {7, 2, 3, 1}, {-7, 2, -4, 1}, {7, -2, -4, -1}, {-7, -2, 3, -1}, {6, 3, 2, 0}, {kMin, -1, kMin, 0}}) {
    for (const bool last : {false, true}) {
      const Value got = call("div", {i(a), i(c)}, last), modulo = call("%", {i(a), i(c)}, last);
      EXPECT_EQ(got.as<int64_t>(), quotient) << a << " " << c;
      EXPECT_EQ(modulo.as<int64_t>(), rest) << a << " " << c;
      EXPECT_TRUE(got.present && modulo.present);
    }
  }
  EXPECT_FALSE(call("div", {i(7), i(0)}).present);
  EXPECT_FALSE(call("%", {i(7), i(0)}).present);
  EXPECT_EQ(call("%", {i(7), i(0)}).as<int64_t>(), 0);  // missing values are zeros
}

TEST(Functions, ComparisonsWithNanAreFalseAndMixedOnesAreInDouble) {
  for (const char* name : {"==", "<", "<=", ">", ">="}) EXPECT_FALSE(B(name, {f(kNan), f(kNan)})) << name;
  EXPECT_TRUE(B("!=", {f(kNan), f(kNan)}));
  EXPECT_TRUE(B("==", {f(0.0F), f(-0.0F)}));
  EXPECT_FALSE(B("==", {i(16777217), f(16777216.0F)}));
  EXPECT_TRUE(B(">", {i(16777217), f(16777216.0F)}));
  EXPECT_TRUE(B("<", {f(16777216.0F), i(16777217)}));
  EXPECT_TRUE(B("==", {b(true), b(true)}));
  EXPECT_FALSE(B("==", {value(types::row("x"), column::kNoRow), value(types::row("x"), column::kNoRow)}));
}

TEST(Functions, ExtremesAreNanIfAnyOperandIs) {
  for (const char* name : {"min", "max"}) {
    EXPECT_TRUE(std::isnan(F(name, {f(kNan), f(1)}))) << name;
    EXPECT_TRUE(std::isnan(F(name, {f(1), f(kNan)}))) << name;
  }
  for (size_t k = 0; k < 3; ++k) {
    std::vector<Value> args = {f(1), f(0), f(2)};
    args[k] = f(kNan);
    EXPECT_TRUE(std::isnan(F("clamp", args)));
  }
  EXPECT_EQ(F("clamp", {f(5), f(3), f(1)}), 1.0F);
  EXPECT_EQ(I("clamp", {i(-5), i(3), i(1)}), 1);
  EXPECT_EQ(I("clamp", {t(5), t(1), t(3)}), 3);
  EXPECT_EQ(F("sign", {f(-0.0F)}), 0.0F);
  EXPECT_TRUE(std::isnan(F("sign", {f(kNan)})));
}

TEST(Functions, RoundingAndConversion) {
  EXPECT_EQ(F("round", {f(2.5F)}), 2.0F);
  EXPECT_EQ(F("round", {f(3.5F)}), 4.0F);
  EXPECT_EQ(F("floor", {f(-1.5F)}), -2.0F);
  EXPECT_EQ(F("ceil", {f(-1.5F)}), -1.0F);
  EXPECT_EQ(I("int", {f(-1.9F)}), -1);
  EXPECT_EQ(I("int", {f(kNan)}), 0);
  EXPECT_EQ(I("int", {f(kInf)}), kMax);
  EXPECT_EQ(I("int", {f(-1e30F)}), kMin);
  EXPECT_EQ(I("int", {f(9.2233720e18F)}), kMax);
  EXPECT_EQ(F("float", {i(16777217)}), 16777216.0F);
}

TEST(Functions, PowersWithAMeaningOfTheirOwn) {
  EXPECT_EQ(F("**", {f(1.1F), f(2)}), 1.1F * 1.1F);
  EXPECT_EQ(F("**", {f(3), f(0.5F)}), std::sqrt(3.0F));
  EXPECT_TRUE(std::signbit(F("**", {f(-0.0F), f(0.5F)})));
  EXPECT_EQ(F("**", {f(2), f(10)}), 1024.0F);
  EXPECT_EQ(F("calibrate", {f(0.5F), f(0.1F)}), static_cast<float>(0.1F * 0.5 / (0.5 + 0.1F * 0.5)));
}

TEST(Functions, PartsOfTimes) {
  EXPECT_EQ(F("days", {d(129'600'000'000)}), 1.5F);
  EXPECT_EQ(F("us", {d(-3)}), -3.0F);
  EXPECT_EQ(F("minutes", {d(90'000'000)}), 1.5F);
  EXPECT_EQ(I("hour", {t(0)}), 8);  // 1970-01-01T08:00 in Shanghai, a Thursday
  EXPECT_EQ(I("weekday", {t(0)}), 4);
  EXPECT_EQ(I("hour", {t(-1)}), 7);  // a microsecond earlier is the hour before
  EXPECT_EQ(I("weekday", {t(16LL * 3'600'000'000)}), 5);
}

TEST(Functions, TablesOfPoints) {
  const std::vector<float> xs = {0, 1, 3}, ys = {10, 20, 0};
  const Value bounds = list(types::Kind::floating, xs), values = list(types::Kind::floating, ys);
  EXPECT_EQ(I("bucket", {f(0), bounds}), 0);
  EXPECT_EQ(I("bucket", {f(0.5F), bounds}), 1);
  EXPECT_EQ(I("bucket", {f(3), bounds}), 2);
  EXPECT_EQ(I("bucket", {f(9), bounds}), 3);
  EXPECT_EQ(I("bucket", {f(kNan), bounds}), 0);
  EXPECT_EQ(F("interpolate", {f(-5), bounds, values}), 10.0F);
  EXPECT_EQ(F("interpolate", {f(0.5F), bounds, values}), 15.0F);
  EXPECT_EQ(F("interpolate", {f(2), bounds, values}), 10.0F);
  EXPECT_EQ(F("interpolate", {f(9), bounds, values}), 0.0F);
  EXPECT_TRUE(std::isnan(F("interpolate", {f(kNan), bounds, values})));
}

TEST(Functions, HashOfTheValuesTexts) {
  // xxhash64 with seed 0 of "" is 0xef46db3751d8e999, of "a" 0xd24ec4f1a98c6e5b, by the algorithm's specification.
  EXPECT_EQ(I("hash", {i(7), i(1)}), 0);
  EXPECT_EQ(I("hash", {i(7), i(0)}), 0);
  EXPECT_EQ(I("hash", {i(7), i(1000)}), I("hash", {i(7), i(1000)}));
  EXPECT_NE(I("hash", {i(1), i(23), i(kMax)}), I("hash", {i(12), i(3), i(kMax)}));
  EXPECT_EQ(I("hash", {f(1), i(kMax)}), I("hash", {i(1), i(kMax)}));  // both read "1"
  EXPECT_NE(I("hash", {f(-0.5F), i(kMax)}), I("hash", {f(0.5F), i(kMax)}));
}

TEST(Functions, SetsOfLists) {
  const std::vector<int64_t> a = {3, 1, 3, 2}, c = {2, 5, 3}, none;
  const auto ints = [](const std::vector<int64_t>& x) { return list(types::Kind::integer, x); };
  EXPECT_TRUE(B("overlaps", {ints(a), ints(c)}));
  EXPECT_FALSE(B("overlaps", {ints(a), ints(none)}));
  EXPECT_EQ(F("jaccard", {ints(a), ints(c)}), 0.5F);
  EXPECT_EQ(F("jaccard", {ints(none), ints(none)}), 0.0F);
  const std::vector<float> x = {-0.0F, kNan}, y = {0.0F, kNan};
  EXPECT_EQ(F("jaccard", {list(types::Kind::floating, x), list(types::Kind::floating, y)}), 1.0F);
}

TEST(Functions, ArgumentsKnownAtCompileTimeAreChecked) {
  const auto check = [](const char* name, std::vector<std::optional<types::Value>> arguments) {
    return std::get<FunctionDef>(registry().function(name)->what).check_constants(arguments);
  };
  EXPECT_NE(check("clamp", {std::nullopt, int64_t{3}, int64_t{1}}), "");
  EXPECT_EQ(check("clamp", {std::nullopt, int64_t{1}, int64_t{3}}), "");
  EXPECT_NE(check("bucket", {std::nullopt, std::vector<float>{1, 1}}), "");
  EXPECT_EQ(check("bucket", {std::nullopt, std::vector<int64_t>{1, 2}}), "");
  EXPECT_NE(check("interpolate", {std::nullopt, std::vector<float>{1, 2}, std::vector<float>{1}}), "");
  EXPECT_NE(check("hash", {std::nullopt, int64_t{0}}), "");
}

TEST(Functions, EveryOperatorIsDocumented) {
  for (const OperatorDef& def : registry().all()) {
    EXPECT_FALSE(def.doc.empty() || def.doc.back() != '.') << def.name;
    EXPECT_FALSE(def.example.empty()) << def.name;
    for (const ParameterDef& parameter : def.parameters)
      EXPECT_FALSE(parameter.doc.empty()) << def.name << " " << parameter.name;
  }
}

}  // namespace
}  // namespace rec::operators
