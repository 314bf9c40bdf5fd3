// Where the memory of a kernel lies: columns as they are stored, values of the request, sets, and, block by block, what
// only the interpreter can compute.
#include "runtime/interpreter/native_call.h"

#include "runtime/interpreter/correlated.h"

#include <algorithm>
#include <cassert>

#include "runtime/interpreter/row_wise.h"

namespace rec::interpreter {

using native::Memory;
using Source = native::Memory::Source;

namespace {

constexpr uint8_t kYes = 1, kNo = 0;
/// Up to here it is cheaper to look whether rows ascend by one than to gather.
constexpr size_t kLookedAt = 4096;

native::Layout layout_of(const CandidateRows& rows) {
  const bool consecutive = rows.consecutive || (rows.indices.size() <= kLookedAt && !rows.indices.empty() &&
                                                are_consecutive(rows.indices.data(), rows.indices.size()));
  return {.consecutive = consecutive, .rows_follow = rows.batch == nullptr || rows.batch->rows_by_one};
}

}  // namespace

NativeCall::NativeCall(Scope& scope, const native::Unit& unit)
    : scope_(scope), unit_(unit), block_(scope.inputs().block) {}

/// Code for consecutive rows is the faster; that for listed ones does as well.
native::Entry NativeCall::entry_for(const CandidateRows& rows) {
  native::Layout layout = layout_of(rows);
  native::Entry entry = unit_.entry(layout);
  if (entry == nullptr && layout.consecutive) {
    layout.consecutive = false;
    entry = unit_.entry(layout);
  }
  if (entry == nullptr) scope_.waits_for_code();
  return entry;
}

bool NativeCall::is_ready(const CandidateRows& rows) {
  return entry_for(rows) != nullptr;
}

bool NativeCall::run(const CandidateRows& rows, void* const* outputs, native::Ahead* ahead) {
  const native::Entry entry = entry_for(rows);
  if (entry == nullptr) return false;
  scope_.ran_code();
  if (!bound_) bind();
  bind_batch(rows.batch);
  native::Range range{.begin = begin_,
                      .end = rows.indices.size(),
                      .candidates = rows.indices.data(),
                      .first = rows.indices.empty() ? 0 : rows.indices[0],
                      .rows = rows.batch == nullptr ? nullptr : rows.batch->rows.data(),
                      .row_offset = rows.batch == nullptr || rows.batch->rows.empty() ? 0 : rows.batch->rows[0]};
  if (!unit_.has_computed()) {
    result_ = entry(memory_.data(), &range, outputs, ahead);
    return true;
  }
  const bool selects = unit_.kernel().does == native::Kernel::Does::select;
  uint64_t chosen = 0;
  for (uint64_t first = begin_; first < rows.indices.size();) {
    const uint64_t end = std::min<uint64_t>(first + block_, rows.indices.size());
    compute(rows, first, end - first);
    range.begin = first;
    range.end = end;
    if (selects) {
      void* const behind[] = {static_cast<uint32_t*>(outputs[0]) + chosen};
      chosen += entry(memory_.data(), &range, behind, ahead);
      first = end;
      continue;
    }
    first = entry(memory_.data(), &range, outputs, ahead);
    if (first < end) {  // no room for more
      result_ = first;
      return true;
    }
    first = end;
  }
  result_ = selects ? chosen : rows.indices.size();
  return true;
}

void NativeCall::bind() {
  const auto& wanted = unit_.kernel().memory;
  memory_ = scope_.arena().allocate<const void*>(wanted.size());
  for (size_t i = 0; i < wanted.size(); ++i) {
    if (wanted[i].source == Source::computed)
      computed_.emplace_back(
          i, std::make_unique<Program>(scope_, Program::Options{.root = wanted[i].expr, .block = block_}));
    memory_[i] = of_request(wanted[i]);
  }
  bound_ = true;
}

void NativeCall::bind_batch(const Batch* batch) {
  if (batch == nullptr) return;
  for (const uint32_t i : unit_.of_batch()) memory_[i] = of_batch(unit_.kernel().memory[i], *batch);
}

const void* NativeCall::of_request(const Memory& memory) {
  switch (memory.source) {
    case Source::item_column:
      return scope_.items().columns()[memory.index].values;
    case Source::item_present:
      return scope_.items().columns()[memory.index].present;
    case Source::value:
      return scope_.value(memory.expr).data;
    case Source::value_present: {
      const uint8_t* present = scope_.value(memory.expr).present;
      return present == nullptr ? &kYes : present;
    }
    case Source::bits:
      return scope_.bits(memory.expr).words;
    case Source::known_bits:
      return unit_.kernel().known[memory.index].data();
    case Source::bits_size:
      return &scope_.bits(memory.expr).size;
    case Source::bits_512:
      return scope_.bits(memory.expr).first_512;
    case Source::keys: {
      const auto table = scope_.arena().allocate<native::KeyTable>(1);
      table[0] = scope_.list_set(memory.expr, memory.as_double).table();
      return table.data();
    }
    case Source::results:
    case Source::results_present:
    case Source::groups:
    case Source::group_of_code:
    case Source::no_group:
      return of_groups(memory);
    default:
      return nullptr;
  }
}

const void* NativeCall::of_groups(const Memory& memory) {
  const EventGroups& groups = groups_of(scope_, memory.expr);
  switch (memory.source) {
    case Source::results:
      return groups.results.data();
    case Source::results_present:
      return groups.present.data();
    case Source::groups: {
      const auto table = scope_.arena().allocate<native::KeyTable>(1);
      table[0] = groups.keys.table();
      return table.data();
    }
    case Source::no_group: {
      const auto count = scope_.arena().allocate<int32_t>(1);
      count[0] = static_cast<int32_t>(groups.keys.size());
      return count.data();
    }
    default: {
      const size_t codes = scope_.items().strings().size();
      const auto group = scope_.arena().allocate<int32_t>(codes + 1);
      std::ranges::fill(group, static_cast<int32_t>(groups.keys.size()));
      for (uint32_t g = 0; g < groups.keys.size(); ++g) {
        if (groups.keys.key(g) < codes) group[groups.keys.key(g)] = static_cast<int32_t>(g);
      }
      return group.data();
    }
  }
}

const uint8_t* NativeCall::all_there(size_t rows) {
  if (there_ < rows) {
    const auto bytes = scope_.arena().allocate<uint8_t>(rows);
    std::ranges::fill(bytes, kYes);
    all_there_ = bytes.data();
    there_ = rows;
  }
  return all_there_;
}

const void* NativeCall::of_batch(const Memory& memory, const Batch& batch) {
  switch (memory.source) {
    case Source::let:
      return batch.lets[memory.index].values.data();
    case Source::let_present: {
      const uint8_t* present = batch.lets[memory.index].present;
      return present == nullptr ? all_there(batch.rows.size()) : present;
    }
    case Source::position:
      return batch.channels[memory.index].position.data();
    case Source::score: {
      const auto& channel = batch.channels[memory.index];
      if (channel.score.empty()) return channel.position.data();  // read, and never used
      return channel.score.data();
    }
    case Source::score_there:
      return batch.channels[memory.index].score.empty() ? &kNo : &kYes;
    default:
      return nullptr;
  }
}

/// Values of this block, as if they began with the first row of all.
void NativeCall::compute(const CandidateRows& rows, size_t first, size_t n) {
  const auto& wanted = unit_.kernel().memory;
  for (const auto& [at, program] : computed_) {
    program->run_block({.batch = rows.batch, .candidates = rows.indices.data(), .size = rows.indices.size()}, first, n);
    const Values values = program->root(0);
    const size_t width = types::width(scope_.node(wanted[at].expr).type);
    memory_[at] = static_cast<const std::byte*>(values.data) - first * width;
    for (size_t i = 0; i < wanted.size(); ++i) {
      if (wanted[i].source != Source::computed_present || wanted[i].expr != wanted[at].expr) continue;
      memory_[i] = (values.present == nullptr ? all_there(block_) : values.present) - first;
    }
  }
}

}  // namespace rec::interpreter
