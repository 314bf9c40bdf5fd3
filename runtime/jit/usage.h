// Which nodes of a kernel are computed, and which of them once before the loop.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "runtime/native/kernel.h"

namespace rec::jit {

struct Usage {
  explicit Usage(const native::Kernel& kernel);

  // By node.
  std::vector<bool> needed;
  std::vector<bool> uniform;               // the same for all candidates
  std::vector<const native::Call*> calls;  // whose result it is; else null

  /// About what the roots cost for each candidate, in simple operations. `reads_along`: whether a load reads memory
  /// from its beginning on, and need not gather.
  size_t work(const native::Kernel& kernel, std::span<const form::Id> roots,
              const std::function<bool(form::Id)>& reads_along) const;

 private:
  void find_needed(const native::Kernel& kernel);
  void find_uniform(const native::Kernel& kernel);
};

}  // namespace rec::jit
