// The one hash of the language: `hash`, `sample`, random places. The same on every machine.
#pragma once

#include <cstdint>
#include <string_view>

namespace rec::operators {

/// xxhash64 with seed 0.
uint64_t text_hash(std::string_view text);

}  // namespace rec::operators
