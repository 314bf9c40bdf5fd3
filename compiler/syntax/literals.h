// What a literal's text means.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace rec::syntax {

/// An escape that means nothing, within a string's text.
struct BadEscape {
  size_t begin, end;
};

struct DecodedString {
  std::string value;
  std::vector<BadEscape> bad;
};

/// Resolves the escapes of a string literal; `text` has its quotes (the closing one may be missing).
DecodedString decode_string(std::string_view text);

/// The value as a string literal.
std::string quote_string(std::string_view value);

/// The text of a number without its underscores.
std::string strip_underscores(std::string_view text);

}  // namespace rec::syntax
