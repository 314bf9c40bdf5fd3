// Whether a value is of a type and within a parameter's bounds; names of fields and parameters.
#pragma once

#include <optional>
#include <string>

#include "runtime/engine/engine.h"

namespace rec::engine {

/// What is wrong with a value where one of `type` is wanted ("is missing", "must be an int"); nothing where it fits.
std::optional<std::string> check_value(const types::Value& value, const types::Type& type);
/// "an int", "a list of strings", "one of mmoe, din".
std::string describe(const types::Type& type);

const graph::Parameter* find_parameter(const graph::Plan& plan, const std::string& name);
/// Type and bounds.
std::optional<Error> check_parameter(const graph::Parameter& parameter, const types::Value& value);

Error unknown_field(const catalog::Catalog& catalog, const std::string& name);
Error unknown_parameter(const graph::Plan& plan, const std::string& name);

}  // namespace rec::engine
