// Sizes in words, limits from the kernel.
#include "offline/memory/size.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fstream>
#include <limits>

namespace rec::memory {
namespace {

struct Unit {
  std::string_view name;
  double bytes;
};
constexpr Unit kUnits[] = {{"TiB", 0x1p40}, {"GiB", 0x1p30}, {"MiB", 0x1p20}, {"KiB", 0x1p10}, {"TB", 1e12},
                           {"GB", 1e9},     {"MB", 1e6},     {"kB", 1e3},     {"B", 1},        {"", 1}};

}  // namespace

std::optional<uint64_t> parse_size(std::string_view text) {
  double number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
  if (read.ec != std::errc()) return std::nullopt;
  std::string_view unit = text.substr(static_cast<size_t>(read.ptr - text.data()));
  if (unit.starts_with(' ')) unit.remove_prefix(1);
  const auto* const known = std::ranges::find(kUnits, unit, &Unit::name);
  if (known == std::end(kUnits)) return std::nullopt;
  const double bytes = number * known->bytes;
  if (!(bytes >= 1) || bytes >= 0x1p63) return std::nullopt;
  return static_cast<uint64_t>(bytes);
}

std::string size_text(uint64_t bytes) {
  const auto size = static_cast<double>(bytes);
  for (const Unit& unit : kUnits) {
    if (unit.bytes > 1 && unit.name.size() == 3 && size >= unit.bytes) {
      const double count = size / unit.bytes;
      return fmt::format("{:.{}f} {}", count, count < 10 ? 1 : 0, unit.name);
    }
  }
  return fmt::format("{} bytes", bytes);
}

uint64_t machine_memory() {
  uint64_t bytes = static_cast<uint64_t>(::sysconf(_SC_PHYS_PAGES)) * static_cast<uint64_t>(::sysconf(_SC_PAGESIZE));
  for (const char* path : {"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"}) {
    uint64_t limit = 0;
    if (std::ifstream(path) >> limit && limit > 0) bytes = std::min(bytes, limit);
  }
  return bytes;
}

uint64_t peak_resident() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmHWM:")) return std::stoull(line.substr(6)) << 10;
  }
  return 0;
}

void forget_peak() {
  std::ofstream("/proc/self/clear_refs") << "5";
}

}  // namespace rec::memory
