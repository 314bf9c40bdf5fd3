// What everybody who does the works reads: the candidates' columns where Rec has them in memory, the strategy's
// constants, the request.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace rec::bench {

inline constexpr size_t kTop = 300;

struct Columns {
  const float *p = nullptr, *l = nullptr, *c = nullptr, *s = nullptr;
  const int64_t* created = nullptr;  // microseconds
  const int32_t* price = nullptr;    // cents
  const int8_t* level = nullptr;
  const int32_t *category = nullptr, *topic = nullptr, *language = nullptr;  // codes of one dictionary
};

/// What a strategy's text and its request say.
struct Question {
  int64_t now = 0, age = 0;  // microseconds
  int32_t price = 0;
  int8_t level = 0;
  size_t codes = 0;                       // of the dictionary
  std::span<const int32_t> categories{};  // codes, of the strategy
  std::span<const int32_t> languages{};   // codes, of the user
  std::span<const uint32_t> clicks{};     // the user's last hundred: rows of the candidates' table
};

}  // namespace rec::bench
