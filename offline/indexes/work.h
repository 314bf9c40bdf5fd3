// Sharing work out to threads so that the result does not depend on how many there are.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "offline/memory/budget.h"

namespace rec::indexes {

/// How a builder may work.
struct Work {
  unsigned threads = 0;                    // 0: one a core
  std::function<void(double)> progress{};  // what part is done, 0 to 1; called from one thread at a time
  memory::Budget* memory = nullptr;        // of what is long; none: all of it in memory

  unsigned most_threads() const { return std::max(1U, threads != 0 ? threads : std::thread::hardware_concurrency()); }
};

/// Splits `rows` into blocks and runs a worker on each; every thread has a worker of its own, made by `make()`, that is
/// called as worker(block, begin, end). Blocks are taken in order; no block may depend on another.
template <typename Make>
void share_out(uint64_t rows, uint64_t block, const Work& work, Make make) {
  const uint64_t blocks = (rows + block - 1) / block;
  std::atomic<uint64_t> next = 0;
  std::mutex telling;
  uint64_t done = 0;
  const auto run = [&] {
    auto worker = make();
    for (uint64_t b = next.fetch_add(1); b < blocks; b = next.fetch_add(1)) {
      worker(b, b * block, std::min(rows, (b + 1) * block));
      if (!work.progress) continue;
      const std::lock_guard lock(telling);
      work.progress(static_cast<double>(++done) / static_cast<double>(blocks));
    }
  };
  std::vector<std::jthread> threads;
  for (uint64_t i = 1; i < std::min<uint64_t>(work.most_threads(), blocks); ++i) threads.emplace_back(run);
  run();
}

}  // namespace rec::indexes
