// Who makes code of kernels. The native library is behind this, so that programs that do not use it do not load it.
#pragma once

#include <atomic>
#include <cstdint>
#include <expected>
#include <memory>
#include <string>

#include "runtime/native/kernel.h"

namespace rec::native {

/// Code of one kernel in one layout; freed with the last that holds it.
class Code {
 public:
  virtual ~Code() = default;
  /// Null until it is ready; for good where it cannot be made. Then the interpreter serves.
  Entry entry() const { return entry_.load(std::memory_order_acquire); }

 protected:
  std::atomic<Entry> entry_ = nullptr;
};

struct CompilerOptions {
  std::string isa = "best";                   // or sse2, avx2, avx512
  bool foreign = false;                       // for a CPU that need not be this one: listings alone
  bool in_background = true;                  // else `code` makes what is not there yet
  uint64_t cached = 4096;                     // kernels that are kept though nobody holds them, the latest used
  uint64_t code_bytes = uint64_t{256} << 20;  // what object files of code that is held may take together
  /// Names and lines of .rec files for debuggers and profilers: the files of the plans; must outlive the compiler.
  /// Null: none, which is sooner compiled.
  const source::Sources* debug = nullptr;
};

struct CompilerCounts {
  uint64_t compiled = 0, hits = 0, failed = 0, waiting = 0, held = 0;
  uint64_t held_bytes = 0;     // of object files of code that somebody holds
  double compile_seconds = 0;  // of compiling threads
  // Of that, for functions that kernels share (Kernel::functions).
  uint64_t functions = 0;
  double function_seconds = 0;
  std::string last_failure{};
};

class Compiler {
 public:
  virtual ~Compiler() = default;
  /// The kernel's code, maybe not ready yet. Thread-safe.
  virtual std::shared_ptr<const Code> code(const Kernel& kernel, const Layout& layout) = 0;
  /// Until nothing waits to be compiled.
  virtual void wait() = 0;
  virtual CompilerCounts counts() const = 0;
  /// What a kernel becomes: "llvm", the intermediate representation, "asm", or "object", the bytes of an object file.
  virtual std::string listing(const Kernel& kernel, const Layout& layout, const std::string& kind) = 0;
  /// "avx512", say.
  virtual std::string isa() const = 0;
};

/// Loads the native library; an error text where it is missing, or has no code for this CPU.
std::expected<std::shared_ptr<Compiler>, std::string> make_compiler(const CompilerOptions& options);

}  // namespace rec::native
