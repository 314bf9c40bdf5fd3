// Requests and parameters as people and logs write them.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "compiler/types/text.h"
#include "runtime/engine/engine.h"
#include "runtime/engine/errors.h"
#include "runtime/engine/parse_value.h"
#include "runtime/engine/value_check.h"

namespace rec::engine {
namespace {

using diagnostics::Code;
using nlohmann::json;

std::expected<json, Error> parse_object(std::string_view text) {
  try {
    json object = json::parse(text);
    if (object.is_object()) return object;
    return std::unexpected(
        request_error(Code::bad_request, "a request must be a JSON object such as {\"user\": \"42\"}"));
  } catch (const json::parse_error& error) {
    return std::unexpected(request_error(Code::bad_request,
                                         fmt::format("the request is not JSON: byte {} cannot be read", error.byte),
                                         "a request looks like {\"user\": \"42\", \"request\": {}}"));
  }
}

/// Fills a request member by member; the first mistake ends it.
class Reader {
 public:
  Reader(const graph::Plan& plan, const catalog::Catalog& catalog) : plan_(plan), catalog_(catalog) {}

  std::expected<Request, Error> read(const json& object) {
    static const std::vector<std::string> known{"pipeline", "user", "request", "now", "id", "set"};
    for (const auto& [name, value] : object.items()) {
      if (std::ranges::find(known, name) == known.end()) {
        return std::unexpected(
            unknown_name(Code::bad_request, fmt::format("a request has no `{}`", name), name, known));
      }
    }
    if (!object.contains("user"))
      return std::unexpected(request_error(Code::bad_request, "the request names no `user`"));
    std::optional<Error> error;
    for (const auto& [name, value] : object.items()) {
      if (!error) error = member(name, value);
    }
    if (error) return std::unexpected(std::move(*error));
    return std::move(out_);
  }

 private:
  std::optional<Error> member(const std::string& name, const json& value) {
    if (name == "user") return user(value);
    if (name == "now") return now(value);
    if (name == "pipeline") return text(name, value, out_.pipeline);
    if (name == "id") return text(name, value, out_.id.emplace());
    if (!value.is_object()) return must_be(name, "an object of names and values", value);
    return name == "request" ? fields(value) : parameters(value);
  }

  static Error must_be(const std::string& name, std::string_view what, const json& seen) {
    return request_error(Code::bad_request, fmt::format("`{}` must be {}, not {}", name, what, seen.type_name()));
  }

  static std::optional<Error> text(const std::string& name, const json& value, std::string& out) {
    if (!value.is_string()) return must_be(name, "a string", value);
    out = value.get<std::string>();
    return {};
  }

  std::optional<Error> user(const json& value) {
    if (value.is_number_integer()) {
      out_.user = value.dump();
      return {};
    }
    return text("user", value, out_.user);
  }

  std::optional<Error> now(const json& value) {
    if (value.is_null()) return {};
    const auto time = value_of_json(value, types::time());
    if (!time) return request_error(Code::bad_request, "`now` " + time.error());
    out_.now = std::get<int64_t>(*time);
    return {};
  }

  std::optional<Error> fields(const json& object) {
    for (const auto& [name, value] : object.items()) {
      const auto field = std::ranges::find(catalog_.request, name, &catalog::RequestField::name);
      if (field == catalog_.request.end()) return unknown_field(catalog_, name);
      auto parsed = value_of_json(value, field->type);
      if (!parsed) return request_error(Code::bad_request, fmt::format("request field `{}` {}", name, parsed.error()));
      out_.fields[name] = std::move(*parsed);
    }
    return {};
  }

  std::optional<Error> parameters(const json& object) {
    for (const auto& [name, value] : object.items()) {
      const auto* parameter = find_parameter(plan_, name);
      if (parameter == nullptr) return unknown_parameter(plan_, name);
      auto parsed = value_of_json(value, parameter->type);
      if (!parsed) return request_error(Code::bad_request, fmt::format("parameter `{}` {}", name, parsed.error()));
      if (auto error = check_parameter(*parameter, *parsed)) return error;
      out_.set[name] = std::move(*parsed);
    }
    return {};
  }

  const graph::Plan& plan_;
  const catalog::Catalog& catalog_;
  Request out_;
};

}  // namespace

std::expected<Request, Error> parse_request(std::string_view text, const graph::Plan& plan,
                                            const catalog::Catalog& catalog) {
  const auto object = parse_object(text);
  if (!object) return std::unexpected(object.error());
  return Reader(plan, catalog).read(*object);
}

std::string request_pipeline(std::string_view text) {
  const json object = json::parse(text, nullptr, false);
  if (!object.is_object()) return {};
  const auto found = object.find("pipeline");
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::expected<types::Value, Error> parse_parameter(const graph::Parameter& parameter, std::string_view text) {
  auto value = value_of_text(text, parameter.type);
  if (!value)
    return std::unexpected(
        request_error(Code::bad_request, fmt::format("parameter `{}` {}", parameter.name, value.error())));
  if (auto error = check_parameter(parameter, *value)) return std::unexpected(std::move(*error));
  return *std::move(value);
}

}  // namespace rec::engine
