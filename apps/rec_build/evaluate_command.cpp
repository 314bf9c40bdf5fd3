// `rec-build evaluate FILE.rec`: a pipeline, measured on what users did afterwards.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "apps/rec_build/commands.h"
#include "compiler/compile.h"
#include "offline/evaluation/evaluate.h"
#include "runtime/engine/engine.h"

namespace rec::rec_build {
namespace {

using evaluation::Evaluation;
using evaluation::Failure;

/// `NAME=VALUE`, where a name with a dot is an option of an index: `mf.alpha=40`.
struct Setting {
  std::string name, value;
  bool of_index() const { return name.find('.') != std::string::npos; }
};
using Settings = std::vector<Setting>;

std::string to_text(const Settings& settings) {
  std::string text;
  for (const Setting& one : settings) text += (text.empty() ? "" : " ") + one.name + "=" + one.value;
  return text;
}

std::expected<std::pair<std::string, std::vector<std::string>>, Failure> parse_values(const std::string& text,
                                                                                      const char* option) {
  const size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0 || equals + 1 == text.size())
    return std::unexpected(Failure{fmt::format("{} `{}` is not NAME=VALUE", option, text), true});
  std::vector<std::string> values{""};
  for (const char c : text.substr(equals + 1)) {
    if (c == ',' && std::string_view(option) == "--grid") {
      values.emplace_back();
    } else {
      values.back() += c;
    }
  }
  return std::pair(text.substr(0, equals), values);
}

class Evaluator {
 public:
  explicit Evaluator(const EvaluateArguments& arguments) : arguments_(arguments) {
    if (::isatty(STDERR_FILENO) != 0)
      progress_ = [](const std::string& what, double share) {
        fmt::print(stderr, "\r\x1b[K{:3.0f} %  {}", share * 100, what);
      };
  }

  int run() {
    const auto done = work();
    if (progress_) fmt::print(stderr, "\r\x1b[K");
    if (const int exit = show(diagnostics_, sources_); exit != kOk) return exit;
    if (done) return kOk;
    fmt::print(stderr, "error: {}\n", done.error().message);
    return done.error().usage ? kUsage : kData;
  }

 private:
  std::expected<void, Failure> work() {
    auto fixed = parse_settings();
    if (!fixed) return std::unexpected(fixed.error());
    const auto holdout = evaluation::parse_holdout(arguments_.holdout);
    if (!holdout) return std::unexpected(Failure{holdout.error(), true});
    auto chosen = arguments_.grid.empty() ? std::expected<Settings, Failure>(*fixed) : choose(*holdout, *fixed);
    if (!chosen) return std::unexpected(chosen.error());
    const auto measured = measure({*holdout}, *chosen);
    if (!measured) return std::unexpected(measured.error());
    if (arguments_.format == "json") {
      auto json = nlohmann::ordered_json::parse(evaluation::to_json(*measured));
      for (const Setting& one : *chosen) json["settings"][one.name] = one.value;
      if (!grid_.is_null()) json["grid"] = grid_;
      fmt::print("{}\n", json.dump(2));
    } else {
      if (!chosen->empty()) fmt::print("with {}\n", to_text(*chosen));
      fmt::print("{}", evaluation::to_text(*measured));
    }
    return {};
  }

  std::expected<Settings, Failure> parse_settings() const {
    Settings out;
    for (const std::string& text : arguments_.set) {
      auto parsed = parse_values(text, "--set");
      if (!parsed) return std::unexpected(parsed.error());
      out.push_back({parsed->first, parsed->second.front()});
    }
    return out;
  }

  /// Every combination on a validation part of what is known; the best by the metric.
  std::expected<Settings, Failure> choose(const evaluation::HoldoutSpec& holdout, const Settings& fixed) {
    std::vector<Settings> all{fixed};
    for (const std::string& text : arguments_.grid) {
      auto parsed = parse_values(text, "--grid");
      if (!parsed) return std::unexpected(parsed.error());
      std::vector<Settings> next;
      for (const Settings& so_far : all) {
        for (const std::string& value : parsed->second) {
          next.push_back(so_far);
          next.back().push_back({parsed->first, value});
        }
      }
      all = std::move(next);
    }
    std::string text = arguments_.validation;
    if (text.empty()) text = holdout.kind == evaluation::HoldoutSpec::Kind::file ? "random:10%" : arguments_.holdout;
    const auto validation = evaluation::parse_holdout(text);
    if (!validation) return std::unexpected(Failure{validation.error(), true});
    if (validation->kind == evaluation::HoldoutSpec::Kind::file)
      return std::unexpected(
          Failure{"--validation takes a part of what is known: random:10%, latest:10% or last:1", true});
    std::optional<size_t> best;
    double best_value = 0;
    for (size_t i = 0; i < all.size(); ++i) {
      const auto measured = measure({holdout, *validation}, all[i]);
      if (!measured) return std::unexpected(measured.error());
      const auto value = evaluation::value_of(*measured, arguments_.by);
      if (!value)
        return std::unexpected(Failure{fmt::format("there is no metric `{}` to choose by", arguments_.by), true});
      tell(all[i], *measured, *value);
      if (!best || *value > best_value) best = i, best_value = *value;
    }
    return all[*best];
  }

  void tell(const Settings& settings, const Evaluation& measured, double value) {
    nlohmann::ordered_json line{{"validation", measured.split}};
    for (const Setting& one : settings) line["settings"][one.name] = one.value;
    for (const auto& one : measured.metrics) line["metrics"][one.name][std::to_string(one.at)] = one.value.mean;
    grid_.push_back(line);
    if (arguments_.format == "json") return;
    if (progress_) fmt::print(stderr, "\r\x1b[K");
    fmt::print("{} {:.4f} on {}: {}\n", arguments_.by, value, measured.split, to_text(settings));
    std::fflush(stdout);
  }

  std::expected<Evaluation, Failure> measure(const std::vector<evaluation::HoldoutSpec>& holdouts,
                                             const Settings& settings) {
    evaluation::SplitRequest request{.data = arguments_.data,
                                     .truth = arguments_.truth,
                                     .holdouts = holdouts,
                                     .seed = arguments_.seed,
                                     .progress = progress_};
    for (const Setting& one : settings) {
      const size_t dot = one.name.find('.');
      if (one.of_index())
        request.settings.push_back(
            {.index = one.name.substr(0, dot), .option = one.name.substr(dot + 1), .value = one.value});
    }
    const auto made = split_for(std::move(request));
    if (!made) return std::unexpected(made.error());
    const evaluation::Split* const split = *made;
    const auto compilation =
        compiler::compile(arguments_.file, split->generation->catalog(), registry_, sources_, diagnostics_);
    if (diagnostics_.has_errors()) return std::unexpected(Failure{});
    const auto plan = compilation.pipeline(arguments_.pipeline, diagnostics_);
    if (plan == nullptr) return std::unexpected(Failure{});
    evaluation::EvaluateOptions options{.at = arguments_.at,
                                        .users = arguments_.users,
                                        .seed = arguments_.seed,
                                        .diversity = arguments_.diversity,
                                        .progress = progress_};
    for (const Setting& one : settings) {
      if (one.of_index()) continue;
      const auto parameter = std::ranges::find(plan->parameters, one.name, &graph::Parameter::name);
      if (parameter == plan->parameters.end())
        return std::unexpected(Failure{
            fmt::format("`{}` has no parameter `{}`; an option of an index is INDEX.OPTION", plan->name, one.name),
            true});
      auto value = engine::parse_parameter(*parameter, one.value);
      if (!value) return std::unexpected(Failure{value.error().message, true});
      options.set[one.name] = std::move(*value);
    }
    return evaluation::evaluate(*plan, *split, options);
  }

  /// The last one where it is the same: only options of indexes and the holdouts change the data.
  std::expected<const evaluation::Split*, Failure> split_for(evaluation::SplitRequest request) {
    if (split_ && split_holdouts_ == request.holdouts && split_settings_ == request.settings) return &*split_;
    auto made = evaluation::make_split(request, sources_, diagnostics_);
    if (!made) return std::unexpected(made.error());
    split_ = std::move(*made);
    split_holdouts_ = std::move(request.holdouts);
    split_settings_ = std::move(request.settings);
    return &*split_;
  }

  const EvaluateArguments& arguments_;
  std::optional<evaluation::Split> split_{};
  std::vector<evaluation::HoldoutSpec> split_holdouts_{};
  std::vector<build::IndexSetting> split_settings_{};
  source::Sources sources_{};
  diagnostics::Diagnostics diagnostics_{};
  const operators::Registry registry_{};
  std::function<void(const std::string&, double)> progress_{};
  nlohmann::ordered_json grid_{};
};

}  // namespace

int run_evaluate(const EvaluateArguments& arguments) {
  return Evaluator(arguments).run();
}

}  // namespace rec::rec_build
