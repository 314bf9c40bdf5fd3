// String escapes both ways: \" \\ \n \t \u{...}.
#include "compiler/syntax/literals.h"

#include <fmt/format.h>

#include <charconv>

namespace rec::syntax {
namespace {

void put_utf8(std::string& out, uint32_t point) {
  const auto put = [&](uint32_t byte) { out += static_cast<char>(byte); };
  if (point < 0x80) {
    put(point);
  } else if (point < 0x800) {
    put(0xC0u | point >> 6);
    put(0x80u | (point & 0x3Fu));
  } else if (point < 0x10000) {
    put(0xE0u | point >> 12);
    put(0x80u | (point >> 6 & 0x3Fu));
    put(0x80u | (point & 0x3Fu));
  } else {
    put(0xF0u | point >> 18);
    put(0x80u | (point >> 12 & 0x3Fu));
    put(0x80u | (point >> 6 & 0x3Fu));
    put(0x80u | (point & 0x3Fu));
  }
}

// "u{1F600}" at the front of `text`: the bytes it takes, or 0. No surrogates, no zero (texts have no NUL), nothing past
// U+10FFFF.
size_t read_code_point(std::string_view text, uint32_t& point) {
  if (!text.starts_with("u{")) return 0;
  const char* last = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data() + 2, last, point, 16);
  if (error != std::errc{} || end == last || *end != '}') return 0;
  const bool scalar = point != 0 && point <= 0x10FFFF && (point < 0xD800 || point > 0xDFFF);
  return scalar ? static_cast<size_t>(end + 1 - text.data()) : 0;
}

// The bytes that an escape takes which means nothing: its backslash and the code point behind it, or \u and its braces.
size_t bad_escape_size(std::string_view text) {
  if (text.starts_with("\\u{")) {
    const size_t close = text.find_first_of("}\"");
    return close == std::string_view::npos ? text.size() : close + (text[close] == '}' ? 1 : 0);
  }
  size_t size = std::min<size_t>(2, text.size());
  while (size < text.size() && (static_cast<unsigned char>(text[size]) & 0xC0u) == 0x80u) ++size;
  return size;
}

}  // namespace

DecodedString decode_string(std::string_view text) {
  DecodedString out;
  const char quote = text.empty() ? '"' : text.front();
  size_t end = text.size();
  if (end >= 2 && text.back() == quote) --end;
  for (size_t i = 1; i < end;) {
    if (text[i] != '\\') {
      out.value += text[i++];
      continue;
    }
    const std::string_view rest = text.substr(i + 1, end - i - 1);
    uint32_t point = 0;
    if (const size_t size = read_code_point(rest, point); size > 0) {
      put_utf8(out.value, point);
      i += 1 + size;
      continue;
    }
    constexpr std::string_view kLetters = "\"\\nt'";
    constexpr std::string_view kMeanings = "\"\\\n\t'";
    const size_t known =
        rest.empty() ? std::string_view::npos : kLetters.substr(0, quote == '\'' ? 5 : 4).find(rest.front());
    if (known != std::string_view::npos) {
      out.value += kMeanings[known];
      i += 2;
      continue;
    }
    const size_t size = bad_escape_size(text.substr(i, end - i));
    out.bad.push_back({i, i + size});
    i += size;
  }
  return out;
}

std::string quote_string(std::string_view value) {
  std::string out = "\"";
  for (const char c : value) {
    switch (c) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\t':
        out += "\\t";
        break;
      default:
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
          out += fmt::format("\\u{{{:x}}}", static_cast<unsigned>(c));
        } else {
          out += c;
        }
    }
  }
  return out + "\"";
}

std::string strip_underscores(std::string_view text) {
  std::string out(text);
  std::erase(out, '_');
  return out;
}

}  // namespace rec::syntax
