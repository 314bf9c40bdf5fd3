// Where code comes from, as debuggers and profilers read it: lines of .rec files.
#pragma once

#include <memory>
#include <string>

#include "compiler/source/source.h"
#include "runtime/jit/llvm.h"
#include "runtime/native/kernel.h"

namespace llvm {
class DIBuilder;
}

namespace rec::jit {

/// "home_feed.rec:24 first": the file and line of a kernel and what it does.
std::string name_of(const native::Kernel& kernel, const source::Sources& sources);

/// Of one module.
class Lines {
 public:
  Lines(llvm::Module& module, const source::Sources& sources);
  ~Lines();

  void begin(llvm::Function& function, const native::Kernel& kernel);
  /// What `builder` adds from now on was written there.
  void at(llvm::IRBuilder<>& builder, source::Span span);
  /// After the last function.
  void end();

 private:
  llvm::DIFile* file(source::FileId id);

  llvm::Module& module_;
  const source::Sources& sources_;
  std::unique_ptr<llvm::DIBuilder> builder_;
  llvm::DISubprogram* function_ = nullptr;
  source::FileId file_ = source::kNoFile;
};

/// Tells `perf`, which reads /tmp/perf-PID.map, where the functions of an object lie. `address`: of `name`.
void add_to_perf_map(const std::string& name, uint64_t address, uint64_t size);

}  // namespace rec::jit
