// Requests from the command line and from files.
#include "apps/rec_run/request_source.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <nlohmann/json.hpp>

#include "apps/rec_run/session.h"
#include "compiler/types/text.h"

namespace rec::rec_run {
namespace {

using diagnostics::Code;
using engine::Error;
using nlohmann::json;

Error error(Code code, std::string message, std::string help = {}) {
  Error out{.code = code, .message = std::move(message), .primary = {}};
  if (!help.empty()) out.help.push_back(std::move(help));
  return out;
}

}  // namespace

bool RequestSource::open() {
  if (options_.requests.empty()) return true;
  lines_ = &std::cin;
  if (options_.requests == "-") return true;
  lines_ = &file_;
  std::error_code ignored;
  if (!std::filesystem::is_directory(options_.requests, ignored)) file_.open(options_.requests, std::ios::binary);
  if (file_.is_open()) return true;
  report(error(Code::unreadable_file, fmt::format("cannot read the requests in {}", options_.requests),
               "it must be a file with a JSON object a line"));
  return false;
}

std::optional<NextRequest> RequestSource::next() {
  if (lines_ == nullptr) {
    if (done_) return {};
    done_ = true;
    const auto text = from_options();
    if (!text) return NextRequest{.plan = nullptr, .request = std::unexpected(text.error())};
    return parsed(*text, 0);
  }
  for (std::string text; std::getline(*lines_, text);) {
    ++line_;
    if (text.find_first_not_of(" \t\r") != std::string::npos) return parsed(text, line_);
  }
  return {};
}

std::expected<std::string, Error> RequestSource::from_options() const {
  json out{{"user", options_.user}};
  if (!options_.id.empty()) out["id"] = options_.id;
  if (!options_.fields.empty()) {
    out["request"] = json::parse(options_.fields, nullptr, false);
    if (!out["request"].is_object()) {
      return std::unexpected(
          error(Code::bad_request, "--request is no JSON object", "write it as --request '{\"scene\": \"home\"}'"));
    }
  }
  return out.dump(-1, ' ', false, json::error_handler_t::replace);
}

NextRequest RequestSource::parsed(const std::string& text, uint64_t line) const {
  diagnostics::Diagnostics diagnostics;
  const std::string named = engine::request_pipeline(text);
  NextRequest out{.plan = compilation_.pipeline(named.empty() ? options_.pipeline : named, diagnostics),
                  .request = {},
                  .line = line};
  if (out.plan == nullptr) {
    out.request = std::unexpected(diagnostics.list().front());
    return out;
  }
  out.request = engine::parse_request(text, *out.plan, generation_.catalog());
  if (!out.request) return out;
  if (auto wrong = apply_options(*out.plan, *out.request)) out.request = std::unexpected(std::move(*wrong));
  return out;
}

/// --now and --set hold for every request that does not say otherwise.
std::optional<Error> RequestSource::apply_options(const graph::Plan& plan, engine::Request& request) const {
  request.trace = options_.trace;
  if (!options_.now.empty() && !request.now) {
    request.now = types::parse_time(options_.now);
    if (!request.now) {
      return error(Code::bad_request, fmt::format("--now `{}` is no time", options_.now),
                   "write it as 2026-11-01T08:00:00Z");
    }
  }
  std::vector<std::string> names;
  for (const auto& parameter : plan.parameters) names.push_back(parameter.name);
  for (const std::string& setting : options_.set) {
    const size_t equals = setting.find('=');
    if (equals == std::string::npos)
      return error(Code::bad_request, fmt::format("--set `{}` has no `=`", setting), "write --set NAME=VALUE");
    const std::string name = setting.substr(0, equals);
    const auto parameter = std::ranges::find(plan.parameters, name, &graph::Parameter::name);
    if (parameter == plan.parameters.end()) {
      return error(Code::unknown_parameter, fmt::format("`{}` has no parameter `{}`", plan.name, name),
                   diagnostics::did_you_mean(name, names));
    }
    auto value = engine::parse_parameter(*parameter, std::string_view(setting).substr(equals + 1));
    if (!value) return value.error();
    request.set.try_emplace(name, std::move(*value));
  }
  return {};
}

}  // namespace rec::rec_run
