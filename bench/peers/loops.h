// The works as a C++ engineer writes them, one loop each: loops.cpp, compiled several times, each time under a
// namespace of its own.
#pragma once

#include "bench/peers/columns.h"

namespace rec::bench {

struct Found {
  float value;
  uint32_t row;
};

/// What a loop may write to; made once.
struct Space {
  Found* found = nullptr;        // one a candidate
  uint8_t* languages = nullptr;  // one a code
  float* factors = nullptr;      // one a code
};

struct Loops {
  void (*fusion)(const Columns&, size_t n, float* out);
  void (*powers)(const Columns&, size_t n, float* out);
  /// The best kTop of those that pass, in order; how many there are. `categories`: 1 for codes of the set.
  size_t (*filter)(const Columns&, const Question&, const uint8_t* categories, size_t n, const Space&, uint32_t* best);
  size_t (*clicks)(const Columns&, const Question&, const uint8_t* categories, size_t n, const Space&, uint32_t* best);
};

namespace by_gcc {
Loops loops();
}
namespace by_clang {
Loops loops();
}
namespace by_libmvec {  // g++ -ffast-math with vectors of 512 bits: `powers` is what it is for
Loops loops();
}

}  // namespace rec::bench
