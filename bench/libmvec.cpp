// The peer of our powers: g++ with the vectors of glibc.
#include "bench/libmvec.h"

#include <cmath>

namespace rec::bench {

void three_powers_of_libmvec(size_t n, const float* __restrict p, const float* __restrict q, const float* __restrict r,
                             float* __restrict out) {
  for (size_t i = 0; i < n; ++i) out[i] = std::pow(p[i], 0.3F) * std::pow(q[i], 0.7F) * std::pow(r[i], 1.7F);
}

}  // namespace rec::bench
