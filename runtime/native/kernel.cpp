// Kernels as text: what code depends on.
#include "runtime/native/kernel.h"

#include <algorithm>

#include <fmt/format.h>

namespace rec::native {

bool Kernel::has_computed() const {
  return std::ranges::any_of(memory, [](const Memory& m) { return m.source == Memory::Source::computed; });
}

std::string Kernel::canonical() const {
  std::string out = fmt::format("{} {} {}\n", static_cast<int>(does), key, ascending);
  for (const Memory& m : memory) out += fmt::format("m{}", static_cast<int>(m.storage));
  for (const auto& table : graph.tables()) {
    out += fmt::format("\nt{}", static_cast<int>(table.lane));
    for (const uint64_t value : table.values) out += fmt::format(" {:x}", value);
  }
  for (const auto& node : graph.nodes()) {
    out += fmt::format("\n{} {} {} {} {} {:x}", static_cast<int>(node.op), static_cast<int>(node.lane), node.a, node.b,
                       node.c, node.bits);
  }
  for (const form::Id id : predicates) out += fmt::format("\np{}", id);
  for (const Output& o : outputs)
    out += fmt::format("\no{} {} {}", o.value, o.present ? int64_t{*o.present} : -1, static_cast<int>(o.storage));
  return out;
}

}  // namespace rec::native
