// A running hash of what a part is made from.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace rec::build {

/// Values are kept apart, so that ("ab", "c") and ("a", "bc") differ.
class Digest {
 public:
  Digest& add(std::string_view text) {
    bytes_ += std::to_string(text.size()) + ":";
    bytes_ += text;
    return *this;
  }
  Digest& add(uint64_t value) { return add(std::to_string(value)); }
  uint64_t value() const;

 private:
  std::string bytes_;
};

}  // namespace rec::build
