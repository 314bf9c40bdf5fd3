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

  /// In which order a `first` kernel looks at a vector of candidates. What comes first, and holds for none of them,
  /// spares the rest.
  enum class Sequence : uint8_t { together, conditions_first, key_first };
  /// `reads_along`: whether a load reads memory from its beginning on, and need not gather.
  Sequence sequence(const native::Kernel& kernel, const std::function<bool(form::Id)>& reads_along) const;

 private:
  size_t work(const native::Kernel& kernel, std::span<const form::Id> roots,
              const std::function<bool(form::Id)>& reads_along) const;
  void find_needed(const native::Kernel& kernel);
  void find_uniform(const native::Kernel& kernel);
};

}  // namespace rec::jit
