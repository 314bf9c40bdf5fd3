// Bytes of a record: variable-length numbers and texts appended to a string, and read back with every bound checked.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>

namespace rec::store {

class ByteWriter {
 public:
  void byte(uint8_t value) { bytes_.push_back(static_cast<char>(value)); }
  void number(uint64_t value) {
    for (; value >= 128; value >>= 7) {
      byte(static_cast<uint8_t>(value | 128));
    }
    byte(static_cast<uint8_t>(value));
  }
  /// Small numbers of either sign are short: 0, -1, 1, -2 ... become 0, 1, 2, 3.
  void signed_number(int64_t value) {
    number((static_cast<uint64_t>(value) << 1) ^ static_cast<uint64_t>(value >> 63));
  }
  void text(std::string_view value) {
    number(value.size());
    bytes_.append(value);
  }
  void raw(const void* data, size_t size) { bytes_.append(static_cast<const char*>(data), size); }
  std::string_view view() const { return bytes_; }
  std::string take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

/// After a read that goes beyond the end everything reads as zero and ok() is false.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : rest_(bytes) {}

  bool ok() const { return ok_; }
  size_t left() const { return rest_.size(); }

  uint8_t byte() {
    uint8_t value = 0;
    raw(&value, 1);
    return value;
  }
  uint64_t number() {
    if (rest_.size() >= sizeof(uint64_t)) {
      uint64_t word = 0;
      std::memcpy(&word, rest_.data(), sizeof(word));
      const uint64_t ends = ~word & 0x8080808080808080;
      if (ends != 0) {
        rest_.remove_prefix(static_cast<size_t>(std::countr_zero(ends)) / 8 + 1);
        return sevens(word & (ends ^ (ends - 1)));
      }
    }
    uint64_t value = 0;
    for (size_t at = 0; at < std::min(rest_.size(), kLongestNumber); ++at) {
      const auto part = static_cast<uint8_t>(rest_[at]);
      value |= static_cast<uint64_t>(part & 127) << (7 * at);
      if (part < 128) {
        rest_.remove_prefix(at + 1);
        return value;
      }
    }
    return fail(), 0;
  }
  int64_t signed_number() {
    const uint64_t value = number();
    return static_cast<int64_t>((value >> 1) ^ (~(value & 1) + 1));
  }
  /// A count of things that take at least `least` bytes each: more than can follow is a failure.
  size_t count(size_t least) {
    const uint64_t value = number();
    if (value > left() / least) {
      return fail(), 0;
    }
    return static_cast<size_t>(value);
  }
  std::string_view text() {
    const size_t size = count(1);
    const std::string_view value = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return value;
  }
  void raw(void* data, size_t size) {
    if (size > rest_.size()) {
      fail();
      std::memset(data, 0, size);
      return;
    }
    std::memcpy(data, rest_.data(), size);
    rest_.remove_prefix(size);
  }
  void fail() {
    ok_ = false;
    rest_ = {};
  }

 private:
  static constexpr size_t kLongestNumber = 10;  // bytes of seven bits

  /// The low seven bits of each byte, the first byte's lowest.
  static uint64_t sevens(uint64_t bytes) {
    uint64_t out = (bytes & 0x7f007f007f007f00) >> 1 | (bytes & 0x007f007f007f007f);
    out = (out & 0x3fff00003fff0000) >> 2 | (out & 0x00003fff00003fff);
    return (out & 0x0fffffff00000000) >> 4 | (out & 0x000000000fffffff);
  }

  std::string_view rest_;
  bool ok_ = true;
};

}  // namespace rec::store
