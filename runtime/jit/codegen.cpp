// The list of passes.
#include "runtime/jit/codegen.h"

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpedantic"
#include <llvm/Analysis/TargetTransformInfo.h>
#include <llvm/CodeGen/MachineModuleInfo.h>
#include <llvm/CodeGen/Passes.h>
#include <llvm/CodeGen/TargetPassConfig.h>
#include <llvm/IR/LegacyPassManager.h>
#include <llvm/Support/SmallVectorMemoryBuffer.h>
#include <llvm/Target/TargetMachine.h>
#include <llvm/Transforms/Scalar.h>
#include <llvm/Transforms/Utils.h>
#pragma GCC diagnostic pop

namespace rec::jit {

/// Made once: passes hold nothing of a module that is done.
struct Codegen::Passes {
  llvm::SmallVector<char, 0> bytes;
  llvm::raw_svector_ostream stream{bytes};
  llvm::legacy::PassManager manager;
};

namespace {

/// To select instructions is for targets alone.
struct Selection : llvm::TargetPassConfig {
  static bool add(llvm::TargetPassConfig& config) { return (config.*&Selection::addCoreISelPasses)(); }
};

/// Kernels were no slower without them. Without the scheduler before registers are given out, or without what takes
/// constants out of the loop, they were.
const char* const kSkipped[] = {&llvm::PostRASchedulerID, &llvm::MachineCSEID,    &llvm::MachineSinkingID,
                                &llvm::LiveRangeShrinkID, &llvm::StackColoringID, &llvm::OptimizePHIsID};

/// Of the passes over intermediate code those alone without which vectors are not understood.
bool add_passes(llvm::LLVMTargetMachine& machine, llvm::legacy::PassManager& manager, llvm::raw_pwrite_stream& to) {
  auto* info = new llvm::MachineModuleInfoWrapperPass(&machine);  // the manager's
  llvm::TargetPassConfig* config = machine.createPassConfig(manager);
  config->setDisableVerify(true);
  for (const char* pass : kSkipped) config->disablePass(pass);
  manager.add(config);
  manager.add(info);
  manager.add(llvm::createTargetTransformInfoWrapperPass(machine.getTargetIRAnalysis()));
  manager.add(llvm::createPreISelIntrinsicLoweringPass());
  manager.add(llvm::createScalarizeMaskedMemIntrinLegacyPass());
  config->addISelPrepare();
  if (Selection::add(*config)) return false;
  config->addMachinePasses();
  config->setInitialized();
  if (machine.addAsmPrinter(manager, to, nullptr, llvm::CodeGenFileType::ObjectFile, info->getMMI().getContext()))
    return false;
  manager.add(llvm::createFreeMachineFunctionPass());
  return true;
}

}  // namespace

Codegen::Codegen(std::unique_ptr<llvm::TargetMachine> machine) : machine_(std::move(machine)) {}
Codegen::~Codegen() = default;

std::expected<std::unique_ptr<llvm::MemoryBuffer>, std::string> Codegen::object(llvm::Module& module) {
  if (passes_ == nullptr) {
    auto passes = std::make_unique<Passes>();
    if (!add_passes(static_cast<llvm::LLVMTargetMachine&>(*machine_), passes->manager, passes->stream))
      return std::unexpected("this CPU has no code generator");
    passes_ = std::move(passes);
  }
  passes_->bytes.clear();
  passes_->manager.run(module);
  llvm::SmallVector<char, 0> out(passes_->bytes);
  return std::make_unique<llvm::SmallVectorMemoryBuffer>(std::move(out), module.getModuleIdentifier(), false);
}

}  // namespace rec::jit
