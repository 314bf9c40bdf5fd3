// What a plan needs of the data and of the program, looked up before anything runs.
#include <fmt/format.h>

#include "runtime/engine/engine.h"
#include "runtime/engine/errors.h"

namespace rec::engine {
namespace {

class Needs {
 public:
  Needs(const store::Generation& generation, const operators::Models* models, const source::Sources* sources)
      : generation_(generation), models_(models), sources_(sources) {}

  std::optional<Error> of(const graph::Plan& plan) {
    plan_ = &plan;
    return steps(plan.steps);
  }

 private:
  using Missing = std::optional<Error>;

  Missing inner(const graph::PlanPtr& plan) const {
    return plan == nullptr ? Missing{} : Needs(generation_, models_, sources_).of(*plan);
  }

  Missing steps(const std::vector<graph::Step>& all) {
    for (const graph::Step& step : all) {
      if (auto missing = std::visit([&](const auto& what) { return needs(step, what); }, step.what)) return missing;
    }
    return inner(plan_->otherwise);
  }

  Missing needs(const graph::Step&, const graph::RecallStep& recall) {
    for (const graph::Channel& channel : recall.channels) {
      if (auto missing = inner(channel.pipeline)) return missing;
      for (const auto& argument : channel.arguments) {
        if (auto missing = index(channel, argument)) return missing;
        if (argument.expr == graph::kNoExpr) continue;
        const graph::Node& node = plan_->exprs[argument.expr];
        if (node.op == graph::Op::index_user) {
          const std::string& name = generation_.catalog().indexes[node.index].name;
          if (generation_.vector_index(name) == nullptr) return absent(channel, name, true);
        }
        if (node.op != graph::Op::model_user) continue;
        const std::string needed = fmt::format("channel `{}`{}", channel.name, place(channel.span));
        if (auto missing = model(node.index, needed, true)) return missing;
      }
    }
    return {};
  }
  Missing needs(const graph::Step& step, const graph::ScoreStep& score) {
    return model(score.model, fmt::format("`{}`{}", step.text, place(step.span)), false);
  }
  Missing needs(const graph::Step&, const graph::WhenStep& when) {
    for (const graph::WhenArm& arm : when.arms) {
      if (auto missing = steps(arm.steps)) return missing;
    }
    return {};
  }
  Missing needs(const graph::Step&, const graph::InsertStep& insert) { return inner(insert.source); }
  static Missing needs(const graph::Step&, const auto&) { return {}; }

  Missing index(const graph::Channel& channel, const graph::SourceArgument& argument) const {
    if (argument.kind != operators::ParameterKind::index || argument.index.empty()) return {};
    const auto& source = std::get<operators::SourceDef>(channel.source->what);
    const bool built = source.built == nullptr || source.built(generation_, argument.index);
    return source.run != nullptr && built ? Missing{} : absent(channel, argument.index, source.run != nullptr);
  }

  Error absent(const graph::Channel& channel, const std::string& index, bool can_be_built) const {
    const auto* declared = generation_.catalog().index(index);
    return request_error(
        diagnostics::Code::not_built,
        fmt::format("index `{}` has not been built, and channel `{}`{} reads it", index, channel.name,
                    place(channel.span)),
        !can_be_built
            ? fmt::format("this version builds no index by `{}`: leave the channel out, or give it another source",
                          declared == nullptr ? "" : declared->algorithm)
            : fmt::format("`rec-build` builds what the catalog declares: build the data of generation {} anew",
                          generation_.number()));
  }

  Missing model(uint32_t index, const std::string& needed, bool user) const {
    const auto& declared = generation_.catalog().models[index];
    const bool there = models_ != nullptr && models_->contains(declared.name);
    const auto has = [&](const operators::Model& found) {
      return user ? found.user != nullptr : found.score != nullptr;
    };
    if (there && has(models_->find(declared.name)->second)) return {};
    return request_error(
        diagnostics::Code::not_built,
        fmt::format("model `{}`{} has not been built, and {} needs it", declared.name,
                    there ? (user ? " for users" : " for candidates") : "", needed),
        fmt::format("this version trains no model by `{}`: a program that embeds Rec registers one as `{}`, or the "
                    "step can be left out",
                    declared.algorithm, declared.name));
  }

  std::string place(source::Span span) const {
    if (sources_ == nullptr || !span.valid()) return {};
    return fmt::format(" ({}:{})", sources_->file(span.file).path, sources_->file(span.file).locate(span.begin).line);
  }

  const store::Generation& generation_;
  const operators::Models* models_;
  const source::Sources* sources_;
  const graph::Plan* plan_ = nullptr;
};

}  // namespace

std::optional<Error> not_built(const graph::Plan& plan, const store::Generation& generation,
                               const operators::Models* models, const source::Sources* sources) {
  return Needs(generation, models, sources).of(plan);
}

}  // namespace rec::engine
