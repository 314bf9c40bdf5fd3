// Functions that stay calls, for as long as it is open how many of them a kernel has.
#include <algorithm>

#include "runtime/native/calls.h"
#include "runtime/native/lower.h"

namespace rec::native {

using form::Id;

/// Of fewer operations the registers that a call has saved are the greater part.
static constexpr size_t kWorthACall = 16;
/// So few are sooner run than called, and soon compiled.
static constexpr size_t kInlined = 3;

/// Those that are all known are folded, and what may be missing is left to masks.
std::optional<Id> Lowering::called(const std::string& name, const form::Form& form, std::span<const Id> arguments) {
  if (form.present) return std::nullopt;
  std::vector<std::optional<uint64_t>> known;
  std::vector<Id> open;
  for (const Id id : arguments) {
    const form::Node& node = kernel_.graph[id];
    const bool constant = node.op == form::Op::constant;
    known.push_back(constant ? std::optional(node.bits) : std::nullopt);
    if (!constant) open.push_back(id);
  }
  if (open.empty()) return std::nullopt;
  Function function(name, specialised(form, known));
  if (operations(function.form) < kWorthACall) return std::nullopt;
  auto& all = kernel_.functions;
  const auto same = std::ranges::find(all, function.key, &Function::key);
  const auto number = static_cast<uint32_t>(same - all.begin());
  const auto twice = std::ranges::find_if(
      kernel_.calls, [&](const Call& call) { return call.function == number && call.arguments == open; });
  if (twice != kernel_.calls.end()) return twice->result;
  const Id result = kernel_.graph.argument(function.form.nodes[function.form.result].lane);
  if (same == all.end()) all.push_back(std::move(function));
  kernel_.calls.push_back({.function = number, .arguments = std::move(open), .result = result});
  return result;
}

void Lowering::settle_calls() {
  if (!kernel_.calls.empty() && kernel_.calls.size() <= kInlined) kernel_ = inlined(kernel_);
}

}  // namespace rec::native
