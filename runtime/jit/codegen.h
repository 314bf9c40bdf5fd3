// From a module to an object file, with the passes that kernels need and no others.
//
// Kernels are written as vectors with what is the same for all before the loop: what LLVM has for other loops finds
// nothing in them, and costs a third of the time.
#pragma once

#include <expected>
#include <memory>
#include <string>

#include "runtime/jit/llvm.h"

namespace llvm {
class LLVMTargetMachine;
}

namespace rec::jit {

/// One thread at a time.
class Codegen {
 public:
  explicit Codegen(std::unique_ptr<llvm::TargetMachine> machine);
  ~Codegen();

  std::expected<std::unique_ptr<llvm::MemoryBuffer>, std::string> object(llvm::Module& module);
  /// The same code as text. Not to be asked often: its passes are made each time.
  std::expected<std::string, std::string> assembly(llvm::Module& module);

 private:
  struct Passes;
  std::unique_ptr<llvm::TargetMachine> machine_;
  std::unique_ptr<Passes> passes_;
};

}  // namespace rec::jit
