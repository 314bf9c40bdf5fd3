// The list of passes, and how it runs: timer, verifier, off switches, plans within plans.
#include "compiler/passes/passes.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <stdexcept>

#include "compiler/passes/list.h"
#include "compiler/passes/verify.h"

namespace rec::passes {
namespace {

constexpr int kRounds = 4;  // a pass makes work for another two or three times; more changes nothing in practice

void check(const graph::Plan& plan, const catalog::Catalog& catalog, std::string_view after) {
  if (const auto wrong = verify(plan, catalog))
    throw std::logic_error(fmt::format("pipeline `{}` is wrong {}: {}", plan.name, after, *wrong));
}

}  // namespace

std::span<const Pass> all() {
  static const std::array kAll{parameters(), constants(), sides(),  request_values(),
                               common(),     filters(),   limits(), dead()};
  return kAll;
}

std::vector<std::string> names() {
  std::vector<std::string> out;
  for (const Pass& pass : all()) out.emplace_back(pass.name);
  return out;
}

Optimiser::Optimiser(const catalog::Catalog& catalog, Options options,
                     std::vector<std::optional<types::Value>> parameters)
    : catalog_(catalog), options_(std::move(options)), parameters_(std::move(parameters)) {}

bool Optimiser::runs(const Pass& pass) const {
  if (options_.only) return pass.name == *options_.only;
  return std::ranges::none_of(options_.without,
                              [&](const std::string& name) { return name == pass.name || name == "all"; });
}

graph::PlanPtr Optimiser::operator()(const graph::PlanPtr& written, std::vector<Ran>* report) {
  if (written == nullptr) return nullptr;
  if (const auto known = made_.find(written); known != made_.end()) return known->second;
  if (options_.verify) check(*written, catalog_, "as written");
  auto plan = std::make_shared<graph::Plan>(*written);
  bool changed = optimise_inner(*plan);
  for (int left = options_.only ? 1 : kRounds; left > 0 && round(*plan, report); --left) changed = true;
  plan->written = graph::as_written(written);
  return made_[written] = changed ? graph::PlanPtr(plan) : written;
}

/// Pipelines that channels run, sources of `insert`, the page of `else`.
bool Optimiser::optimise_inner(graph::Plan& plan) {
  bool changed = false;
  const auto inner = [&](graph::PlanPtr& within) {
    auto better = (*this)(within);
    changed = changed || better != within;
    within = std::move(better);
  };
  inner(plan.otherwise);
  for (graph::Step& step : plan.steps) {
    if (auto* recall = std::get_if<graph::RecallStep>(&step.what)) {
      for (auto& channel : recall->channels) inner(channel.pipeline);
    } else if (auto* insert = std::get_if<graph::InsertStep>(&step.what)) {
      inner(insert->source);
    }
  }
  return changed;
}

bool Optimiser::round(graph::Plan& plan, std::vector<Ran>* report) const {
  using Clock = std::chrono::steady_clock;
  const Context context{.catalog = catalog_, .parameters = parameters_};
  bool changed = false;
  for (const Pass& pass : all()) {
    if (!runs(pass)) continue;
    Ran ran{.pass = pass.name};
    const auto begin = Clock::now();
    ran.changed = pass.run(plan, context);
    ran.ns = std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now() - begin).count();
    changed = changed || ran.changed;
    if (options_.verify && ran.changed) check(plan, catalog_, fmt::format("after the pass `{}`", pass.name));
    if (report == nullptr) continue;
    if (options_.keep_plans && ran.changed) ran.after = std::make_shared<const graph::Plan>(plan);
    report->push_back(std::move(ran));
  }
  return changed;
}

graph::PlanPtr specialise(const graph::PlanPtr& plan, std::vector<std::optional<types::Value>> values,
                          const catalog::Catalog& catalog, Options options) {
  return Optimiser(catalog, std::move(options), std::move(values))(graph::as_written(plan));
}

}  // namespace rec::passes
