// The native library is a shared object beside the program (or where the loader finds it), loaded when it is first
// asked for: LLVM takes longer to load than most requests to run.
#include <dlfcn.h>

#include "runtime/native/compiler.h"

namespace rec::native {

std::expected<std::shared_ptr<Compiler>, std::string> make_compiler(const CompilerOptions& options) {
  void* library = dlopen("librec_jit.so", RTLD_LAZY | RTLD_LOCAL);
  if (library == nullptr) return std::unexpected(std::string("native code: ") + dlerror());
  using Make = Compiler* (*)(const CompilerOptions&, std::string&);
  const auto make = reinterpret_cast<Make>(dlsym(library, "rec_make_compiler"));
  if (make == nullptr) return std::unexpected(std::string("native code: ") + dlerror());
  std::string why;
  std::shared_ptr<Compiler> compiler(make(options, why));
  if (compiler == nullptr) return std::unexpected("native code: " + why);
  return compiler;
}

}  // namespace rec::native
