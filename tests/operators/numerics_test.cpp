// The project's own exp, log and relatives against long double: error in units in the last place, special values, same
// bits in a vector.
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "operators/numerics/exp.h"
#include "operators/numerics/log.h"
#include "operators/numerics/pow.h"
#include "operators/numerics/vectors.h"

namespace rec::numerics {
namespace {

constexpr float kInf = kInfinity;
constexpr float kTiny = std::numeric_limits<float>::denorm_min();
constexpr float kMax = std::numeric_limits<float>::max();

struct Function {
  std::string name;
  float (*ours)(float);
  double (*exact)(double);
};

// Double references are exact enough: their error is 2^-29 of a float's last place.
double exact_sigmoid(double x) {
  return 1 / (1 + std::exp(-x));
}

const std::vector<Function>& functions() {
  static const std::vector<Function> list = {
      {"exp", exp, std::exp},       {"expm1", expm1, std::expm1}, {"log", log, std::log},
      {"log1p", log1p, std::log1p}, {"tanh", tanh, std::tanh},    {"sigmoid", sigmoid, exact_sigmoid},
  };
  return list;
}

/// |got - exact| in units of the float spacing at `exact`; infinite where one is NaN or infinite as a float and the
/// other is not.
double ulps(float got, double exact) {
  const auto rounded = static_cast<float>(exact);
  if (std::isnan(rounded) || std::isnan(got)) return std::isnan(rounded) == std::isnan(got) ? 0 : HUGE_VAL;
  if (std::isinf(rounded) || std::isinf(got)) return rounded == got ? 0 : HUGE_VAL;
  int exponent = 0;
  std::frexp(exact, &exponent);
  const double spacing = std::ldexp(1.0, std::max(exponent - 24, -149));
  return std::fabs(static_cast<double>(got) - exact) / spacing;
}

double worst(const Function& f, uint64_t step) {
  double most = 0;
  for (uint64_t bits = 0; bits <= UINT32_MAX; bits += step) {
    const auto x = std::bit_cast<float>(static_cast<uint32_t>(bits));
    most = std::max(most, ulps(f.ours(x), f.exact(static_cast<double>(x))));
  }
  return most;
}

bool same_bits(float a, float b) {
  return std::bit_cast<uint32_t>(a) == std::bit_cast<uint32_t>(b);
}

TEST(Numerics, EveryFunctionIsWithinHalfAnUlpAndALittle) {
  for (const Function& f : functions()) {
    const double most = worst(f, 4093);
    RecordProperty(f.name + "_ulp", std::to_string(most));
    EXPECT_LT(most, 0.501) << f.name;
  }
}

TEST(Numerics, DISABLED_EveryFloat) {
  for (const Function& f : functions()) {
    const double most = worst(f, 1);
    std::printf("%s: %.6f ulp\n", f.name.c_str(), most);
    EXPECT_LT(most, 0.501) << f.name;
  }
}

TEST(Numerics, SpecialValuesAreThoseOfC) {
  for (const float x : {0.0F, -0.0F, 1.0F, -1.0F, kInf, -kInf, kTiny, -kTiny, kMax, -kMax, kNaN, 0.5F, -0.5F}) {
    const auto check = [&](const char* name, float got, float wanted) {
      if (std::isnan(wanted)) {
        EXPECT_TRUE(same_bits(got, kNaN)) << name << " of " << x;
      } else {
        EXPECT_LE(ulps(got, static_cast<double>(wanted)), 1) << name << " of " << x;
        EXPECT_EQ(std::signbit(got), std::signbit(wanted)) << name << " of " << x;
      }
    };
    check("exp", exp(x), std::exp(x));
    check("expm1", expm1(x), std::expm1(x));
    check("log", log(x), std::log(x));
    check("log1p", log1p(x), std::log1p(x));
    check("tanh", tanh(x), std::tanh(x));
  }
  EXPECT_EQ(sigmoid(kInf), 1.0F);
  EXPECT_EQ(sigmoid(-kInf), 0.0F);
  EXPECT_EQ(sigmoid(0.0F), 0.5F);
  EXPECT_TRUE(same_bits(sigmoid(kNaN), kNaN));
  EXPECT_EQ(exp(-103.9F), kTiny);  // denormal results
  EXPECT_EQ(log(kTiny), static_cast<float>(std::log(static_cast<double>(kTiny))));
}

TEST(Numerics, PowHasTheSpecialValuesOfC) {
  const std::vector<float> values = {0.0F,   -0.0F, 1.0F,       -1.0F,       2.0F,  -2.0F,      3.0F,      -3.0F,
                                     0.3F,   -0.3F, 1.5F,       -1.5F,       kInf,  -kInf,      kNaN,      kTiny,
                                     -kTiny, kMax,  -kMax,      16777216.F,  1e9F,  -1e9F,      0.25F,     7.0F,
                                     -7.0F,  1e-9F, 16777215.F, -16777215.F, 100.F, 0.9999999F, 1.0000001F};
  for (const float x : values) {
    for (const float y : values) {
      const float got = pow(x, y);
      if (y == 2.0F) {
        EXPECT_TRUE(same_bits(got, x * x) || std::isnan(x)) << x;
        continue;
      }
      const double exact = std::pow(static_cast<double>(x), static_cast<double>(y));
      EXPECT_LE(ulps(got, exact), 2) << x << " ** " << y;
      if (!std::isnan(exact)) {
        EXPECT_EQ(std::signbit(got), std::signbit(exact)) << x << " ** " << y;
      }
    }
    const float root = std::sqrt(x);
    EXPECT_TRUE(std::isnan(root) ? std::isnan(pow(x, 0.5F)) : same_bits(pow(x, 0.5F), root)) << x;
  }
}

TEST(Numerics, PowIsWithinOneUlpOnASample) {
  double most = 0;
  uint64_t state = 1;
  const auto next = [&] {
    return static_cast<uint32_t>((state = state * 6364136223846793005ULL + 1442695040888963407ULL) >> 32);
  };
  for (int i = 0; i < 1'000'000; ++i) {
    const auto x = std::bit_cast<float>(next() & 0x7fffffffU);
    // Exponents that bring the result into the range of floats: that is where the error shows.
    const float limit = 150 / std::max(1e-3F, std::fabs(std::log2(x)));
    const float y = (static_cast<float>(next()) / 4294967296.0F * 2 - 1) * (std::isfinite(limit) ? limit : 3.0F);
    if (y == 2.0F || y == 0.5F) continue;
    most = std::max(most, ulps(pow(x, y), std::pow(static_cast<double>(x), static_cast<double>(y))));
  }
  RecordProperty("pow_ulp", std::to_string(most));
  EXPECT_LT(most, 0.501);
}

/// One number from the bits of many results: equal on every compiler and CPU, whatever vectors the loop below became.
uint64_t fingerprint(float (*f)(float)) {
  uint64_t sum = 0;
  for (uint64_t bits = 0; bits <= UINT32_MAX; bits += 65521) {
    sum = sum * 1099511628211ULL + std::bit_cast<uint32_t>(f(std::bit_cast<float>(static_cast<uint32_t>(bits))));
  }
  return sum;
}

TEST(Numerics, BitsArePinned) {
  const std::vector<uint64_t> pinned = {0x43dd56caaecc015cU, 0x569fd29c0db1f0efU, 0x42429ddf72ea90c4U,
                                        0xe0c960e6f79e77f7U, 0xa806bb835f9ae96bU, 0x7ef8ac6f15d3dfd1U};
  for (size_t i = 0; i < functions().size(); ++i)
    EXPECT_EQ(fingerprint(functions()[i].ours), pinned[i]) << functions()[i].name;
  uint64_t powers = 0;
  for (int i = 0; i < 4096; ++i) {
    const float p = pow(static_cast<float>(i) * 0.37F, static_cast<float>(i % 97) * 0.21F - 9);
    powers = powers * 1099511628211ULL + std::bit_cast<uint32_t>(p);
  }
  EXPECT_EQ(powers, 0x8e76ac7d205fa22eU);
}

TEST(Numerics, ALoopGivesTheBitsOfSingleCalls) {
  std::vector<float> x(10'007), logs(x.size()), exps(x.size()), sigmoids(x.size()), pows(x.size());
  for (size_t i = 0; i < x.size(); ++i) x[i] = std::bit_cast<float>(static_cast<uint32_t>(i * 429'497U));
  for (size_t i = 0; i < x.size(); ++i) logs[i] = log(x[i]);
  for (size_t i = 0; i < x.size(); ++i) exps[i] = exp(x[i]);
  for (size_t i = 0; i < x.size(); ++i) sigmoids[i] = sigmoid(x[i]);
  for (size_t i = 0; i < x.size(); ++i) pows[i] = pow(x[i], 0.3F);
  for (size_t i = 0; i < x.size(); ++i) {
    volatile float one = x[i];
    EXPECT_TRUE(same_bits(logs[i], log(one)));
    EXPECT_TRUE(same_bits(exps[i], exp(one)));
    EXPECT_TRUE(same_bits(sigmoids[i], sigmoid(one)));
    EXPECT_TRUE(same_bits(pows[i], pow(one, 0.3F)));
  }
}

TEST(Numerics, SumsOfVectorsHaveTheDefinedOrder) {
  std::vector<float> a(71), b(71);
  for (size_t i = 0; i < a.size(); ++i) {
    a[i] = std::ldexp(static_cast<float>(i % 7) - 3.1F, static_cast<int>(i * 13 % 60) - 30);
    b[i] = std::ldexp(static_cast<float>(i % 5) - 1.7F, static_cast<int>(i * 29 % 60) - 30);
  }
  for (size_t size = 0; size <= a.size(); ++size) {
    std::array<double, 8> sums{};
    for (size_t i = 0; i < size; ++i) sums[i % 8] += static_cast<double>(a[i]) * static_cast<double>(b[i]);
    const double wanted = ((sums[0] + sums[4]) + (sums[2] + sums[6])) + ((sums[1] + sums[5]) + (sums[3] + sums[7]));
    EXPECT_EQ(dot(a.data(), b.data(), size), wanted) << size;
  }
  const std::vector<float> zero(3, 0.0F), x = {3, 4, 0}, y = {0, 4, 3};
  EXPECT_EQ(cosine(zero.data(), x.data(), 3), 0.0F);
  EXPECT_EQ(cosine(x.data(), x.data(), 3), 1.0F);
  EXPECT_EQ(cosine(x.data(), y.data(), 3), 0.64F);
  EXPECT_EQ(squared_distance(x.data(), y.data(), 3), 18.0);
}

}  // namespace
}  // namespace rec::numerics
