// A plan run inside a request for another one: a pipeline as a source, the source of an `insert`.
#pragma once

#include <chrono>
#include <memory>
#include <optional>

#include "runtime/engine/channel_task.h"
#include "runtime/engine/run.h"

namespace rec::engine {

/// Its memory, which what it brought may point into, and the run when it has ended.
struct Nested {
  Nested(std::shared_ptr<RequestState> a_state, Run& outer);
  std::shared_ptr<RequestState> state;
  trace::Trace trace{};
  Run run;
};

/// Runs a plan for the same user, request and parameters. `until`: when its channels are cut off; its own deadline
/// holds where that comes first, and then its own page in place.
std::shared_ptr<Nested> run_nested(Run& outer, const graph::PlanPtr& plan,
                                   std::optional<std::chrono::steady_clock::time_point> until);

/// What the plan of a channel emits, for the candidates at `places` of its order, as a column of `outer`'s: value i
/// goes to base index `at[i]` of `rows`. Missing where the run had another page that does not emit it.
interpreter::BatchColumn emitted_column(Run& outer, Nested& nested, const graph::Plan& plan, uint32_t emit,
                                        std::span<const uint32_t> places, std::span<const uint32_t> at, size_t rows);

}  // namespace rec::engine
