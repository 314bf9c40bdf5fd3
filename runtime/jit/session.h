// LLVM's ORC for one instruction set: modules in, entries out, memory back.
#pragma once

#include <expected>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "runtime/jit/codegen.h"
#include "runtime/jit/emit.h"

namespace rec::jit {

class Session {
 public:
  static std::expected<std::unique_ptr<Session>, std::string> open(Isa isa, const source::Sources* debug,
                                                                   uint64_t code_bytes);

  /// One that has listings alone, of a CPU that need not be this one.
  static std::expected<std::unique_ptr<Session>, std::string> foreign(Isa isa);

  /// An object in memory.
  struct Linked {
    llvm::orc::ExecutorAddr address{};  // of its one symbol
    llvm::orc::ResourceTrackerSP memory{};
    uint64_t bytes = 0;
  };
  /// A native::Function as code, there for as long as a kernel calls it.
  class Shared;
  struct Made {
    native::Entry entry = nullptr;
    Linked code{};
    std::vector<std::shared_ptr<const Shared>> functions{};
  };
  /// Thread-safe. An error text where LLVM fails, or memory for code runs out.
  std::expected<Made, std::string> compile(const native::Kernel& kernel, const native::Layout& layout);
  void release(const Made& made);
  uint64_t bytes() const { return bytes_; }
  struct FunctionCounts {
    uint64_t made = 0;
    double seconds = 0;
  };
  FunctionCounts functions() const;

  std::string listing(const native::Kernel& kernel, const native::Layout& layout, const std::string& kind);
  const Target& target() const { return target_; }

 private:
  explicit Session(Target target) : target_(std::move(target)) {}
  std::unique_ptr<llvm::Module> module(llvm::LLVMContext& context, const std::string& name) const;
  void add_kernel(llvm::Module& module, const std::string& name, const native::Kernel& kernel,
                  const native::Layout& layout, std::span<const std::string> functions) const;
  /// The kernel and what it calls.
  std::unique_ptr<llvm::Module> whole(llvm::LLVMContext& context, const native::Kernel& kernel,
                                      const native::Layout& layout) const;
  std::expected<std::shared_ptr<const Shared>, std::string> shared(const native::Function& function);
  std::expected<Linked, std::string> link(llvm::Module& module, const std::string& name);
  void free(const Linked& linked);

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
  mutable std::mutex compiling_;                                         // code generation has one machine
  std::unordered_map<std::string, std::weak_ptr<const Shared>> shared_;  // by key; looked up only
  FunctionCounts functions_;
};

}  // namespace rec::jit
