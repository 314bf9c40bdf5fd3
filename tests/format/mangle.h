// Programs with the same tokens and other looks.
#pragma once

#include <cctype>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/diagnostics/diagnostics.h"
#include "compiler/syntax/tokens.h"

namespace rec::format {

/// Texts of all tokens; comments are none.
inline std::vector<std::string> tokens_of(const std::string& text) {
  source::Sources sources;
  const auto file = sources.add("tokens.rec", text);
  const auto list = syntax::lex({file, 0, static_cast<uint32_t>(text.size())}, sources);
  std::vector<std::string> out;
  for (const auto& token : list.tokens) out.emplace_back(list.text(token));
  return out;
}

/// The tokens of a text, joined by random spaces, line breaks and comments `// N …` or `/* N … */`, N counting up.
inline std::string mangled(const std::string& text, uint64_t seed, int comment_percent) {
  std::mt19937_64 random(seed);
  const auto below = [&](uint64_t n) { return random() % n; };
  std::string out;
  int comments = 0;
  for (const auto& token : tokens_of(text)) {
    for (uint64_t pieces = 1 + below(3); pieces-- > 0;) {
      if (static_cast<int>(below(100)) < comment_percent) {
        const bool line = below(2) == 0;
        out += line ? " // " : " /* ";
        out += std::to_string(comments++) + (below(4) == 0 ? " ünïcode" : " text");
        out += line ? "\n" : (below(5) == 0 ? "\n   more */" : " */");
      }
      static constexpr std::string_view kSpaces[] = {" ", "  ", "\t", "\n", "\n\n\n", " \r\n", " "};
      out += kSpaces[below(below(3) == 0 ? std::size(kSpaces) : 2)];
    }
    out += token;
  }
  return out + "\n";
}

/// The numbers of the comments that `mangled` wrote, as they stand in a text.
inline std::vector<int> comments_of(const std::string& text) {
  std::vector<int> out;
  for (size_t at = 0; at + 3 < text.size(); ++at) {
    if (text[at] == '/' && (text[at + 1] == '/' || text[at + 1] == '*') && text[at + 2] == ' ' &&
        std::isdigit(static_cast<unsigned char>(text[at + 3])))
      out.push_back(std::stoi(text.substr(at + 3)));
  }
  return out;
}

}  // namespace rec::format
