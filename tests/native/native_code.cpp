// Compilers that do not work in the background.
#include "tests/native/native_code.h"

#include <map>
#include <stdexcept>

namespace rec::native {

std::shared_ptr<Compiler> compiler(const std::string& isa) {
  static std::map<std::string, std::shared_ptr<Compiler>> made;
  auto& known = made[isa];
  if (known == nullptr) {
    auto opened = make_compiler({.isa = isa, .in_background = false});
    if (!opened) throw std::runtime_error(opened.error());
    known = *opened;
  }
  return known;
}

std::vector<std::string> instruction_sets() {
  std::vector<std::string> out;
  for (const char* isa : {"sse2", "avx2", "avx512", "neon"}) {
    if (make_compiler({.isa = isa, .in_background = false})) out.push_back(isa);
  }
  return out;
}

}  // namespace rec::native
