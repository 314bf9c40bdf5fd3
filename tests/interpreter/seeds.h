// Seeds of random programs. REC_SOAK=SECONDS goes on for that long (`./dev soak`), from the seed REC_SEED.
#pragma once

#include <chrono>
#include <cstdint>
#include <cstdlib>

namespace rec::interpreter {

/// Seeds to try: a fixed number, or as many as fit into REC_SOAK seconds.
class Seeds {
 public:
  explicit Seeds(uint64_t count) : count_(count) {
    if (const char* seconds = std::getenv("REC_SOAK")) until_ = now() + std::atof(seconds) / 2;
    if (const char* first = std::getenv("REC_SEED")) next_ = std::strtoull(first, nullptr, 10);
  }
  bool more() const { return until_ > 0 ? now() < until_ : tried_ < count_; }
  uint64_t take() {
    ++tried_;
    return next_++;
  }
  uint64_t tried() const { return tried_; }

 private:
  static double now() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
  }
  uint64_t count_, next_ = 1, tried_ = 0;
  double until_ = 0;
};

}  // namespace rec::interpreter
