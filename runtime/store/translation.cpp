// Codes from dictionary to dictionary, looked up once a generation and not once a request.
#include "runtime/store/translation.h"

namespace rec::store {

Translation::Translation(const column::Dictionary& from, const column::Dictionary& to)
    : from_(from), to_(to), found_(std::make_unique<std::atomic<int32_t>[]>(from.size())) {}

int32_t Translation::look(int32_t code) const {
  const int32_t found = to_.find(from_.text(code)).value_or(kUnknown);
  found_[static_cast<size_t>(code)].store(found + kShift, std::memory_order_relaxed);
  return found;
}

const Translation& Translations::of(const column::Dictionary& from, const column::Dictionary& to) {
  const std::lock_guard lock(mutex_);
  return made_.try_emplace({&from, &to}, from, to).first->second;
}

}  // namespace rec::store
