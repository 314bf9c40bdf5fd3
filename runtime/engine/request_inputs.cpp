// What a request brings: its user's row, its fields, its parameters.
#include "runtime/engine/request_inputs.h"

#include <fmt/format.h>

#include <algorithm>

#include "compiler/types/text.h"
#include "runtime/engine/errors.h"
#include "runtime/engine/value_check.h"

namespace rec::engine {
namespace {

using diagnostics::Code;

std::optional<Error> find_user(const graph::Plan& plan, const store::Generation& generation, const std::string& text,
                               interpreter::RequestInputs& inputs) {
  const store::Table& table = generation.table(plan.user_table);
  const catalog::Table& declared = generation.catalog().tables[plan.user_table];
  if (table.has_string_keys()) {
    inputs.user_key = text;
  } else if (const auto key = types::parse_int(text)) {
    inputs.user_key = *key;
  } else {
    return request_error(Code::bad_request,
                         fmt::format("`{}` is no key of `{}`, whose keys are ints", text, table.name()));
  }
  inputs.user_row = table.find(inputs.user_key);
  if (inputs.user_row || declared.unknown) return {};
  Error error = request_error(
      Code::unknown_user, fmt::format("user `{}` has no row in `{}`", text, table.name()),
      fmt::format("declare `unknown:` values for `{}` in catalog.yaml to serve users without a row", table.name()));
  error.notes.push_back(fmt::format("`{}` has {} rows", table.name(), table.rows()));
  return error;
}

std::optional<Error> fill_fields(const catalog::Catalog& catalog, const Request& request,
                                 interpreter::RequestInputs& inputs) {
  for (const auto& [name, value] : request.fields) {
    const bool known = std::ranges::any_of(catalog.request, [&](const auto& field) { return field.name == name; });
    if (!known) return unknown_field(catalog, name);
  }
  for (const auto& field : catalog.request) {
    const auto found = request.fields.find(field.name);
    const types::Value value = found == request.fields.end() ? types::Value{} : found->second;
    if (auto wrong = check_value(value, field.type)) {
      return request_error(
          Code::bad_request, fmt::format("request field `{}` {}", field.name, *wrong),
          fmt::format("give it, or declare it as `{}?` in catalog.yaml", types::to_text(types::required(field.type))));
    }
    inputs.fields.push_back(value);
  }
  return {};
}

std::optional<Error> fill_parameters(const graph::Plan& plan, const Request& request,
                                     interpreter::RequestInputs& inputs) {
  for (const auto& [name, value] : request.set) {
    if (find_parameter(plan, name) == nullptr) return unknown_parameter(plan, name);
  }
  for (const auto& parameter : plan.parameters) {
    const auto found = request.set.find(parameter.name);
    if (found == request.set.end()) {
      inputs.parameters.push_back(parameter.default_value);
      continue;
    }
    if (auto error = check_parameter(parameter, found->second)) return error;
    inputs.parameters.push_back(found->second);
  }
  return {};
}

}  // namespace

std::expected<interpreter::RequestInputs, Error> request_inputs(const graph::Plan& plan,
                                                                const store::Generation& generation,
                                                                const Request& request) {
  interpreter::RequestInputs inputs;
  inputs.now = request.now.value_or(generation.newest_event());
  inputs.id = request.id.value_or(fmt::format("{}:{}", request.user, inputs.now));
  if (auto error = find_user(plan, generation, request.user, inputs)) return std::unexpected(std::move(*error));
  if (auto error = fill_fields(generation.catalog(), request, inputs)) return std::unexpected(std::move(*error));
  if (auto error = fill_parameters(plan, request, inputs)) return std::unexpected(std::move(*error));
  return inputs;
}

}  // namespace rec::engine
