// Values of requests from JSON and from text.
#pragma once

#include <expected>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "compiler/types/type.h"

namespace rec::engine {

/// The value, or what was seen in the place of it ("must be an int, not \"x\""). null is a missing value.
std::expected<types::Value, std::string> value_of_json(const nlohmann::json& json, const types::Type& type);
/// From a command line: a list as JSON, all else as its plain text.
std::expected<types::Value, std::string> value_of_text(std::string_view text, const types::Type& type);

}  // namespace rec::engine
