// Random numbers that are the same on every machine and compiler; the standard's distributions are not.
#pragma once

#include <cstdint>

namespace rec::simulation {

/// SplitMix64 (Steele, Lea, Flood 2014).
class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}
  /// A generator of its own for one purpose and one thing: what one draws does not shift the others.
  static Random of(uint64_t seed, uint64_t purpose, uint64_t index) {
    Random mixed(seed ^ (purpose * 0xD1B54A32D192ED03ull));
    return Random(mixed.next() ^ (index * 0x9E3779B97F4A7C15ull));
  }

  uint64_t next() {
    uint64_t z = state_ += 0x9E3779B97F4A7C15ull;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
    return z ^ (z >> 31);
  }
  /// In [0, 1).
  double uniform() { return static_cast<double>(next() >> 11) * 0x1p-53; }
  bool chance(double probability) { return uniform() < probability; }
  /// In [0, n), n > 0.
  uint32_t below(uint32_t n) { return static_cast<uint32_t>(((next() >> 32) * n) >> 32); }
  /// Mean 0, variance 1, by the sum of twelve uniforms: additions only, so no library's logarithm is in the result.
  double normal() {
    double sum = -6;
    for (int i = 0; i < 12; ++i) sum += uniform();
    return sum;
  }

 private:
  uint64_t state_;
};

}  // namespace rec::simulation
