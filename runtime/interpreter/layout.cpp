// Which nodes a program needs, what they need, and the memory that they take turns in.
#include "runtime/interpreter/layout.h"

#include <algorithm>
#include <map>

#include "runtime/interpreter/key_set.h"
#include "runtime/interpreter/row_wise.h"

namespace rec::interpreter {
namespace {

using graph::ExprId;
using graph::Node;
using graph::Op;

constexpr uint32_t kNoRegister = UINT32_MAX;
constexpr uint8_t kRowLevels = graph::kCandidate | graph::kBarrier;

bool is_aggregate(const Node& node) {
  switch (node.op) {
    case Op::sequence_count:
    case Op::sequence_sum:
    case Op::sequence_mean:
    case Op::sequence_min:
    case Op::sequence_max:
      return true;
    default:
      return false;
  }
}

class Builder {
 public:
  Builder(const graph::Plan& plan, Layout::Kind kind) : plan_(plan), exprs_(plan.exprs), kind_(kind) {}

  Layout build(std::span<const ExprId> roots) {
    number(roots);
    share_memory();
    return std::move(out_);
  }

 private:
  // Request-level values are broadcast once; in a program of pairs, what the event alone decides is computed once for
  // all events.
  bool computed_before(const Node& node) const {
    if ((node.level & (kRowLevels | graph::kEvent)) == 0) return true;
    return kind_ == Layout::Kind::pairs && (node.level & kRowLevels) == 0;
  }
  bool varies(ExprId id) const { return (exprs_[id].level & (kRowLevels | graph::kEvent)) != 0; }

  std::vector<ExprId> operands(ExprId id) {
    const Node& node = exprs_[id];
    if (computed_before(node)) return {};
    const bool in_correlated = node.op == Op::in_sequence && (exprs_[node.args[1]].level & kRowLevels) != 0;
    if (is_aggregate(node) || in_correlated)
      return splits_.emplace(id, std::make_shared<graph::Split>(graph::split(plan_, id))).first->second->operands;
    if (node.op == Op::in_sequence || (node.op == Op::in_list && !varies(node.args[1]))) return {node.args[0]};
    return node.args;
  }

  // Operands stand before their users in the plan, so ascending ids are an order to run in.
  void number(std::span<const ExprId> roots) {
    const size_t count = exprs_.size();
    std::vector<uint32_t> register_of(count, kNoRegister);
    std::vector<std::vector<ExprId>> operands_of(count);
    std::vector<uint8_t> needed(count, 0);
    std::vector<ExprId> open(roots.begin(), roots.end());
    while (!open.empty()) {
      const ExprId id = open.back();
      open.pop_back();
      if (needed[id] != 0) continue;
      needed[id] = 1;
      operands_of[id] = operands(id);
      open.insert(open.end(), operands_of[id].begin(), operands_of[id].end());
    }
    for (ExprId id = 0; id < count; ++id) {
      if (needed[id] == 0) continue;
      register_of[id] = static_cast<uint32_t>(out_.instructions.size());
      Layout::Instruction& made = out_.instructions.emplace_back(Layout::Instruction{.id = id});
      for (const ExprId arg : operands_of[id]) made.args.push_back(register_of[arg]);
      describe(made);
    }
    for (const ExprId root : roots) out_.roots.push_back(register_of[root]);
  }

  void describe(Layout::Instruction& made) {
    const Node& node = exprs_[made.id];
    if (computed_before(node)) {
      made.broadcast = (node.level & graph::kEvent) == 0;
      made.precomputed = !made.broadcast;
      return;
    }
    if (const auto found = splits_.find(made.id); found != splits_.end()) {
      made.correlated = found->second;
    } else if (node.op == Op::in_sequence) {
      made.has_set = true;
    } else if (node.op == Op::in_list) {
      made.as_double = compares_as_double(exprs_[node.args[0]].type.kind, exprs_[node.args[1]].type.element);
      made.has_set = made.args.size() == 1;
    }
  }

  // An alias (`assume_present`, ...) keeps its operand's memory in use. Roots keep theirs for good, and so do broadcast
  // registers: what is filled once needs memory that no instruction writes to again.
  void share_memory() {
    const size_t count = out_.instructions.size();
    std::vector<uint32_t> owner(count), last_use(count, 0);
    for (uint32_t i = 0; i < count; ++i) {
      const Layout::Instruction& made = out_.instructions[i];
      const bool alias = !made.broadcast && !made.precomputed && is_alias(exprs_[made.id].op);
      owner[i] = alias ? owner[made.args[0]] : i;
      for (const uint32_t arg : made.args) last_use[owner[arg]] = i;
    }
    for (const uint32_t root : out_.roots) last_use[owner[root]] = UINT32_MAX;
    std::map<uint32_t, std::vector<uint32_t>> free;  // by width
    const auto take = [&](uint32_t width, bool fresh) {
      auto& pieces = free[width];
      if (fresh || pieces.empty()) {
        out_.widths.push_back(width);
        return static_cast<uint32_t>(out_.widths.size() - 1);
      }
      const uint32_t piece = pieces.back();
      pieces.pop_back();
      return piece;
    };
    std::vector<std::vector<uint32_t>> ends(count);
    for (uint32_t i = 0; i < count; ++i) {
      Layout::Instruction& made = out_.instructions[i];
      const types::Type& type = exprs_[made.id].type;
      if (owner[i] == i) {
        made.values = take(static_cast<uint32_t>(types::width(type)), made.broadcast);
        if (type.optional) made.present = take(1, made.broadcast);
        if (!made.broadcast && last_use[i] != UINT32_MAX) ends[std::max(last_use[i], i)].push_back(i);
      }
      for (const uint32_t done : ends[i]) {
        const Layout::Instruction& ended = out_.instructions[done];
        free[out_.widths[ended.values]].push_back(ended.values);
        if (ended.present != Layout::kNoMemory) free[1].push_back(ended.present);
      }
    }
  }

  const graph::Plan& plan_;
  const graph::Exprs& exprs_;
  Layout::Kind kind_;
  std::map<ExprId, std::shared_ptr<const graph::Split>> splits_;
  Layout out_;
};

}  // namespace

Layout lay_out(const graph::Plan& plan, Layout::Kind kind, std::span<const ExprId> roots) {
  return Builder(plan, kind).build(roots);
}

const Layouts& Layouts::of(const graph::Plan& plan) {
  return plan.layouts.get<Layouts>([&] { return std::make_shared<Layouts>(plan.exprs.size()); });
}

const Layout& Layouts::get(const graph::Plan& plan, Layout::Kind kind, ExprId key,
                           std::span<const ExprId> roots) const {
  const size_t at = static_cast<size_t>(key) * kKinds + static_cast<size_t>(kind);
  if (at < made_.size()) {
    if (const Layout* made = made_[at].load(std::memory_order_acquire)) return *made;
  }
  const std::lock_guard lock(making_);
  if (at >= made_.size()) return all_.emplace_back(lay_out(plan, kind, roots));  // the plan has grown since
  const Layout* made = made_[at].load(std::memory_order_relaxed);
  if (made == nullptr) {
    made = &all_.emplace_back(lay_out(plan, kind, roots));
    made_[at].store(made, std::memory_order_release);
  }
  return *made;
}

}  // namespace rec::interpreter
