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
  static std::expected<std::unique_ptr<Session>, std::string> open(Isa isa, const source::Sources* debug);

  struct Made {
    native::Entry entry = nullptr;
    llvm::orc::ResourceTrackerSP memory;
  };
  /// Thread-safe. An error text where LLVM fails, or memory for code runs out.
  std::expected<Made, std::string> compile(const native::Kernel& kernel, const native::Layout& layout);
  void release(const llvm::orc::ResourceTrackerSP& memory);

  std::string listing(const native::Kernel& kernel, const native::Layout& layout, bool assembly) const;
  const Target& target() const { return target_; }

 private:
  explicit Session(Target target) : target_(std::move(target)) {}
  std::unique_ptr<llvm::Module> module(llvm::LLVMContext& context, const std::string& name,
                                       const native::Kernel& kernel, const native::Layout& layout) const;

  std::string symbol(const native::Kernel& kernel, uint64_t number) const;

  Target target_;
  const source::Sources* debug_ = nullptr;
  std::unique_ptr<llvm::orc::LLJIT> jit_;
  std::unique_ptr<llvm::orc::JITTargetMachineBuilder> machine_;
  std::unique_ptr<Codegen> codegen_;
  std::atomic<uint64_t> made_ = 0;
  std::mutex compiling_;  // code generation has one machine
};

}  // namespace rec::jit
