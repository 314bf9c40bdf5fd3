// Loops that a compiler or a hand has made before: as contenders.
#include <fmt/format.h>

#include <limits>

#include "bench/peers/intrinsics.h"
#include "bench/peers/loops.h"
#include "bench/peers/peers.h"

namespace rec::bench::peers {
namespace {

/// What a loop writes, and the set it looks categories up in.
struct Memory {
  explicit Memory(const Task& task)
      : values(task.work.selects() ? 0 : task.candidates),
        found(task.work.selects() ? task.candidates : 0, Found{0, kNobody}),
        categories(task.world.question().codes),
        languages(task.world.question().codes),
        factors(task.world.question().codes),
        best(kTop) {
    for (const int32_t code : task.world.question().categories) categories[static_cast<size_t>(code)] = 1;
  }
  Space space() { return {.found = found.data(), .languages = languages.data(), .factors = factors.data()}; }
  /// With the best rows come the values of all that passed; NaN for others.
  Outputs outputs() const {
    Outputs out{.values = values, .rows = {best.begin(), best.begin() + static_cast<long>(count)}};
    if (!found.empty()) out.values.assign(found.size(), std::numeric_limits<float>::quiet_NaN());
    for (const Found& one : found) {
      if (one.row != kNobody) out.values[one.row] = one.value;
    }
    return out;
  }

  static constexpr uint32_t kNobody = UINT32_MAX;
  std::vector<float> values;
  std::vector<Found> found;
  std::vector<uint8_t> categories, languages;
  std::vector<float> factors;
  std::vector<uint32_t> best;
  size_t count = 0;
};

Contender of_loops(const Task& task, std::string who, const Loops& loops) {
  const auto memory = std::make_shared<Memory>(task);
  const Columns& in = task.world.columns();
  const Question& asked = task.world.question();
  const size_t n = task.candidates;
  std::function<void()> run;
  switch (task.work.kind) {
    case Kind::fusion:
      run = [=, &in] { loops.fusion(in, n, memory->values.data()); };
      break;
    case Kind::powers:
      run = [=, &in] { loops.powers(in, n, memory->values.data()); };
      break;
    case Kind::filter:
      run = [=, &in, &asked] {
        memory->count = loops.filter(in, asked, memory->categories.data(), n, memory->space(), memory->best.data());
      };
      break;
    default:
      run = [=, &in, &asked] {
        memory->count = loops.clicks(in, asked, memory->categories.data(), n, memory->space(), memory->best.data());
      };
  }
  // libm's powf is within one unit, and so are the products; libmvec's within four.
  return {.who = std::move(who),
          .run = std::move(run),
          .outputs = [memory] { return memory->outputs(); },
          .ulps = task.work.kind == Kind::powers ? 8U : 0U};
}

using ByHand = size_t (*)(const Columns&, const Question&, const intrinsics::CodeSet&, size_t, uint32_t*);

Entry by_hand(const Task& task, const char* who, ByHand function) {
  if (!intrinsics::usable()) return Absent{who, "skipped: this CPU, or this compiler's -march=native, has no AVX-512"};
  const auto memory = std::make_shared<Memory>(task);
  const auto set = std::make_shared<intrinsics::CodeSet>();
  for (const int32_t code : task.world.question().categories) {
    if (code >= 512) return Absent{who, "more strings than its set has bits"};
    set->bits[code / 32] |= 1U << (code % 32);
  }
  return Contender{.who = who,
                   .run = [=, &in = task.world.columns(), &asked = task.world.question(),
                           n = task.candidates] { memory->count = function(in, asked, *set, n, memory->best.data()); },
                   .outputs = [memory] { return memory->outputs(); }};
}

}  // namespace

std::vector<Entry> compiled(const Task& task) {
  std::vector<Entry> out = {of_loops(task, kLoopOfGcc, by_gcc::loops())};
#ifdef REC_HAS_CLANG
  out.emplace_back(of_loops(task, "C++ loop, clang 19", by_clang::loops()));
#else
  out.emplace_back(Absent{"C++ loop, clang 19", "apt install clang-19, and configure again"});
#endif
  if (task.work.kind == Kind::powers) {
    Contender vectors = of_loops(task, "g++, libmvec of 512 bits", by_libmvec::loops());
    vectors.ulps = 24;
    out.emplace_back(std::move(vectors));
  }
  if (task.work.kind == Kind::filter) {
    out.push_back(by_hand(task, "AVX-512 by hand", intrinsics::filter));
    out.push_back(by_hand(task, "AVX-512 by hand, value first", intrinsics::filter_by_value));
  }
  return out;
}

}  // namespace rec::bench::peers
