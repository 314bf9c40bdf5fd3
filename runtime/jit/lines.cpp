// Spans as DWARF.
#include "runtime/jit/lines.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpedantic"
#include <llvm/BinaryFormat/Dwarf.h>
#include <llvm/IR/DIBuilder.h>
#pragma GCC diagnostic pop

namespace rec::jit {

std::string name_of(const native::Kernel& kernel, const source::Sources& sources) {
  constexpr const char* kDoes[] = {"values", "scatter", "select", "first"};
  const char* const does = kDoes[static_cast<size_t>(kernel.does)];
  if (!kernel.span.valid()) return kernel.name + " " + does;
  const source::File& file = sources.file(kernel.span.file);
  return fmt::format("{}:{} {}", std::filesystem::path(file.path).filename().string(),
                     file.locate(kernel.span.begin).line, does);
}

Lines::Lines(llvm::Module& module, const source::Sources& sources)
    : module_(module), sources_(sources), builder_(std::make_unique<llvm::DIBuilder>(module)) {
  module.addModuleFlag(llvm::Module::Warning, "Debug Info Version", llvm::DEBUG_METADATA_VERSION);
  module.addModuleFlag(llvm::Module::Warning, "Dwarf Version", 4);
}
Lines::~Lines() = default;

llvm::DIFile* Lines::file(source::FileId id) {
  const auto path = std::filesystem::absolute(sources_.file(id).path);
  return builder_->createFile(path.filename().string(), path.parent_path().string());
}

void Lines::begin(llvm::Function& function, const native::Kernel& kernel) {
  if (!kernel.span.valid()) return;
  file_ = kernel.span.file;
  llvm::DIFile* const in = file(file_);
  builder_->createCompileUnit(llvm::dwarf::DW_LANG_C, in, "rec", true, "", 0);
  auto* type = builder_->createSubroutineType(builder_->getOrCreateTypeArray({}));
  const unsigned line = sources_.file(file_).locate(kernel.span.begin).line;
  function_ = builder_->createFunction(in, function.getName(), function.getName(), in, line, type, line,
                                       llvm::DINode::FlagZero, llvm::DISubprogram::SPFlagDefinition);
  function.setSubprogram(function_);
}

void Lines::at(llvm::IRBuilder<>& builder, source::Span span) {
  if (function_ == nullptr || !span.valid()) return;
  llvm::DIScope* scope = function_;
  if (span.file != file_) scope = builder_->createLexicalBlockFile(function_, file(span.file));
  const auto position = sources_.file(span.file).locate(span.begin);
  builder.SetCurrentDebugLocation(llvm::DILocation::get(module_.getContext(), position.line, position.column, scope));
}

void Lines::end() {
  builder_->finalize();
}

void add_to_perf_map(const std::string& name, uint64_t address, uint64_t size) {
  std::FILE* const map = std::fopen(fmt::format("/tmp/perf-{}.map", getpid()).c_str(), "a");
  if (map == nullptr) return;  // nothing depends on it
  fmt::print(map, "{:x} {:x} {}\n", address, size, name);
  std::fclose(map);
}

}  // namespace rec::jit
