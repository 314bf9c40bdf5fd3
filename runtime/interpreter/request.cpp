// RequestContext and Evaluator: the interpreter as the engine sees it.
#include <algorithm>
#include <cstring>

#include "runtime/interpreter/evaluate.h"
#include "runtime/interpreter/program.h"
#include "runtime/interpreter/row_wise.h"
#include "runtime/interpreter/scope.h"
#include "runtime/interpreter/search.h"

namespace rec::interpreter {

using graph::ExprId;

struct RequestContext::State {
  State(const graph::Plan& plan, const store::Generation& generation, RequestInputs inputs, column::Arena& arena)
      : strings(generation.table(plan.item_table).strings()),
        scope(plan, &generation, generation.table(plan.item_table), std::move(inputs), strings, arena,
              generation.catalog().timezone) {}
  State(const State& parent, column::Arena& arena) : strings(parent.strings), scope(parent.scope, strings, arena) {}
  column::StringSpace strings;
  Scope scope;
};

RequestContext::RequestContext(const graph::Plan& plan, const store::Generation& generation, RequestInputs inputs,
                               column::Arena& arena)
    : state_(std::make_unique<State>(plan, generation, std::move(inputs), arena)) {}
RequestContext::RequestContext(std::unique_ptr<State> state) : state_(std::move(state)) {}
RequestContext::~RequestContext() = default;

void RequestContext::prepare(ExprId expr) {
  state_->scope.prepare(expr);
}
std::unique_ptr<RequestContext> RequestContext::fork(column::Arena& arena) const {
  return std::unique_ptr<RequestContext>(new RequestContext(std::make_unique<State>(*state_, arena)));
}

const graph::Plan& RequestContext::plan() const {
  return state_->scope.plan();
}
const store::Generation& RequestContext::generation() const {
  return *state_->scope.generation();
}
const RequestInputs& RequestContext::inputs() const {
  return state_->scope.inputs();
}
column::StringSpace& RequestContext::strings() {
  return state_->strings;
}
column::Arena& RequestContext::arena() {
  return state_->scope.arena();
}

Values RequestContext::value(ExprId expr) {
  return state_->scope.value(expr);
}
int64_t RequestContext::integer(ExprId expr) {
  return state_->scope.integer(expr);
}
float RequestContext::floating(ExprId expr) {
  return *value(expr).as<float>();
}
const column::EventColumns& RequestContext::sequence(ExprId expr) {
  return state_->scope.sequence(expr);
}
Values RequestContext::on_events(ExprId body, const column::EventColumns& events, size_t events_index) {
  return state_->scope.on_events(body, events, events_index);
}
std::span<const column::ListRef> RequestContext::search(ExprId expr, const CandidateRows& rows) {
  Evaluator candidates(*this, state_->scope.node(expr).args[1]);
  return search_events(state_->scope, expr, candidates.run(rows), rows.indices.size());
}
uint64_t RequestContext::gone() const {
  return state_->scope.gone();
}
const std::optional<std::string>& RequestContext::error() const {
  return state_->scope.error();
}

struct Evaluator::Program {
  interpreter::Program compiled;
  size_t width;
  bool optional;
  std::unique_ptr<std::byte[]> values{};  // of the latest run
  std::unique_ptr<uint8_t[]> present{};
  size_t room = 0;  // values that fit

  Program(Scope& scope, ExprId root, size_t block)
      : compiled(scope, {.kind = interpreter::Program::Kind::candidates, .roots = {root}, .block = block}),
        width(types::width(scope.node(root).type)),
        optional(scope.node(root).type.optional) {}

  void make_room(size_t count) {
    if (count <= room) return;
    values = std::make_unique_for_overwrite<std::byte[]>(count * width);
    if (optional) present = std::make_unique_for_overwrite<uint8_t[]>(count);
    room = count;
  }
};

Evaluator::Evaluator(RequestContext& context, ExprId root, size_t block)
    : program_(std::make_unique<Program>(context.state_->scope, root, block)) {}
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
  Program& p = *program_;
  p.make_room(rows.indices.size());
  p.compiled.run_all(source_of(rows), p.values.get(), p.present.get());
  return {.data = p.values.get(), .present = p.present.get()};
}

void Evaluator::run_into(const CandidateRows& rows, BatchColumn& column) {
  interpreter::Program& compiled = program_->compiled;
  const RowSource source = source_of(rows);
  for (size_t first = 0; first < source.size; first += compiled.block()) {
    const size_t n = std::min(compiled.block(), source.size - first);
    compiled.run_block(source, first, n);
    const Values block = compiled.root(0);
    const uint32_t* at = source.candidates + first;
    put(block.data, program_->width, at, n, column.values.data());
    if (column.present == nullptr) continue;
    if (block.present != nullptr) {
      put(block.present, 1, at, n, reinterpret_cast<std::byte*>(column.present));
    } else {
      for (size_t i = 0; i < n; ++i) column.present[at[i]] = 1;
    }
  }
}

void Evaluator::filter(const CandidateRows& rows, std::span<uint8_t> keep) {
  const RowSource source = source_of(rows);
  for (size_t first = 0; first < source.size; first += program_->compiled.block()) {
    const size_t n = std::min(program_->compiled.block(), source.size - first);
    program_->compiled.run_block(source, first, n);
    const auto* passes = program_->compiled.root(0).as<uint8_t>();
    for (size_t i = 0; i < n; ++i) keep[first + i] &= passes[i];
  }
}

void evaluate_events(const graph::Plan& plan, ExprId root, const column::EventColumns& events,
                     const store::Table& items, column::StringSpace& strings, std::string_view timezone,
                     std::span<std::byte> out, uint8_t* present) {
  column::Arena arena;
  Scope scope(plan, nullptr, items, {}, strings, arena, timezone);
  Program program(scope, {.kind = Program::Kind::events, .roots = {root}, .event_items = &items});
  program.run_all({.events = &events, .size = events.size}, out.data(), present);
}

}  // namespace rec::interpreter
