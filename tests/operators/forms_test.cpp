// Forms against kernels: the graph that native code is made from gives the bits that the interpreter gives.
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "operators/form/scaling.h"
#include "operators/registry.h"

namespace rec::operators {
namespace {

using types::Kind;

std::string signature(const OperatorDef& def, const Overload& overload) {
  std::string text = def.name + "(";
  for (const types::Type& each : overload.parameters) {
    if (&each != &overload.parameters.front()) text += ", ";
    text += types::to_text(each);
  }
  return text + "): " + types::to_text(overload.result);
}

template <typename Visit>
void each_overload(Visit visit) {
  const Registry registry;
  for (const OperatorDef& def : registry.all()) {
    const auto* function = std::get_if<FunctionDef>(&def.what);
    if (function == nullptr) continue;
    for (const Overload& overload : function->overloads) visit(def, overload);
  }
}

std::set<std::string> without_form() {
  std::set<std::string> found;
  each_overload([&](const OperatorDef& def, const Overload& overload) {
    if (overload.form == nullptr && overload.kernel != nullptr) found.insert(signature(def, overload));
  });
  return found;
}

// Integer division, exact products of durations, and what reads lists, vectors, texts and clocks.
TEST(Forms, EveryFunctionHasOneButThese) {
  const std::set<std::string> without = {"%(int, int): int",
                                         "%(int, int): int?",
                                         "*(duration, float): duration",
                                         "*(duration, int): duration",
                                         "*(float, duration): duration",
                                         "*(int, duration): duration",
                                         "bucket(duration, [duration]): int",
                                         "bucket(float, [float]): int",
                                         "bucket(int, [int]): int",
                                         "bucket(time, [time]): int",
                                         "cosine(vector(0), vector(0)): float",
                                         "div(int, int): int",
                                         "div(int, int): int?",
                                         "dot(vector(0), vector(0)): float",
                                         "hash(int): int",
                                         "hour(time): int",
                                         "interpolate(float, [float], [float]): float",
                                         "jaccard([], []): float",
                                         "l2(vector(0), vector(0)): float",
                                         "overlaps([], []): bool",
                                         "starts_with(string, string): bool",
                                         "weekday(time): int"};
  EXPECT_EQ(without_form(), without);
}

// ---- operands, as bits of a lane

using Bits = std::vector<uint64_t>;

Bits special(Kind kind) {
  Bits out;
  if (kind == Kind::boolean) return {0, 1};
  if (kind == Kind::floating) {
    using Limits = std::numeric_limits<float>;
    const float inf = Limits::infinity();
    for (const float x : {0.0F,          1.0F,           2.0F,       0.5F,
                          3.0F,          1.5F,           2.5F,       0.3F,
                          88.7F,         103.9F,         1e-3F,      7.0F,
                          16777215.0F,   16777216.0F,    8388607.5F, 9.2233720e18F,
                          9.3e18F,       1e30F,          0.9999999F, 1.0000001F,
                          0.70710677F,   0.70710683F,    1.4142135F, Limits::denorm_min(),
                          Limits::min(), Limits::max(),  inf,        Limits::quiet_NaN(),
                          1e-40F,        1.1754942e-38F, 0.1F}) {
      for (const float one : {x, -x}) out.push_back(std::bit_cast<uint32_t>(one));
    }
    return out;
  }
  for (const int64_t x : {INT64_MIN, INT64_MIN + 1, INT64_MAX, INT64_MAX - 1, int64_t{0}, int64_t{1}, int64_t{-1},
                          int64_t{2}, int64_t{16777217}, int64_t{-16777217}, int64_t{9007199254740993},
                          int64_t{86'400'000'000}, int64_t{1} << 62, int64_t{UINT32_MAX}, int64_t{INT32_MIN}}) {
    out.push_back(static_cast<uint64_t>(x));
  }
  return out;
}

uint64_t any(Kind kind, std::mt19937_64& random) {
  const uint64_t bits = random();
  if (kind == Kind::boolean) return bits & 1;
  if (kind != Kind::floating) return bits >> (random() % 64);  // short ones too
  if (random() % 2 == 0) return bits & UINT32_MAX;             // any float
  const float near_one = static_cast<float>(bits % 20'000'003) / 1e6F - 10;
  return std::bit_cast<uint32_t>(near_one);
}

// ---- one overload on many rows

uint64_t canonical(Kind kind, uint64_t bits) {
  const bool nan = kind == Kind::floating && std::isnan(std::bit_cast<float>(static_cast<uint32_t>(bits)));
  return nan ? std::bit_cast<uint32_t>(std::numeric_limits<float>::quiet_NaN()) : bits;
}

std::vector<uint64_t> by_kernel(const Overload& overload, const std::vector<Bits>& operands, size_t n) {
  std::vector<std::vector<std::byte>> memory;
  std::vector<Operand> args;
  for (size_t a = 0; a < operands.size(); ++a) {
    const size_t bytes = width(overload.parameters[a]);
    memory.emplace_back(n * bytes + 8);
    for (size_t i = 0; i < n; ++i) std::memcpy(memory[a].data() + i * bytes, &operands[a][i], bytes);
  }
  for (size_t a = 0; a < operands.size(); ++a) {
    args.push_back({.data = memory[a].data(), .uniform = false, .type = &overload.parameters[a]});
  }
  const size_t bytes = width(overload.result);
  std::vector<std::byte> result(n * bytes);
  overload.kernel({.n = n, .args = args, .out = result.data()});
  std::vector<uint64_t> out(n, 0);
  for (size_t i = 0; i < n; ++i) std::memcpy(&out[i], result.data() + i * bytes, bytes);
  return out;
}

/// Every combination of special values, then `more` random rows.
std::vector<Bits> rows_for(const Overload& overload, size_t more) {
  std::vector<Bits> columns(overload.parameters.size());
  const auto add = [&](auto value) {
    for (size_t a = 0; a < columns.size(); ++a) columns[a].push_back(value(a));
  };
  std::vector<Bits> choices;
  size_t combinations = 1;
  for (const types::Type& each : overload.parameters) {
    choices.push_back(special(each.kind));
    combinations *= choices.back().size();
  }
  for (size_t i = 0; i < combinations; ++i) {
    size_t rest = i;
    add([&](size_t a) {
      const uint64_t value = choices[a][rest % choices[a].size()];
      rest /= choices[a].size();
      return value;
    });
  }
  std::mt19937_64 random(7);
  for (size_t i = 0; i < more; ++i) {
    add([&](size_t a) {
      const bool at_edge = random() % 8 == 0;
      return at_edge ? choices[a][random() % choices[a].size()] : any(overload.parameters[a].kind, random);
    });
  }
  for (size_t a = 0; a < columns.size(); ++a) {
    for (uint64_t& bits : columns[a]) {
      if (width(overload.parameters[a]) == 4) bits &= UINT32_MAX;
    }
  }
  return columns;
}

TEST(Forms, GiveTheBitsOfKernels) {
  each_overload([](const OperatorDef& def, const Overload& overload) {
    if (overload.form == nullptr) return;
    const form::Form form = overload.form(), basic = form::basic(form);
    ASSERT_EQ(form.arguments.size(), overload.parameters.size()) << signature(def, overload);
    const std::vector<Bits> columns = rows_for(overload, 20'000);
    const size_t n = columns[0].size();
    const std::vector<uint64_t> kernel = by_kernel(overload, columns, n);
    size_t wrong = 0;
    for (size_t i = 0; i < n && wrong < 5; ++i) {
      Bits row;
      for (const Bits& column : columns) row.push_back(column[i]);
      const auto [value, present] = form::evaluate(form, row);
      const Kind kind = overload.result.kind;
      const uint64_t wanted = canonical(kind, kernel[i]);
      const bool same_in_basic = canonical(kind, form::evaluate(basic, row).first) == wanted;
      if (present && canonical(kind, value) == wanted && same_in_basic) continue;
      ++wrong;
      ADD_FAILURE() << signature(def, overload) << " of " << testing::PrintToString(row) << ": kernel " << kernel[i]
                    << ", form " << value;
    }
  });
}

/// What is known is folded into the graph without a change of bits: one operand after the other becomes a constant.
TEST(Forms, WithConstantsGiveTheSameBits) {
  each_overload([](const OperatorDef& def, const Overload& overload) {
    if (overload.form == nullptr) return;
    const form::Form form = overload.form();
    const std::vector<Bits> columns = rows_for(overload, 200);
    const size_t arguments = columns.size(), step = 1 + columns[0].size() / 500;
    for (size_t i = 0; i < columns[0].size(); i += step) {
      Bits row;
      for (const Bits& column : columns) row.push_back(column[i]);
      const uint64_t wanted = canonical(overload.result.kind, form::evaluate(form, row).first);
      for (size_t known = 1; known < (size_t{1} << arguments); ++known) {
        form::Graph graph;
        std::vector<form::Id> ids;
        Bits rest;
        for (size_t a = 0; a < arguments; ++a) {
          const bool constant = ((known >> a) & 1) != 0;
          ids.push_back(constant ? graph.constant(form.arguments[a], row[a]) : graph.argument(form.arguments[a]));
          if (!constant) rest.push_back(row[a]);
        }
        const auto [result, present] = graph.insert(form, ids);
        const form::Form folded{
            .arguments = {}, .nodes = graph.nodes(), .tables = graph.tables(), .result = result, .present = present};
        ASSERT_EQ(canonical(overload.result.kind, form::evaluate(folded, rest).first), wanted)
            << signature(def, overload) << " of " << testing::PrintToString(row) << ", known " << known;
      }
    }
  });
}

TEST(Forms, BasicOnesHaveNoOperationsOfAvx512) {
  size_t written_out = 0;
  each_overload([&](const OperatorDef& def, const Overload& overload) {
    if (overload.form == nullptr) return;
    const auto special = [](const form::Form& form) {
      return std::count_if(form.nodes.begin(), form.nodes.end(), [](const form::Node& node) {
        return node.op == form::Op::exponent || node.op == form::Op::significand || node.op == form::Op::scale;
      });
    };
    const form::Form form = overload.form();
    written_out += special(form) > 0 ? 1 : 0;
    EXPECT_EQ(special(form::basic(form)), 0) << signature(def, overload);
  });
  EXPECT_EQ(written_out, 6U);  // exp, expm1, sigmoid, tanh, log, **
}

/// |x| = 2^exponent · significand, from every exponent with the significands where rounding and intervals turn.
TEST(Forms, ExponentsAndSignificandsFromBitsAreThoseOfTheDefinition) {
  for (uint32_t high = 0; high < 512; ++high) {
    for (const uint32_t low : {0U, 1U, 2U, 3U, 5U, 0x3fffffU, 0x400000U, 0x400001U, 0x7fffffU, 0x155555U}) {
      const uint32_t bits = (high << 23) | low;
      const auto x = std::bit_cast<float>(bits);
      const auto of = [&](form::Op op) {
        return std::bit_cast<float>(
            static_cast<uint32_t>(form::evaluate(op, form::Lane::f32, form::Lane::f32, bits, 0, 0)));
      };
      if (std::isnan(x)) {
        EXPECT_TRUE(std::isnan(of(form::Op::exponent)) && std::isnan(form::exponent(x)));
        continue;
      }
      EXPECT_EQ(form::exponent(x), of(form::Op::exponent)) << x;
      EXPECT_EQ(form::significand(x), of(form::Op::significand)) << x;
      if (x == 0 || std::isinf(x)) continue;
      EXPECT_TRUE(form::significand(x) >= 0.75F && form::significand(x) < 1.5F) << x;
      EXPECT_EQ(std::ldexp(form::significand(x), static_cast<int>(form::exponent(x))), std::fabs(x));
    }
  }
}

TEST(Forms, AKnownExponentLeavesNoTraceOfTheOtherCases) {
  const Registry registry;
  const auto& power = std::get<FunctionDef>(registry.function("**")->what).overloads[0];
  const form::Form form = power.form();
  const auto nodes_with = [&](float exponent) {
    form::Graph graph;
    const form::Id x = graph.argument(form::Lane::f32);
    const form::Id result =
        graph.insert(form, std::vector{x, graph.constant(form::Lane::f32, std::bit_cast<uint32_t>(exponent))}).first;
    return std::pair(graph[result].op, graph.size());
  };
  EXPECT_EQ(nodes_with(2.0F).first, form::Op::multiply);
  EXPECT_EQ(nodes_with(0.5F).first, form::Op::square_root);
}

}  // namespace
}  // namespace rec::operators
