// SplitMix64 (Steele, Lea and Flood 2014): random bits from a number, the same on every machine.
#pragma once

#include <cstdint>

namespace rec::indexes {

inline constexpr uint64_t kMixStep = 0x9E3779B97F4A7C15;

/// Well-mixed bits of a number; of 0, kMixStep, 2 · kMixStep, … a sequence of random ones.
inline uint64_t mix(uint64_t value) {
  value += kMixStep;
  value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
  value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
  return value ^ (value >> 31);
}

}  // namespace rec::indexes
