// One expression of candidates: by native code where that is ready, else by a program made when it is first needed.
#include <algorithm>
#include <cstring>

#include "runtime/interpreter/evaluate.h"
#include "runtime/interpreter/native_call.h"
#include "runtime/interpreter/program.h"
#include "runtime/interpreter/row_wise.h"
#include "runtime/native/tier.h"

namespace rec::interpreter {

struct Evaluator::State {
  static constexpr size_t kMany = 1 << 16;  // bytes

  Scope& scope;
  graph::ExprId root;
  size_t block, width;
  bool optional;
  const native::Unit* unit;
  std::optional<NativeCall> native{};
  std::optional<Program> program{};
  std::byte* values = nullptr;  // of the latest run
  uint8_t* present = nullptr;
  std::unique_ptr<std::byte[]> many{};  // where they are; else in the request's memory, which is kept to its end
  size_t room = 0;                      // values that fit

  State(Scope& of, graph::ExprId id)
      : scope(of),
        root(id),
        block(of.inputs().block),
        width(types::width(of.node(id).type)),
        optional(of.node(id).type.optional),
        unit(of.tier() == nullptr ? nullptr : of.tier()->expression(id)) {}

  /// Writes one value a row; false where there is no native code for it yet.
  bool run_native(const CandidateRows& rows, void* out, uint8_t* out_present) {
    if (unit == nullptr || rows.indices.empty()) return false;
    if (!native) native.emplace(scope, *unit);
    void* const outputs[] = {out, out_present};
    return native->run(rows, outputs);
  }
  void make_room(size_t count) {
    if (count <= room) return;
    room = std::max(count, 2 * room);
    const size_t bytes = room * (width + (optional ? 1 : 0));
    if (bytes > kMany) many = std::make_unique_for_overwrite<std::byte[]>(bytes);
    values = bytes > kMany ? many.get() : scope.arena().allocate<std::byte>(bytes).data();
    if (optional) present = reinterpret_cast<uint8_t*>(values + room * width);
  }
  Program& interpreted() {
    if (!program) program.emplace(scope, Program::Options{.root = root, .block = block});
    return *program;
  }
};

Evaluator::Evaluator(RequestContext& context, graph::ExprId root)
    : state_(std::make_unique<State>(context.scope(), root)) {}
Evaluator::~Evaluator() = default;
Evaluator::Evaluator(Evaluator&&) noexcept = default;

namespace {

RowSource source_of(const CandidateRows& rows) {
  return {.batch = rows.batch, .candidates = rows.indices.data(), .size = rows.indices.size()};
}

void put(const void* values, size_t width, const uint32_t* at, size_t n, std::byte* out) {
  if (are_consecutive(at, n)) {
    std::memcpy(out + at[0] * width, values, n * width);
  } else {
    scatter(values, width, at, n, out);
  }
}

}  // namespace

Values Evaluator::run(const CandidateRows& rows) {
  State& s = *state_;
  s.make_room(rows.indices.size());
  if (!s.run_native(rows, s.values, s.present)) s.interpreted().run_all(source_of(rows), s.values, s.present);
  return {.data = s.values, .present = s.present};
}

void Evaluator::run_into(const CandidateRows& rows, BatchColumn& column) {
  State& s = *state_;
  // In base order a row's place is where its value belongs.
  const bool in_place = rows.consecutive && !rows.indices.empty() && (column.present != nullptr) == s.optional;
  if (in_place) {
    const size_t first = rows.indices[0];
    uint8_t* const present = s.optional ? column.present + first : nullptr;
    if (s.run_native(rows, column.values.data() + first * s.width, present)) return;
  }
  const RowSource source = source_of(rows);
  if (!in_place && s.unit != nullptr) {
    const Values all = run(rows);
    scatter(all.data, s.width, source.candidates, source.size, column.values.data());
    for (size_t i = 0; column.present != nullptr && i < source.size; ++i)
      column.present[source.candidates[i]] = all.has(i) ? 1 : 0;
    return;
  }
  Program& program = s.interpreted();
  for (size_t first = 0; first < source.size; first += program.block()) {
    const size_t n = std::min(program.block(), source.size - first);
    program.run_block(source, first, n);
    const Values block = program.root(0);
    const uint32_t* const at = source.candidates + first;
    put(block.data, s.width, at, n, column.values.data());
    if (column.present == nullptr) continue;
    if (block.present != nullptr) {
      put(block.present, 1, at, n, reinterpret_cast<std::byte*>(column.present));
    } else {
      for (size_t i = 0; i < n; ++i) column.present[at[i]] = 1;
    }
  }
}

void Evaluator::filter(const CandidateRows& rows, std::span<uint8_t> keep) {
  State& s = *state_;
  if (s.unit != nullptr) s.make_room(rows.indices.size());
  if (s.run_native(rows, s.values, nullptr)) {
    const auto* passes = reinterpret_cast<const uint8_t*>(s.values);
    for (size_t i = 0; i < keep.size(); ++i) keep[i] &= passes[i];
    return;
  }
  Program& program = s.interpreted();
  const RowSource source = source_of(rows);
  for (size_t first = 0; first < source.size; first += program.block()) {
    const size_t n = std::min(program.block(), source.size - first);
    program.run_block(source, first, n);
    const auto* passes = program.root(0).as<uint8_t>();
    for (size_t i = 0; i < n; ++i) keep[first + i] &= passes[i];
  }
}

}  // namespace rec::interpreter
