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

#include <set>

namespace rec::jit {

/// Made once: passes hold nothing of a module that is done.
struct Codegen::Passes {
  llvm::SmallVector<char, 0> bytes;
  llvm::raw_svector_ostream stream{bytes};
  llvm::legacy::PassManager manager;
};

namespace {

constexpr const char* kNone = "this CPU has no code generator";

/// To select instructions is for targets alone.
struct Selection : llvm::TargetPassConfig {
  static bool add(llvm::TargetPassConfig& config) { return (config.*&Selection::addCoreISelPasses)(); }
};

/// Kernels were no slower without them. Without the scheduler before registers are given out, or without what takes
/// constants out of the loop, they were.
const std::set<llvm::StringRef> kSkipped{
    // They look for what vectors that are written as such do not have.
    "Compressing EVEX instrs when possible",
    "Early If-Conversion",
    "Early Tail Duplication",
    "Live Range Shrink",
    "Machine Common Subexpression Elimination",
    "Machine InstCombiner",
    "Machine Late Instructions Cleanup Pass",
    "Machine Loop Invariant Code Motion",
    "Machine code sinking",
    "Merge disjoint stack slots",
    "Optimize machine instruction PHIs",
    "Post RA top-down list latency scheduler",
    "PostRA Machine Sink",
    "Shrink Wrapping analysis",
    "Tail Duplication",
    "X86 Atom pad short functions",
    "X86 Avoid Store Forwarding Blocks",
    "X86 Byte/Word Instruction Fixup",
    "X86 Discriminate Memory Operands",
    "X86 Domain Reassignment Pass",
    "X86 Fixup Inst Tuning",
    "X86 Fixup SetCC",
    "X86 Insert Cache Prefetches",
    "X86 LEA Fixup",
    "X86 LEA Optimize",
    "X86 Optimize Call Frame",
    "X86 cmov Conversion",
    // Of what kernels do not have: tiles, exceptions, collected garbage, untrusted input to speculate on.
    "Analyze Machine Code For Garbage Collection",
    "Argument Stack Rebase",
    "Assignment Tracking Analysis",
    "Contiguously Lay Out Funclets",
    "Fixup Statepoint Caller Saved",
    "Insert KCFI indirect call checks",
    "Insert XRay ops",
    "Insert fentry calls",
    "Load Hardening",
    "Local Dynamic TLS Access Clean-up",
    "Machine Sanitizer Binary Metadata",
    "Prepare callbr",
    "Pseudo Probe Inserter",
    "Register Allocation Pass Scoring",
    "Ret-Hardening",
    "Safe Stack instrumentation pass",
    "Stack Frame Layout Analysis",
    "StackMap Liveness Analysis",
    "Tile Register Configure",
    "Tile Register Pre-configure",
    "X86 Indirect Branch Tracking",
    "X86 Indirect Thunks",
    "X86 Lower Tile Copy",
    "X86 Return Thunks",
    "X86 Speculative Execution Side Effect Suppression",
    "X86 Windows Fixup Buffer Security Check",
    "X86 insert wait instruction",
    "X86 speculative load hardening",
};

/// Hands on the passes that are not skipped.
class Chosen final : public llvm::legacy::PassManagerBase {
 public:
  explicit Chosen(llvm::legacy::PassManager& to) : to_(to) {}
  void add(llvm::Pass* pass) override {
    if (!kSkipped.contains(pass->getPassName())) return to_.add(pass);
    const std::unique_ptr<llvm::Pass> unwanted(pass);
  }

 private:
  llvm::legacy::PassManager& to_;
};

/// Instructions are selected as they stand, by ones that know a pattern: what combines them first finds little in
/// lanes, and costs as much as the selection.
bool add_selection(llvm::LLVMTargetMachine& machine, llvm::TargetPassConfig& config) {
  machine.setOptLevel(llvm::CodeGenOptLevel::None);
  machine.setFastISel(false);
  machine.setO0WantsFastISel(false);
  const bool failed = Selection::add(config);
  machine.setOptLevel(llvm::CodeGenOptLevel::Default);
  return !failed;
}

/// Of the passes over intermediate code those alone without which vectors are not understood.
bool add_passes(llvm::LLVMTargetMachine& machine, llvm::legacy::PassManager& manager, llvm::raw_pwrite_stream& to,
                llvm::CodeGenFileType type) {
  auto* info = new llvm::MachineModuleInfoWrapperPass(&machine);  // the manager's
  Chosen chosen(manager);
  llvm::TargetPassConfig* config = machine.createPassConfig(chosen);
  config->setDisableVerify(true);
  manager.add(config);
  manager.add(info);
  manager.add(llvm::createTargetTransformInfoWrapperPass(machine.getTargetIRAnalysis()));
  manager.add(llvm::createPreISelIntrinsicLoweringPass());
  manager.add(llvm::createScalarizeMaskedMemIntrinLegacyPass());
  config->addISelPrepare();
  if (!add_selection(machine, *config)) return false;
  config->addMachinePasses();
  config->setInitialized();
  if (machine.addAsmPrinter(manager, to, nullptr, type, info->getMMI().getContext())) return false;
  manager.add(llvm::createFreeMachineFunctionPass());
  return true;
}

}  // namespace

Codegen::Codegen(std::unique_ptr<llvm::TargetMachine> machine) : machine_(std::move(machine)) {}
Codegen::~Codegen() = default;

std::expected<std::string, std::string> Codegen::assembly(llvm::Module& module) {
  Passes passes;
  if (!add_passes(static_cast<llvm::LLVMTargetMachine&>(*machine_), passes.manager, passes.stream,
                  llvm::CodeGenFileType::AssemblyFile))
    return std::unexpected(kNone);
  passes.manager.run(module);
  return std::string(passes.bytes.begin(), passes.bytes.end());
}

std::expected<std::unique_ptr<llvm::MemoryBuffer>, std::string> Codegen::object(llvm::Module& module) {
  if (passes_ == nullptr) {
    auto passes = std::make_unique<Passes>();
    if (!add_passes(static_cast<llvm::LLVMTargetMachine&>(*machine_), passes->manager, passes->stream,
                    llvm::CodeGenFileType::ObjectFile))
      return std::unexpected(kNone);
    passes_ = std::move(passes);
  }
  passes_->bytes.clear();
  passes_->manager.run(module);
  llvm::SmallVector<char, 0> out(passes_->bytes);
  return std::make_unique<llvm::SmallVectorMemoryBuffer>(std::move(out), module.getModuleIdentifier(), false);
}

}  // namespace rec::jit
