// How a program runs: one instruction after another over a block of rows.
#include <algorithm>
#include <cassert>
#include <cstring>

#include "runtime/interpreter/barriers.h"
#include "runtime/interpreter/correlated.h"
#include "runtime/interpreter/program.h"
#include "runtime/interpreter/row_wise.h"

namespace rec::interpreter {

using graph::Node;
using graph::Op;

Program::Block Program::make_block(const RowSource& rows, size_t first, size_t n) {
  Block block{.rows = rows,
              .first = first,
              .n = n,
              .candidates = nullptr,
              .item_rows = nullptr,
              .consecutive_candidates = false,
              .consecutive_items = false};
  if (rows.candidates == nullptr) return block;
  block.candidates = rows.candidates + first;
  block.consecutive_candidates = are_consecutive(block.candidates, n);
  if (rows.batch == nullptr) {
    block.item_rows = block.candidates;
  } else if (block.consecutive_candidates) {
    block.item_rows = rows.batch->rows.data() + block.candidates[0];
  } else {
    if (item_rows_.size() < n) item_rows_.resize(n);
    gather(rows.batch->rows.data(), sizeof(uint32_t), block.candidates, n, item_rows_.data());
    block.item_rows = item_rows_.data();
  }
  block.consecutive_items = are_consecutive(block.item_rows, n);
  return block;
}

void Program::run_block(const RowSource& rows, size_t first, size_t n) {
  assert(n > 0 && n <= options_.block);
  const Block block = make_block(rows, first, n);
  for (size_t i = 0; i < instructions_.size(); ++i) {
    if (instructions_[i].broadcast) {
      fill_broadcast(instructions_[i], registers_[i], n);
    } else {
      run(instructions_[i], registers_[i], block);
    }
  }
}

void Program::run(Instruction& made, Register& reg, const Block& block) {
  const Node& node = *made.node;
  if (is_alias(node.op) && !made.is_precomputed) {
    const Values& from = registers_[made.args[0]].view;
    reg.view = {.data = from.data, .present = node.type.optional ? from.present : nullptr};
    return;
  }
  reg.view = {.data = reg.values, .present = reg.present};
  if (made.is_precomputed) {
    const uint32_t* index = block.rows.event_index + block.first;
    gather(made.precomputed.data, reg.width, index, block.n, reg.values);
    if (made.precomputed.present == nullptr) {
      reg.view.present = nullptr;
    } else {
      gather(made.precomputed.present, 1, index, block.n, reg.present);
    }
    return;
  }
  if (made.correlated != nullptr) {
    std::vector<Values> operands;
    for (const uint32_t arg : made.args) operands.push_back(registers_[arg].view);
    return made.correlated->run(block.rows.batch, {block.candidates, block.n}, operands, reg.values, reg.present);
  }
  if (is_row_wise(node.op)) return run_kernel(made, reg, block.n);
  if (node.op == Op::in_list || node.op == Op::in_sequence) return run_membership(made, reg, block.n);
  const bool known = run_candidate(made, reg, block) || run_event(made, reg, block);
  assert(known && "this operation cannot stand in a program of rows");
  static_cast<void>(known);
}

void Program::read(const StoredColumn& column, const uint32_t* rows, bool consecutive, Register& reg, size_t n) {
  if (consecutive && n > 0 && in_place(column) && rows[n - 1] != column::kNoRow) {
    reg.view.data = column.view->values + size_t{rows[0]} * column.view->width;
    if (reg.present != nullptr)
      reg.view.present = column.view->present == nullptr ? nullptr : column.view->present + rows[0];
    return;
  }
  if (consecutive && n > 0 && is_narrow(column) && rows[n - 1] != column::kNoRow) {
    widen_range(*column.view, rows[0], n, reg.values, reg.present);
    return;
  }
  read_rows(scope_, column, rows, n, reg.values, reg.present);
}

bool Program::run_candidate(const Instruction& made, Register& reg, const Block& block) {
  const Node& node = *made.node;
  switch (node.op) {
    case Op::item_row:
      reg.view.data = block.item_rows;
      return true;
    case Op::item_column:
      read(made.stored, block.item_rows, block.consecutive_items, reg, block.n);
      return true;
    case Op::row_column:
      read(made.stored, registers_[made.args[0]].view.as<uint32_t>(), false, reg, block.n);
      return true;
    case Op::let_column: {
      const BatchColumn& column = block.rows.batch->lets[node.index];
      if (block.consecutive_candidates) {
        reg.view.data = column.values.data() + block.candidates[0] * reg.width;
        if (reg.present != nullptr)
          reg.view.present = column.present == nullptr ? nullptr : column.present + block.candidates[0];
        return true;
      }
      gather(column.values.data(), reg.width, block.candidates, block.n, reg.values);
      if (reg.present != nullptr && column.present != nullptr)
        gather(column.present, 1, block.candidates, block.n, reg.present);
      if (column.present == nullptr) reg.view.present = nullptr;
      return true;
    }
    case Op::barrier_rank:
    case Op::barrier_minmax:
    case Op::barrier_zscore:
    case Op::barrier_mean:
    case Op::barrier_total:
    case Op::barrier_largest:
    case Op::barrier_smallest:
    case Op::barrier_count:
      barrier(made, *block.rows.batch)
          .apply(made.args.empty() ? Values{} : registers_[made.args[0]].view, block.n, reg.values);
      return true;
    case Op::channel_emit:
      run_channel_emit(node, reg, block);
      return true;
    case Op::from_channel:
    case Op::score_in:
    case Op::position_in:
    case Op::channel_count:
      run_provenance(node, reg, block);
      return true;
    default:
      return false;
  }
}

/// Fitted on all candidates present, by a program of its own, when the first block meets it.
const Barrier& Program::barrier(const Instruction& made, const Batch& batch) {
  assert(batch.barriers != nullptr && "a barrier stands in a step");
  const auto known = batch.barriers->find(made.id);
  if (known != batch.barriers->end()) return known->second;
  const Node& node = *made.node;
  std::vector<std::byte> values;
  types::Kind kind = types::Kind::none;
  if (!node.args.empty()) {
    kind = scope_.node(node.args[0]).type.kind;
    Program argument(scope_, {.root = node.args[0], .block = options_.block});
    values.resize(batch.order.size() * types::width(scope_.node(node.args[0]).type));
    argument.run_all({.batch = &batch, .candidates = batch.order.data(), .size = batch.order.size()}, values.data(),
                     nullptr);
  }
  return batch.barriers->emplace(made.id, Barrier(node.op, kind, {.data = values.data()}, batch.order.size()))
      .first->second;
}

void Program::run_provenance(const Node& node, Register& reg, const Block& block) {
  const std::vector<ChannelColumn>& channels = block.rows.batch->channels;
  for (size_t i = 0; i < block.n; ++i) {
    const uint32_t at = block.candidates[i];
    const auto from = [&](const ChannelColumn& channel) { return channel.position[at] > 0; };
    if (node.op == Op::channel_count) {
      reinterpret_cast<int64_t*>(reg.values)[i] = std::count_if(channels.begin(), channels.end(), from);
      continue;
    }
    const ChannelColumn& channel = channels[node.index];
    bool there = from(channel);
    if (node.op == Op::from_channel) {
      reinterpret_cast<uint8_t*>(reg.values)[i] = there ? 1 : 0;
    } else if (node.op == Op::position_in) {
      reinterpret_cast<int64_t*>(reg.values)[i] = there ? channel.position[at] : 0;
    } else {
      there = there && !channel.score.empty();
      reinterpret_cast<float*>(reg.values)[i] = there ? channel.score[at] : 0.0F;
    }
    if (reg.present != nullptr) reg.present[i] = there ? 1 : 0;
  }
}

void Program::run_channel_emit(const Node& node, Register& reg, const Block& block) {
  const std::vector<BatchColumn>& emits = block.rows.batch->channels[node.index].emits;
  if (node.index2 >= emits.size() || emits[node.index2].present == nullptr) {
    std::memset(reg.values, 0, block.n * reg.width);
    std::memset(reg.present, 0, block.n);
    return;
  }
  gather(emits[node.index2].values.data(), reg.width, block.candidates, block.n, reg.values);
  gather(emits[node.index2].present, 1, block.candidates, block.n, reg.present);
}

bool Program::run_event(const Instruction& made, Register& reg, const Block& block) {
  const Node& node = *made.node;
  if (block.rows.events == nullptr || options_.kind != Kind::events) return false;
  const column::EventColumns& events = *block.rows.events;
  switch (node.op) {
    case Op::event_time:
      reg.view.data = events.time + block.first;
      return true;
    case Op::event_item:
      reg.view.data = events.item + block.first;
      return true;
    case Op::event_item_column:
      read(made.stored, events.item + block.first, false, reg, block.n);
      return true;
    case Op::event_column: {
      const auto& column = events.columns[node.index];
      reg.view.data = static_cast<const std::byte*>(column.data) + block.first * reg.width;
      if (reg.present != nullptr) reg.view.present = column.present == nullptr ? nullptr : column.present + block.first;
      return true;
    }
    default:
      return false;
  }
}

namespace {

/// Of elements that are compared as they are.
template <typename T>
void look_through(const column::ListRef* lists, const uint64_t* keys, size_t n, uint8_t* out) {
  for (size_t i = 0; i < n; ++i) {
    const T* const elements = static_cast<const T*>(lists[i].data);
    const T key = static_cast<T>(keys[i]);
    uint8_t found = 0;
    for (size_t k = 0; k < lists[i].size; ++k) found |= elements[k] == key ? 1 : 0;
    out[i] = found;
  }
}

}  // namespace

void Program::run_membership(const Instruction& made, Register& reg, size_t n) {
  const Values& values = registers_[made.args[0]].view;
  auto* out = reinterpret_cast<uint8_t*>(reg.values);
  if (made.row_set != nullptr) {
    const auto* rows = values.as<uint32_t>();
    for (size_t i = 0; i < n; ++i) out[i] = made.row_set->has(rows[i]) ? 1 : 0;
    return;
  }
  if (made.set != nullptr && made.set->size() == 0) {
    std::memset(out, 0, n);
    return;
  }
  if (keys_.size() < n) {
    keys_.resize(n);
    valid_.resize(n);
  }
  make_keys(values.data, scope_.node(made.node->args[0]).type.kind, made.as_double, n, keys_.data(), valid_.data());
  if (made.set != nullptr) {
    for (size_t i = 0; i < n; ++i) out[i] = valid_[i] != 0 && made.set->find(keys_[i]) != KeySet::kNone ? 1 : 0;
    return;
  }
  // Each row has a list of its own: look through it.
  const auto* lists = registers_[made.args[1]].view.as<column::ListRef>();
  const types::Kind element = scope_.node(made.node->args[1]).type.element;
  if (element == types::Kind::string) return look_through<int32_t>(lists, keys_.data(), n, out);
  if (element == types::Kind::integer && !made.as_double) return look_through<int64_t>(lists, keys_.data(), n, out);
  std::vector<uint64_t> keys;
  std::vector<uint8_t> valid;
  for (size_t i = 0; i < n; ++i) {
    keys.resize(lists[i].size);
    valid.resize(lists[i].size);
    make_keys(lists[i].data, element, made.as_double, lists[i].size, keys.data(), valid.data());
    out[i] = 0;
    for (size_t k = 0; k < keys.size() && valid_[i] != 0; ++k)
      out[i] |= static_cast<uint8_t>(valid[k] != 0 && keys[k] == keys_[i]);
  }
}

void Program::run_kernel(const Instruction& made, Register& reg, size_t n) {
  operands_.clear();
  for (const uint32_t arg : made.args) {
    const Instruction& from = instructions_[arg];
    const Values& view = registers_[arg].view;
    operands_.push_back(
        {.data = view.data, .present = view.present, .uniform = from.broadcast, .type = &from.node->type});
  }
  run_row_wise(*made.node, operands_, n, reg.values, reg.present, scope_.kernel_context());
}

}  // namespace rec::interpreter
