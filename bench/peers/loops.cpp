// The works as a C++ engineer writes them, one loop each. REC_LOOPS: the namespace that this compilation goes to.
#include "bench/peers/loops.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace rec::bench::REC_LOOPS {
namespace {

void fusion(const Columns& in, size_t n, float* __restrict out) {
  const float *p = in.p, *l = in.l, *c = in.c, *s = in.s;
  for (size_t i = 0; i < n; ++i) out[i] = p[i] * (1.0F + 2.0F * l[i] + 3.0F * c[i] + 1.5F * s[i]);
}

void powers(const Columns& in, size_t n, float* __restrict out) {
  const float *p = in.p, *l = in.l, *s = in.s;
  for (size_t i = 0; i < n; ++i) out[i] = std::pow(p[i], 0.7F) * std::pow(l[i], 0.2F) * std::pow(s[i], 1.3F);
}

// The comparison is a type of this file, so that no other compilation's std::partial_sort stands in for this one's.
struct Better {
  bool operator()(const Found& a, const Found& b) const {
    return a.value > b.value || (a.value == b.value && a.row < b.row);
  }
};

size_t best_of(Found* found, size_t count, uint32_t* best) {
  const size_t top = std::min(count, kTop);
  std::partial_sort(found, found + top, found + count, Better{});
  for (size_t i = 0; i < top; ++i) best[i] = found[i].row;
  return top;
}

size_t filter(const Columns& in, const Question& asked, const uint8_t* categories, size_t n, const Space& space,
              uint32_t* best) {
  size_t count = 0;
  for (size_t i = 0; i < n; ++i) {
    if (asked.now - in.created[i] < asked.age && categories[in.category[i]] != 0 && in.price[i] < asked.price) {
      const float value = in.p[i] * (1.0F + 2.0F * in.l[i] + 3.0F * in.c[i] + 1.5F * in.s[i]);
      space.found[count++] = {value, static_cast<uint32_t>(i)};
    }
  }
  return best_of(space.found, count, best);
}

size_t clicks(const Columns& in, const Question& asked, const uint8_t* categories, size_t n, const Space& space,
              uint32_t* best) {
  std::memset(space.languages, 0, asked.codes);
  for (const int32_t code : asked.languages) space.languages[code] = 1;
  std::fill_n(space.factors, asked.codes, 0.0F);
  for (const uint32_t row : asked.clicks) space.factors[in.topic[row]] += 1.0F;  // counts first
  for (size_t code = 0; code < asked.codes; ++code) space.factors[code] = 1.0F + 0.1F * space.factors[code];
  size_t count = 0;
  for (size_t i = 0; i < n; ++i) {
    if (asked.now - in.created[i] < asked.age && categories[in.category[i]] != 0 && in.price[i] < asked.price &&
        in.level[i] >= asked.level && space.languages[in.language[i]] != 0) {
      const float fused = in.p[i] * (1.0F + 2.0F * in.l[i] + 3.0F * in.c[i] + 1.5F * in.s[i]);
      space.found[count++] = {fused * space.factors[in.topic[i]], static_cast<uint32_t>(i)};
    }
  }
  return best_of(space.found, count, best);
}

}  // namespace

Loops loops() {
  return {.fusion = fusion, .powers = powers, .filter = filter, .clicks = clicks};
}

}  // namespace rec::bench::REC_LOOPS
