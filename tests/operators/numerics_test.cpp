// The project's own exp, log and relatives against long double: error in units in the last place, special values, same
// bits in a vector.
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <limits>
#include <string>
#include <thread>
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
  double bound;  // on the error over all floats, in units in the last place
};

// Double references are exact enough: their error is 2^-29 of a float's last place.
double exact_sigmoid(double x) {
  return 1 / (1 + std::exp(-x));
}

const std::vector<Function>& functions() {
  static const std::vector<Function> list = {
      {"exp", exp, std::exp, 0.56},       {"expm1", expm1, std::expm1, 0.72}, {"log", log, std::log, 0.51},
      {"log1p", log1p, std::log1p, 0.51}, {"tanh", tanh, std::tanh, 0.75},    {"sigmoid", sigmoid, exact_sigmoid, 0.6},
  };
  return list;
}
constexpr double kPowBound = 0.8;

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

/// The largest error over the floats with bits first, first + step, ...
double worst(const Function& f, uint64_t first, uint64_t step) {
  double most = 0;
  for (uint64_t bits = first; bits <= UINT32_MAX; bits += step) {
    const auto x = std::bit_cast<float>(static_cast<uint32_t>(bits));
    most = std::max(most, ulps(f.ours(x), f.exact(static_cast<double>(x))));
  }
  return most;
}

/// The largest error of x ** y over a sample of positive x, and of y that bring the result into the range of floats:
/// that is where the error shows.
double worst_power(uint64_t seed, uint64_t samples) {
  double most = 0;
  uint64_t state = seed;
  const auto next = [&] {
    return static_cast<uint32_t>((state = state * 6364136223846793005ULL + 1442695040888963407ULL) >> 32);
  };
  for (uint64_t i = 0; i < samples; ++i) {
    const bool near_one = i % 4 == 0;  // where a logarithm's relative error is hardest, and exponents are large
    const auto x = std::bit_cast<float>(near_one ? 0x3f000000U + next() % 0x01000000U : next() & 0x7fffffffU);
    const float limit = 150 / std::max(1e-7F, std::fabs(std::log2(x)));
    const float y = (static_cast<float>(next()) / 4294967296.0F * 2 - 1) * (std::isfinite(limit) ? limit : 3.0F);
    if (y == 2.0F || y == 0.5F) continue;
    most = std::max(most, ulps(pow(x, y), std::pow(static_cast<double>(x), static_cast<double>(y))));
  }
  return most;
}

/// The largest of part(k, parts) over as many parts as there are cores, each on a thread of its own.
double worst_in_parallel(const std::function<double(uint64_t part, uint64_t parts)>& part) {
  const uint64_t parts = std::max(1U, std::thread::hardware_concurrency());
  std::vector<double> most(parts);
  {
    std::vector<std::jthread> threads;
    for (uint64_t k = 0; k < parts; ++k) threads.emplace_back([&, k] { most[k] = part(k, parts); });
  }
  return *std::max_element(most.begin(), most.end());
}

bool same_bits(float a, float b) {
  return std::bit_cast<uint32_t>(a) == std::bit_cast<uint32_t>(b);
}

TEST(Numerics, EveryFunctionIsWithinItsBound) {
  for (const Function& f : functions()) {
    const double most = worst(f, 0, 4093);
    RecordProperty(f.name + "_ulp", std::to_string(most));
    EXPECT_LT(most, f.bound) << f.name;
  }
}

// `./dev numbers`: minutes.
TEST(Numerics, DISABLED_EveryFloat) {
  for (const Function& f : functions()) {
    const double most = worst_in_parallel([&](uint64_t part, uint64_t parts) { return worst(f, part, parts); });
    std::printf("%s: %.4f ulp\n", f.name.c_str(), most);
    EXPECT_LT(most, f.bound) << f.name;
  }
  const double most =
      worst_in_parallel([](uint64_t part, uint64_t parts) { return worst_power(part + 1, 400'000'000 / parts); });
  std::printf("**: %.4f ulp on a sample\n", most);
  EXPECT_LT(most, kPowBound);
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

TEST(Numerics, PowIsWithinItsBoundOnASample) {
  const double most = worst_power(1, 1'000'000);
  RecordProperty("pow_ulp", std::to_string(most));
  EXPECT_LT(most, kPowBound);
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
  const std::vector<uint64_t> pinned = {0xf880dd6150fdf9fbU, 0x8aa4897c0278582fU, 0xc7087c98028b20e9U,
                                        0x59d629937305791fU, 0xe2c3b7361b17926eU, 0x786ccdc96bceb969U};
  for (size_t i = 0; i < functions().size(); ++i)
    EXPECT_EQ(fingerprint(functions()[i].ours), pinned[i]) << functions()[i].name;
  uint64_t powers = 0;
  for (int i = 0; i < 4096; ++i) {
    const float p = pow(static_cast<float>(i) * 0.37F, static_cast<float>(i % 97) * 0.21F - 9);
    powers = powers * 1099511628211ULL + std::bit_cast<uint32_t>(p);
  }
  EXPECT_EQ(powers, 0xb1580ac1551d99b5U);
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
