// How expressions become a linear program: the nodes in use, in order, each with a register; memory is shared as soon
// as it is free.
#include "runtime/interpreter/program.h"

#include <algorithm>
#include <cassert>
#include <cstring>

#include "runtime/interpreter/correlated.h"
#include "runtime/interpreter/row_wise.h"

namespace rec::interpreter {

using graph::ExprId;
using graph::Node;
using graph::Op;

namespace {

constexpr uint32_t kNoRegister = UINT32_MAX;
constexpr uint8_t kRowLevels = graph::kCandidate | graph::kBarrier;

bool is_correlated(const Node& node) {
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

}  // namespace

Program::Program(Scope& scope, Options options) : scope_(scope), options_(std::move(options)) {
  compile();
  assign_memory();
}

Program::~Program() = default;

// Request-level values are broadcast once; in a program of pairs, what the event alone decides is computed once for all
// events.
bool Program::computed_before(const Node& node) const {
  if ((node.level & (kRowLevels | graph::kEvent)) == 0) return true;
  return options_.kind == Kind::pairs && (node.level & kRowLevels) == 0;
}

std::vector<ExprId> Program::operands(ExprId id) {
  const Node& node = scope_.node(id);
  if (computed_before(node)) return {};
  const bool in_correlated = node.op == Op::in_sequence && (scope_.node(node.args[1]).level & kRowLevels) != 0;
  if (is_correlated(node) || in_correlated) {
    // Its operands are known only when its conditions are split.
    auto& made = instructions_.emplace_back();
    made.id = id;
    made.correlated = std::make_unique<Correlated>(scope_, id, options_.block);
    return made.correlated->operands();
  }
  if (node.op == Op::in_sequence) return {node.args[0]};
  if (node.op == Op::in_list && (scope_.node(node.args[1]).level & (kRowLevels | graph::kEvent)) == 0)
    return {node.args[0]};
  return node.args;
}

void Program::compile() {
  const size_t count = scope_.plan().exprs.size();
  register_of_.assign(count, kNoRegister);
  std::vector<std::vector<ExprId>> operands_of(count);
  std::vector<uint8_t> needed(count, 0);
  std::vector<ExprId> open = options_.roots;
  while (!open.empty()) {
    const ExprId id = open.back();
    open.pop_back();
    if (needed[id] != 0) continue;
    needed[id] = 1;
    operands_of[id] = operands(id);
    open.insert(open.end(), operands_of[id].begin(), operands_of[id].end());
  }
  std::vector<Instruction> correlated = std::move(instructions_);
  instructions_.clear();
  // Operands stand before their users in the plan, so ascending ids are an order to run in.
  for (ExprId id = 0; id < count; ++id) {
    if (needed[id] == 0) continue;
    register_of_[id] = static_cast<uint32_t>(instructions_.size());
    Instruction& made = instructions_.emplace_back();
    made.id = id;
    made.node = &scope_.node(id);
    for (const ExprId arg : operands_of[id]) made.args.push_back(register_of_[arg]);
    for (Instruction& c : correlated) {
      if (c.id == id) made.correlated = std::move(c.correlated);
    }
    prepare(made);
  }
  for (const ExprId root : options_.roots) roots_.push_back(register_of_[root]);
}

void Program::prepare(Instruction& made) {
  const Node& node = *made.node;
  if (computed_before(node)) {
    made.broadcast = (node.level & graph::kEvent) == 0;
    made.is_precomputed = !made.broadcast;
    made.precomputed = made.broadcast ? scope_.value(made.id)
                                      : scope_.on_events(made.id, *options_.pair_events, options_.events_index);
    return;
  }
  switch (node.op) {
    case Op::item_column:
      made.stored = stored_column(scope_, scope_.items(), node.index);
      break;
    case Op::event_item_column:
      made.stored = stored_column(scope_, *options_.event_items, node.index);
      break;
    case Op::row_column:
      made.stored = stored_column(scope_, scope_.generation()->table(node.index2), node.index);
      break;
    case Op::in_sequence:
      if (made.correlated == nullptr) made.set = &scope_.sequence_set(node.args[1]);
      break;
    case Op::in_list:
      made.as_double = compares_as_double(scope_.node(node.args[0]).type.kind, scope_.node(node.args[1]).type.element);
      if (made.args.size() == 1) made.set = &scope_.list_set(node.args[1], made.as_double);
      break;
    default:
      break;
  }
}

// An alias (`assume_present`, ...) keeps its operand's memory in use. Broadcast registers and roots keep theirs for
// good.
void Program::assign_memory() {
  const size_t count = instructions_.size();
  registers_.resize(count);
  std::vector<uint32_t> owner(count), last_use(count, 0);
  for (uint32_t i = 0; i < count; ++i) {
    const Instruction& made = instructions_[i];
    const bool alias = !made.broadcast && !made.is_precomputed && is_alias(made.node->op);
    owner[i] = alias ? owner[made.args[0]] : i;
    for (const uint32_t arg : made.args) last_use[owner[arg]] = i;
  }
  for (const uint32_t root : roots_) last_use[owner[root]] = UINT32_MAX;
  std::map<size_t, std::vector<std::byte*>> free;
  // What is filled once, here, needs memory that no instruction before it has written to and will write to again.
  const auto allocate = [&](size_t width, bool fresh) {
    auto& blocks = free[width];
    if (fresh || blocks.empty()) return static_cast<std::byte*>(scope_.arena().allocate_bytes(options_.block * width));
    std::byte* memory = blocks.back();
    blocks.pop_back();
    return memory;
  };
  std::vector<std::vector<uint32_t>> ends(count);
  for (uint32_t i = 0; i < count; ++i) {
    Register& reg = registers_[i];
    Instruction& made = instructions_[i];
    reg.width = types::width(made.node->type);
    if (owner[i] == i) {
      reg.values = allocate(reg.width, made.broadcast);
      if (made.node->type.optional) reg.present = reinterpret_cast<uint8_t*>(allocate(1, made.broadcast));
      if (made.broadcast) {
        fill_broadcast(made, reg);
      } else if (last_use[i] != UINT32_MAX) {
        ends[std::max(last_use[i], i)].push_back(i);
      }
    }
    for (const uint32_t done : ends[i]) {
      free[registers_[done].width].push_back(registers_[done].values);
      if (registers_[done].present != nullptr)
        free[1].push_back(reinterpret_cast<std::byte*>(registers_[done].present));
    }
  }
}

void Program::fill_broadcast(Instruction& made, Register& reg) {
  broadcast(made.precomputed.data, reg.width, options_.block, reg.values);
  reg.view = {.data = reg.values};
  if (made.precomputed.present == nullptr || reg.present == nullptr) return;
  std::memset(reg.present, made.precomputed.present[0], options_.block);
  reg.view.present = reg.present;
}

void Program::run_all(const RowSource& rows, std::byte* out, uint8_t* out_present) {
  for (size_t first = 0; first < rows.size; first += options_.block) {
    const size_t n = std::min(options_.block, rows.size - first);
    run_block(rows, first, n);
    const Values values = root(0);
    const size_t width = registers_[roots_[0]].width;
    std::memcpy(out + first * width, values.data, n * width);
    if (out_present == nullptr) continue;
    if (values.present == nullptr) {
      std::memset(out_present + first, 1, n);
    } else {
      std::memcpy(out_present + first, values.present, n);
    }
  }
}

}  // namespace rec::interpreter
