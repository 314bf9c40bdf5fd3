// The peer of our powers: g++ with the vectors of glibc.
#pragma once

#include <cstddef>

namespace rec::bench {

/// out = p ** 0.3 * q ** 0.7 * r ** 1.7. Compiled as fast as g++ can: for this CPU, vectors of 512 bits, -ffast-math.
void three_powers_of_libmvec(size_t n, const float* p, const float* q, const float* r, float* out);

}  // namespace rec::bench
