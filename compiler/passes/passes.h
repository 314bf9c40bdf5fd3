// The passes over a plan: one ordered list. Each leaves every page as it was, to the bit; what it changes is how soon
// it is there. Traces, `why`, `diff` and tests tell of the plan as written.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/catalog/catalog.h"
#include "compiler/graph/plan.h"

namespace rec::passes {

/// What a pass may look at besides the plan.
struct Context {
  const catalog::Catalog& catalog;
  /// Values of parameters that are known, one a Plan::parameters or fewer; nothing: it is not.
  std::span<const std::optional<types::Value>> parameters{};
};

struct Pass {
  std::string_view name;  // of --pass and --without-pass
  std::string_view doc;   // what it does, in a sentence
  /// False where there was nothing to do: then the plan is as it was.
  bool (*run)(graph::Plan& plan, const Context& context) = nullptr;
};

/// All passes in the order they run in.
std::span<const Pass> all();
/// Their names.
std::vector<std::string> names();

#ifdef REC_VERIFY_PLANS
inline constexpr bool kVerifies = true;
#else
inline constexpr bool kVerifies = false;
#endif

struct Options {
  std::vector<std::string> without{};  // names of passes that do not run; "all": none does
  std::optional<std::string> only{};   // this pass alone, once
  bool verify = kVerifies;             // after each pass; a plan that is wrong is std::logic_error
  bool keep_plans = false;             // in the report, behind each pass that changed something
};

/// What one pass did, over all of its runs.
struct Ran {
  std::string_view pass;
  int64_t ns = 0;  // plans within this one are not in it
  bool changed = false;
  graph::PlanPtr after{};  // with keep_plans, where it changed something
};

/// Runs the passes over plans and the plans within them, each once. The list runs again until it changes nothing more,
/// a few times at most.
class Optimiser {
 public:
  Optimiser(const catalog::Catalog& catalog, Options options, std::vector<std::optional<types::Value>> parameters = {});

  /// The plan to run in place of `written`, which it points to; `written` itself where nothing changes. `report`: one
  /// entry a run of a pass over this plan, in order.
  graph::PlanPtr operator()(const graph::PlanPtr& written, std::vector<Ran>* report = nullptr);

 private:
  bool runs(const Pass& pass) const;
  bool optimise_inner(graph::Plan& plan);
  bool round(graph::Plan& plan, std::vector<Ran>* report) const;

  const catalog::Catalog& catalog_;
  Options options_;
  std::vector<std::optional<types::Value>> parameters_;
  std::map<graph::PlanPtr, graph::PlanPtr> made_{};
};

/// The plan for requests whose parameters have these values, one a Plan::parameters (nothing: left open): they are
/// constants in it, and what follows from them is gone. It must run with parameters of these values alone.
graph::PlanPtr specialise(const graph::PlanPtr& plan, std::vector<std::optional<types::Value>> values,
                          const catalog::Catalog& catalog, Options options = {});

}  // namespace rec::passes
