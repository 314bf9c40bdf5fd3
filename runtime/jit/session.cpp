// Compiling one kernel: emit, code generation, linking into this process.
#include "runtime/jit/session.h"

#include <llvm/ExecutionEngine/Orc/DebugObjectManagerPlugin.h>
#include <llvm/ExecutionEngine/Orc/EPCDebugObjectRegistrar.h>
#include <llvm/ExecutionEngine/Orc/ExecutionUtils.h>
#include <llvm/ExecutionEngine/Orc/ObjectLinkingLayer.h>
#include <llvm/ExecutionEngine/Orc/TargetProcess/JITLoaderGDB.h>
#include <llvm/MC/TargetRegistry.h>
#include <llvm/Object/SymbolSize.h>
#include <llvm/Support/TargetSelect.h>
#include <llvm/Target/TargetMachine.h>
#include <llvm/TargetParser/Host.h>

#include <fmt/format.h>

#include <mutex>

#include "runtime/jit/shared.h"
#include "runtime/native/find.h"

namespace rec::jit {
namespace {

std::string text(llvm::Error error) {
  return llvm::toString(std::move(error));
}

llvm::orc::JITTargetMachineBuilder machine_for(const Target& target) {
  const bool is_arm = target.isa == Isa::neon;
  llvm::Triple triple(llvm::sys::getProcessTriple());
  if (triple.isAArch64() != is_arm) triple.setArch(is_arm ? llvm::Triple::aarch64 : llvm::Triple::x86_64);
  llvm::orc::JITTargetMachineBuilder machine{triple};
  machine.setCPU(target.cpu);
  machine.getFeatures() = llvm::SubtargetFeatures();
  machine.setCodeGenOptLevel(llvm::CodeGenOptLevel::Default);
  machine.getOptions().AllowFPOpFusion = llvm::FPOpFusion::Strict;
  return machine;
}

/// What code may call: functions of this library, and the C library's mathematics where the CPU lacks an instruction.
llvm::Error define_symbols(llvm::orc::LLJIT& jit) {
  auto& library = jit.getMainJITDylib();
  llvm::orc::SymbolMap symbols;
  symbols[jit.mangleAndIntern(kFindKeys)] = {llvm::orc::ExecutorAddr::fromPtr(&native::find_keys),
                                             llvm::JITSymbolFlags::Exported | llvm::JITSymbolFlags::Callable};
  if (auto error = library.define(llvm::orc::absoluteSymbols(std::move(symbols)))) return error;
  auto process = llvm::orc::DynamicLibrarySearchGenerator::GetForCurrentProcess(jit.getDataLayout().getGlobalPrefix());
  if (!process) return process.takeError();
  library.addGenerator(std::move(*process));
  return llvm::Error::success();
}

/// By GDB's interface; its function is named here, for nothing of a library that is loaded late is found by name.
void tell_debuggers(llvm::orc::LLJIT& jit) {
  auto& session = jit.getExecutionSession();
  auto registrar = std::make_unique<llvm::orc::EPCDebugObjectRegistrar>(
      session, llvm::orc::ExecutorAddr::fromPtr(&llvm_orc_registerJITLoaderGDBWrapper));
  static_cast<llvm::orc::ObjectLinkingLayer&>(jit.getObjLinkingLayer())
      .addPlugin(std::make_unique<llvm::orc::DebugObjectManagerPlugin>(session, std::move(registrar), true, true));
}

uint64_t size_of(const std::string& name, const llvm::MemoryBuffer& object) {
  auto read = llvm::object::ObjectFile::createObjectFile(object);
  if (!read) {
    llvm::consumeError(read.takeError());
    return 0;
  }
  for (const auto& [symbol, size] : llvm::object::computeSymbolSizes(**read)) {
    auto its = symbol.getName();
    if (its && *its == name && size != 0) return size;  // the object has the name too
    if (!its) llvm::consumeError(its.takeError());
  }
  return 0;
}

}  // namespace

std::expected<std::unique_ptr<Session>, std::string> Session::open(Isa isa, const source::Sources* debug,
                                                                   uint64_t code_bytes) {
  static std::once_flag once;
  std::call_once(once, [] {
    llvm::InitializeNativeTarget();
    llvm::InitializeNativeTargetAsmPrinter();
    llvm::InitializeNativeTargetAsmParser();
  });
  if (!runs_here(isa)) return std::unexpected("this CPU lacks the instructions");
  std::unique_ptr<Session> out(new Session(jit::target(isa)));
  if (auto error = out->use(machine_for(out->target_))) return std::unexpected(text(std::move(error)));
  auto jit = llvm::orc::LLJITBuilder()
                 .setJITTargetMachineBuilder(*out->machine_)
                 .setNumCompileThreads(0)
                 .setPlatformSetUp(llvm::orc::setUpInactivePlatform)  // kernels have nothing to initialise
                 .create();
  if (!jit) return std::unexpected(text(jit.takeError()));
  out->jit_ = std::move(*jit);
  if (auto error = define_symbols(*out->jit_)) return std::unexpected(text(std::move(error)));
  out->debug_ = debug;
  out->most_bytes_ = code_bytes;
  if (debug != nullptr) tell_debuggers(*out->jit_);
  return out;
}

llvm::Error Session::use(llvm::orc::JITTargetMachineBuilder builder) {
  machine_ = std::make_unique<llvm::orc::JITTargetMachineBuilder>(std::move(builder));
  auto machine = machine_->createTargetMachine();
  if (!machine) return machine.takeError();
  data_layout_ = (*machine)->createDataLayout();
  codegen_ = std::make_unique<Codegen>(std::move(*machine));
  return llvm::Error::success();
}

std::expected<std::unique_ptr<Session>, std::string> Session::foreign(Isa isa) {
  llvm::InitializeAllTargetInfos();
  llvm::InitializeAllTargets();
  llvm::InitializeAllTargetMCs();
  llvm::InitializeAllAsmPrinters();
  std::unique_ptr<Session> out(new Session(jit::target(isa)));
  if (!runs_here(isa))
    out->target_.cpu = isa == Isa::neon ? "generic" : "x86-64-v" + std::string(isa == Isa::avx512 ? "4" : "3");
  if (auto error = out->use(machine_for(out->target_))) return std::unexpected(text(std::move(error)));
  return out;
}

std::unique_ptr<llvm::Module> Session::module(llvm::LLVMContext& context, const std::string& name) const {
  auto module = std::make_unique<llvm::Module>(name, context);
  module->setDataLayout(data_layout_);
  module->setTargetTriple(machine_->getTargetTriple().str());
  return module;
}

void Session::add_kernel(llvm::Module& module, const std::string& name, const native::Kernel& kernel,
                         const native::Layout& layout, std::span<const std::string> functions) const {
  std::optional<Lines> lines;
  if (debug_ != nullptr) lines.emplace(module, *debug_);
  emit(module, name, kernel, layout, target_, functions, lines ? &*lines : nullptr);
  if (lines) lines->end();
}

/// Debuggers want one that says what it is; two of a line and kind differ in number.
std::string Session::symbol(const native::Kernel& kernel, uint64_t number) const {
  if (debug_ == nullptr) return "rec_kernel_" + std::to_string(number);
  return name_of(kernel, *debug_) + " #" + std::to_string(number);
}

std::expected<Session::Made, std::string> Session::compile(const native::Kernel& kernel, const native::Layout& layout) {
  if (jit_ == nullptr) return std::unexpected("this CPU need not be the one that code is for");
  Made out;
  std::vector<std::string> symbols;
  for (const native::Function& function : kernel.functions) {
    auto one = shared(function);
    if (!one) return std::unexpected(one.error());
    symbols.push_back((*one)->symbol);
    out.functions.push_back(std::move(*one));
  }
  llvm::LLVMContext context;
  const std::string name = symbol(kernel, made_++);
  const auto made = module(context, name);
  add_kernel(*made, name, kernel, layout, symbols);
  const std::lock_guard lock(compiling_);
  auto linked = link(*made, name);
  if (!linked) return std::unexpected(linked.error());
  out.code = std::move(*linked);
  out.entry = out.code.address.toPtr<native::Entry>();
  return out;
}

/// With code generation locked.
std::expected<Session::Linked, std::string> Session::link(llvm::Module& module, const std::string& name) {
#ifndef NDEBUG
  std::string broken;
  llvm::raw_string_ostream stream(broken);
  if (llvm::verifyModule(module, &stream)) return std::unexpected("not well formed: " + stream.str());
#endif
  auto object = codegen_->object(module);
  if (!object) return std::unexpected(object.error());
  const uint64_t bytes = (*object)->getBufferSize();
  if (bytes_ + bytes > most_bytes_) return std::unexpected("memory for code has run out");
  const uint64_t size = debug_ == nullptr ? 0 : size_of(name, **object);
  auto memory = jit_->getMainJITDylib().createResourceTracker();
  if (auto error = jit_->addObjectFile(memory, std::move(*object))) return std::unexpected(text(std::move(error)));
  auto address = jit_->lookup(name);
  if (!address) {
    llvm::consumeError(memory->remove());
    return std::unexpected(text(address.takeError()));
  }
  if (debug_ != nullptr) add_to_perf_map(name, address->getValue(), size);
  bytes_ += bytes;
  return Linked{*address, std::move(memory), bytes};
}

void Session::release(const Made& made) {
  free(made.code);
  if (made_ % 64 == 0) jit_->getExecutionSession().getSymbolStringPool()->clearDeadEntries();
}

void Session::free(const Linked& linked) {
  llvm::consumeError(linked.memory->remove());
  bytes_ -= linked.bytes;
}

std::unique_ptr<llvm::Module> Session::whole(llvm::LLVMContext& context, const native::Kernel& kernel,
                                             const native::Layout& layout) const {
  auto out = module(context, kernel.name.empty() ? "kernel" : kernel.name);
  std::vector<std::string> symbols;
  for (const native::Function& function : kernel.functions) {
    symbols.push_back(fmt::format("{} {}", function.name, symbols.size()));
    emit_function(*out, symbols.back(), function.form, target_);
    out->getFunction(symbols.back())->setLinkage(llvm::GlobalValue::InternalLinkage);
  }
  add_kernel(*out, out->getModuleIdentifier(), kernel, layout, symbols);
  return out;
}

std::string Session::listing(const native::Kernel& kernel, const native::Layout& layout, const std::string& kind) {
  llvm::LLVMContext context;
  const auto made = whole(context, kernel, layout);
  std::string out;
  llvm::raw_string_ostream stream(out);
  if (kind == "object") {
    const std::lock_guard lock(compiling_);
    const auto object = codegen_->object(*made);
    return object ? (*object)->getBuffer().str() : object.error();
  }
  if (kind != "asm") {
    made->print(stream, nullptr);
    return stream.str();
  }
  const std::lock_guard lock(compiling_);
  const auto assembly = codegen_->assembly(*made);
  return assembly ? *assembly : assembly.error();
}

}  // namespace rec::jit
