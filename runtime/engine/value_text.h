// Values as a table or a CSV file shows them.
#pragma once

#include <string>

#include "compiler/types/type.h"

namespace rec::engine {

/// Strings as they are, times as ISO 8601, durations with one unit, elements of a list joined by `separator`, nothing
/// for a missing value.
std::string display(const types::Value& value, const types::Type& type, std::string_view separator);

}  // namespace rec::engine
