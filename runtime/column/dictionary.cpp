// Strings as codes: a table's sorted dictionary, and the codes of one request on top of it.
#include <cassert>

#include "runtime/column/column.h"

namespace rec::column {

std::optional<int32_t> Dictionary::find(std::string_view wanted) const {
  uint32_t low = 0;
  uint32_t high = size_;
  while (low < high) {
    const uint32_t middle = low + (high - low) / 2;
    const int order = text(static_cast<int32_t>(middle)).compare(wanted);
    if (order == 0) {
      return static_cast<int32_t>(middle);
    }
    (order < 0 ? low : high) = order < 0 ? middle + 1 : middle;
  }
  return std::nullopt;
}

int32_t StringSpace::intern(std::string_view text) {
  if (const auto code = base_->find(text)) {
    return *code;
  }
  if (const auto known = codes_.find(text); known != codes_.end()) {
    return known->second;
  }
  const auto code = static_cast<int32_t>(base_->size() + extra_.size());
  codes_.emplace(extra_.emplace_back(text), code);
  return code;
}

std::string_view StringSpace::text(int32_t code) const {
  const auto index = static_cast<size_t>(code);
  if (index < base_->size()) {
    return base_->text(code);
  }
  assert(index - base_->size() < extra_.size());
  return extra_[index - base_->size()];
}

}  // namespace rec::column
