// The registry of diagnostic codes: the table of codes.def, to be looked up.
#include <algorithm>
#include <cassert>
#include <cctype>

#include "compiler/diagnostics/diagnostics.h"

namespace rec::diagnostics {
namespace {

std::vector<CodeInfo> make_codes() {
  std::vector<CodeInfo> codes = {
#define REC_CODE(NAME, NUMBER, TITLE, EXPLANATION) {Code::NAME, #NAME, "R" #NUMBER, TITLE, EXPLANATION},
#include "compiler/diagnostics/codes.def"
#undef REC_CODE
  };
  std::ranges::sort(codes, {}, &CodeInfo::code);
  return codes;
}

}  // namespace

const std::vector<CodeInfo>& all_codes() {
  static const std::vector<CodeInfo> kCodes = make_codes();
  return kCodes;
}

const CodeInfo& info(Code code) {
  const auto found = std::ranges::lower_bound(all_codes(), code, {}, &CodeInfo::code);
  assert(found != all_codes().end() && found->code == code);
  return *found;
}

std::optional<Code> find_code(std::string_view text) {
  const auto equal = [](char a, char b) {
    return std::toupper(static_cast<unsigned char>(a)) == std::toupper(static_cast<unsigned char>(b));
  };
  for (const CodeInfo& code : all_codes()) {
    if (std::ranges::equal(code.text, text, equal)) return code.code;
  }
  return std::nullopt;
}

}  // namespace rec::diagnostics
