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
  std::map<ExprId, Evaluator> conditions;
};

RequestContext::RequestContext(const graph::Plan& plan, const store::Generation& generation, RequestInputs inputs,
                               column::Arena& arena)
    : state_(std::make_unique<State>(plan, generation, std::move(inputs), arena)) {}
RequestContext::RequestContext(std::unique_ptr<State> state) : state_(std::move(state)) {}
RequestContext::~RequestContext() = default;

Evaluator& RequestContext::condition(ExprId expr) {
  const auto known = state_->conditions.find(expr);
  if (known != state_->conditions.end()) return known->second;
  return state_->conditions.emplace(expr, Evaluator(*this, expr)).first->second;
}
void RequestContext::prepare(ExprId expr) {
  state_->scope.prepare(expr);
}
std::unique_ptr<RequestContext> RequestContext::fork(column::Arena& arena) const {
  return std::unique_ptr<RequestContext>(new RequestContext(std::make_unique<State>(*state_, arena)));
}

Scope& RequestContext::scope() {
  return state_->scope;
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
void RequestContext::use(const native::Tier* tier) {
  state_->scope.use(tier);
}
const native::Tier* RequestContext::tier() const {
  return state_->scope.tier();
}
NativeUse RequestContext::native_use() const {
  return state_->scope.native_use();
}

bool RequestContext::waited_for_code() const {
  return state_->scope.waited_for_code();
}
uint64_t RequestContext::gone() const {
  return state_->scope.gone();
}
const std::optional<std::string>& RequestContext::error() const {
  return state_->scope.error();
}

void evaluate_events(const graph::Plan& plan, ExprId root, const column::EventColumns& events,
                     const store::Table& items, column::StringSpace& strings, std::string_view timezone,
                     std::span<std::byte> out, uint8_t* present) {
  column::Arena arena;
  Scope scope(plan, nullptr, items, {}, strings, arena, timezone);
  Program program(scope, {.kind = Program::Kind::events, .root = root, .event_items = &items});
  program.run_all({.events = &events, .size = events.size}, out.data(), present);
}

}  // namespace rec::interpreter
