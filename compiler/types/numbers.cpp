// Numbers as text: the shortest form that reads back the same, and correctly rounded reading.
#include <charconv>
#include <cmath>
#include <system_error>

#include "compiler/types/text.h"

namespace rec::types {
namespace {

template <typename Number>
std::string format_number(Number value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value < 0 ? "-Infinity" : "Infinity";
  char buffer[64];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, value).ptr;
  return {buffer, end};
}

// Whether the text of a number that is out of range is so because it is too near to zero: then zero is the nearest.
bool rounds_to_zero(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc{}) return std::fabs(value) < 1;
  const size_t exponent = text.find_first_of("eE");
  return exponent != std::string_view::npos && exponent + 1 < text.size() && text[exponent + 1] == '-';
}

template <typename Number>
std::optional<Number> parse_number(std::string_view text) {
  if (text.find('(') != std::string_view::npos) return std::nullopt;  // from_chars would read "nan(payload)"
  Number value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (end != text.data() + text.size() || text.empty()) return std::nullopt;
  if (error == std::errc::result_out_of_range && rounds_to_zero(text)) return text[0] == '-' ? Number(-0.0) : Number(0);
  if (error != std::errc{}) return std::nullopt;
  const bool named = text.find_first_of("nN") != std::string_view::npos;
  if (std::isinf(value) && !named) return std::nullopt;
  return value;
}

}  // namespace

std::string format_float(float value) {
  return format_number(value);
}
std::string format_double(double value) {
  return format_number(value);
}

std::optional<int64_t> parse_int(std::string_view text) {
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<float> parse_float(std::string_view text) {
  return parse_number<float>(text);
}
std::optional<double> parse_double(std::string_view text) {
  return parse_number<double>(text);
}

}  // namespace rec::types
