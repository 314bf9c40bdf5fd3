// Needed: from the results back. Uniform: from the arguments on.
#include "runtime/jit/usage.h"

namespace rec::jit {

using form::Id;
using form::Op;
using native::Kernel;

namespace {

void for_operands(const form::Node& node, const native::Call* call, auto each) {
  if (call != nullptr) {
    for (const Id argument : call->arguments) each(argument);
    return;
  }
  const Id operand[] = {node.a, node.b, node.c};
  for (unsigned i = 0; i < form::operands(node.op); ++i) each(operand[i]);
}

}  // namespace

Usage::Usage(const Kernel& kernel)
    : needed(kernel.graph.size(), false), uniform(kernel.graph.size(), false), calls(kernel.graph.size(), nullptr) {
  for (const native::Call& call : kernel.calls) calls[call.result] = &call;
  find_needed(kernel);
  find_uniform(kernel);
}

void Usage::find_needed(const Kernel& kernel) {
  for (const Id id : kernel.predicates) needed[id] = true;
  if (kernel.does == Kernel::Does::first) needed[kernel.key] = true;
  for (const auto& out : kernel.outputs) {
    needed[out.value] = true;
    if (out.present) needed[*out.present] = true;
  }
  for (Id id = static_cast<Id>(kernel.graph.size()); id-- > 0;) {
    if (needed[id]) for_operands(kernel.graph[id], calls[id], [&](Id operand) { needed[operand] = true; });
  }
  const bool by_candidate = kernel.does == Kernel::Does::select || kernel.does == Kernel::Does::scatter;
  if (by_candidate || needed[Kernel::kRow]) needed[Kernel::kCandidate] = true;
}

void Usage::find_uniform(const Kernel& kernel) {
  for (Id id = 0; id < kernel.graph.size(); ++id) {
    const auto& node = kernel.graph[id];
    if (node.op == Op::among || node.op == Op::find || (node.op == Op::argument && calls[id] == nullptr)) continue;
    bool same = true;
    for_operands(node, calls[id], [&](Id operand) { same = same && uniform[operand]; });
    uniform[id] = same;
  }
}

/// About what the roots cost for each candidate, in simple operations.
size_t Usage::work(const Kernel& kernel, std::span<const Id> roots, const std::function<bool(Id)>& reads_along) const {
  constexpr size_t kCall = 40, kFind = 100, kGather = 8;
  std::vector<bool> wanted(kernel.graph.size(), false);
  for (const Id root : roots) wanted[root] = true;
  size_t work = 0;
  for (Id id = static_cast<Id>(kernel.graph.size()); id-- > 0;) {
    if (!wanted[id] || uniform[id]) continue;
    const auto& node = kernel.graph[id];
    for_operands(node, calls[id], [&](Id operand) { wanted[operand] = true; });
    const bool is_gathered = node.op == Op::load && !reads_along(id);
    work += calls[id] != nullptr ? kCall : node.op == Op::find ? kFind : is_gathered ? kGather : 1;
  }
  return work;
}

/// Once there is a bound few are ahead of it, and of the others nothing but the key was needed. Before there is one, or
/// where few pass, keys were computed in vain: they come first where they cost little.
Usage::Sequence Usage::sequence(const Kernel& kernel, const std::function<bool(Id)>& reads_along) const {
  constexpr size_t kWorthABranch = 12;
  std::vector<Id> all(kernel.predicates);
  all.push_back(kernel.key);
  for (const auto& out : kernel.outputs) {
    all.push_back(out.value);
    if (out.present) all.push_back(*out.present);
  }
  const size_t conditions = work(kernel, kernel.predicates, reads_along);
  if (conditions == 0) return Sequence::together;
  if (work(kernel, {&kernel.key, 1}, reads_along) <= 2 * conditions) return Sequence::key_first;
  const size_t behind = work(kernel, all, reads_along) - conditions;
  return behind > kWorthABranch ? Sequence::conditions_first : Sequence::together;
}

}  // namespace rec::jit
