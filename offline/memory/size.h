// Amounts of memory: as they are written, and what this machine has.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace rec::memory {

/// "4GiB", "512 MiB", "1.5GB", "65536": bytes, at least 1; nullopt: it is none.
std::optional<uint64_t> parse_size(std::string_view text);
/// "1.5 GiB".
std::string size_text(uint64_t bytes);
/// What this machine, or the group of processes that this one belongs to, may use.
uint64_t machine_memory();
/// The most that this process has held since the last call of forget_peak, as far as the system says.
uint64_t peak_resident();
void forget_peak();

}  // namespace rec::memory
