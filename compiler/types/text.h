// Numbers, times and durations as text, both ways: one definition for catalogs, CSV files, requests and output.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace rec::types {

/// The shortest text that reads back as the same float ("0.1", "1e-07", "NaN", "Infinity", "-Infinity").
std::string format_float(float value);
std::string format_double(double value);

/// "500us", "80ms", "10s", "5m", "1.5h", "30d" -> microseconds; the whole text must be one duration, an optional sign
/// before it.
std::optional<int64_t> parse_duration(std::string_view text);
/// With the largest unit that divides it: "30d", "90m", "1500ms".
std::string format_duration(int64_t microseconds);

/// ISO 8601: "2026-11-01", "2026-11-01T00:00", "2026-11-01 00:00:00.123456", with "Z" or "+08:00"; UTC where none is
/// written.
std::optional<int64_t> parse_time(std::string_view text);
/// "2026-11-01T00:00:00Z", with as many digits of a second as are needed (0, 3 or 6).
std::string format_time(int64_t microseconds);

/// The whole text is one decimal integer in range. A leading '+' is not accepted.
std::optional<int64_t> parse_int(std::string_view text);
/// The whole text is one number ("1", "0.5", "1e-3", "nan", "inf"), rounded to nearest; out of range is no number.
std::optional<float> parse_float(std::string_view text);
std::optional<double> parse_double(std::string_view text);

}  // namespace rec::types
