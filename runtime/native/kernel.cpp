// Kernels as text: what code depends on.
#include "runtime/native/kernel.h"

#include <algorithm>

#include <fmt/format.h>

namespace rec::native {
namespace {

std::string text(const std::vector<form::Table>& tables, const std::vector<form::Node>& nodes) {
  std::string out;
  for (const auto& table : tables) {
    out += fmt::format("\nt{}", static_cast<int>(table.lane));
    for (const uint64_t value : table.values) out += fmt::format(" {:x}", value);
  }
  for (const auto& node : nodes) {
    out += fmt::format("\n{} {} {} {} {} {:x}", static_cast<int>(node.op), static_cast<int>(node.lane), node.a, node.b,
                       node.c, node.bits);
  }
  return out;
}

}  // namespace

Function::Function(std::string called, form::Form of)
    : name(std::move(called)),
      form(std::move(of)),
      key(text(form.tables, form.nodes) + fmt::format("\nr{}", form.result)) {}

bool Kernel::has_computed() const {
  return std::ranges::any_of(memory, [](const Memory& m) { return m.source == Memory::Source::computed; });
}

std::string Kernel::canonical() const {
  std::string out = fmt::format("{} {} {}\n", static_cast<int>(does), key, ascending);
  for (const Memory& m : memory) out += fmt::format("m{}", static_cast<int>(m.storage));
  out += text(graph.tables(), graph.nodes());
  for (const Function& function : functions) out += "\nf" + function.key;
  for (const Call& call : calls) {
    out += fmt::format("\nc{} {}", call.function, call.result);
    for (const form::Id id : call.arguments) out += fmt::format(" {}", id);
  }
  for (const form::Id id : predicates) out += fmt::format("\np{}", id);
  for (const Output& o : outputs)
    out += fmt::format("\no{} {} {}", o.value, o.present ? int64_t{*o.present} : -1, static_cast<int>(o.storage));
  return out;
}

}  // namespace rec::native
