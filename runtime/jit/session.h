// LLVM's ORC for one instruction set: modules in, entries out, memory back.
#pragma once

#include <expected>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "runtime/jit/codegen.h"
#include "runtime/jit/emit.h"

namespace rec::jit {

class Session {
 public:
  static std::expected<std::unique_ptr<Session>, std::string> open(Isa isa, const source::Sources* debug,
                                                                   uint64_t code_bytes);

  /// One that has listings alone, of a CPU that need not be this one.
  static std::expected<std::unique_ptr<Session>, std::string> foreign(Isa isa);

  struct Made {
    native::Entry entry = nullptr;
    llvm::orc::ResourceTrackerSP memory;
    uint64_t bytes = 0;
  };
  /// Thread-safe. An error text where LLVM fails, or memory for code runs out.
  std::expected<Made, std::string> compile(const native::Kernel& kernel, const native::Layout& layout);
  void release(const Made& made);
  uint64_t bytes() const { return bytes_; }

  std::string listing(const native::Kernel& kernel, const native::Layout& layout, const std::string& kind);
  const Target& target() const { return target_; }

 private:
  explicit Session(Target target) : target_(std::move(target)) {}
  std::unique_ptr<llvm::Module> module(llvm::LLVMContext& context, const std::string& name,
                                       const native::Kernel& kernel, const native::Layout& layout) const;

  llvm::Error use(llvm::orc::JITTargetMachineBuilder machine);
  std::string symbol(const native::Kernel& kernel, uint64_t number) const;

  Target target_;
  const source::Sources* debug_ = nullptr;
  std::unique_ptr<llvm::orc::LLJIT> jit_;  // null: listings alone
  llvm::DataLayout data_layout_{""};
  std::unique_ptr<llvm::orc::JITTargetMachineBuilder> machine_;
  std::unique_ptr<Codegen> codegen_;
  uint64_t most_bytes_ = 0;
  std::atomic<uint64_t> made_ = 0, bytes_ = 0;
  std::mutex compiling_;  // code generation has one machine
};

}  // namespace rec::jit
