// How a layout becomes a program of one request: what it reads of the request is looked up, its memory borrowed.
#include "runtime/interpreter/program.h"

#include <algorithm>
#include <cstring>

#include "runtime/interpreter/correlated.h"
#include "runtime/interpreter/row_wise.h"

namespace rec::interpreter {

using graph::Node;
using graph::Op;

namespace {

const Layout& layout_of(const Scope& scope, const Program::Options& options) {
  const std::span roots = options.kind == Layout::Kind::pairs ? options.pair_roots : std::span(&options.root, 1);
  return scope.layouts().get(scope.plan(), options.kind, options.root, roots);
}

}  // namespace

Program::Program(Scope& scope, Options options) : scope_(scope), options_(options), layout_(layout_of(scope, options)) {
  instructions_.reserve(layout_.instructions.size());
  for (const Layout::Instruction& planned : layout_.instructions) bind(planned);
  bind_memory();
}

Program::~Program() {
  for (size_t i = 0; i < memory_.size(); ++i) scope_.give_back(memory_[i], layout_.widths[i] * options_.block);
}

void Program::bind(const Layout::Instruction& planned) {
  Instruction& made = instructions_.emplace_back();
  const Node& node = scope_.node(planned.id);
  made.node = &node;
  made.id = planned.id;
  made.args = planned.args;
  made.broadcast = planned.broadcast;
  made.is_precomputed = planned.precomputed;
  made.as_double = planned.as_double;
  if (planned.correlated != nullptr)
    made.correlated = std::make_unique<Correlated>(scope_, planned.id, *planned.correlated, options_.block);
  if (made.broadcast) {
    made.precomputed = scope_.value(made.id);
    return;
  }
  if (made.is_precomputed) {
    made.precomputed = scope_.on_events(made.id, *options_.pair_events, options_.events_index);
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
      if (planned.has_set) made.row_set = &scope_.sequence_set(node.args[1]);
      break;
    case Op::in_list:
      if (planned.has_set) made.set = &scope_.list_set(node.args[1], made.as_double);
      break;
    default:
      break;
  }
}

void Program::bind_memory() {
  memory_.reserve(layout_.widths.size());
  for (const uint32_t width : layout_.widths) memory_.push_back(scope_.borrow(width * options_.block));
  registers_.resize(instructions_.size());
  for (size_t i = 0; i < registers_.size(); ++i) {
    const Layout::Instruction& planned = layout_.instructions[i];
    Register& reg = registers_[i];
    reg.width = types::width(instructions_[i].node->type);
    if (planned.values != Layout::kNoMemory) reg.values = memory_[planned.values];
    if (planned.present != Layout::kNoMemory) reg.present = reinterpret_cast<uint8_t*>(memory_[planned.present]);
  }
}

/// As many copies as the blocks so far need: most programs run on fewer rows than a block has.
void Program::fill_broadcast(const Instruction& made, Register& reg, size_t n) {
  if (n <= reg.filled) return;
  broadcast(made.precomputed.data, reg.width, n, reg.values);
  reg.view = {.data = reg.values};
  reg.filled = n;
  if (made.precomputed.present == nullptr || reg.present == nullptr) return;
  std::memset(reg.present, made.precomputed.present[0], n);
  reg.view.present = reg.present;
}

void Program::run_all(const RowSource& rows, std::byte* out, uint8_t* out_present) {
  const size_t width = registers_[layout_.roots[0]].width;
  for (size_t first = 0; first < rows.size; first += options_.block) {
    const size_t n = std::min(options_.block, rows.size - first);
    run_block(rows, first, n);
    const Values values = root(0);
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
