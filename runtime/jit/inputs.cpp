// Arrays of pointers and records, as runtime/native/kernel.h declares them.
#include "runtime/jit/inputs.h"

#include <cstddef>

namespace rec::jit {

using llvm::Value;
using native::Ahead;
using native::Kernel;
using native::Range;

namespace {

class Reader {
 public:
  explicit Reader(llvm::IRBuilder<>& builder) : b_(builder), function_(*builder.GetInsertBlock()->getParent()) {}

  Value* field(unsigned argument, size_t offset, llvm::Type* type) {
    return b_.CreateLoad(type, b_.CreateConstGEP1_64(b_.getInt8Ty(), function_.getArg(argument), offset));
  }
  std::vector<Value*> pointers(unsigned argument, size_t count) {
    std::vector<Value*> out;
    for (size_t i = 0; i < count; ++i) out.push_back(field(argument, i * sizeof(void*), b_.getPtrTy()));
    return out;
  }

 private:
  llvm::IRBuilder<>& b_;
  llvm::Function& function_;
};

constexpr unsigned kMemory = 0, kRange = 1, kOutputs = 2, kAhead = 3;  // arguments of native::Entry

constexpr size_t kInRegisters = 8;

void load_ahead(Inputs& out, llvm::IRBuilder<>& b, Reader& read, Lanes& lanes) {
  llvm::Type *number = b.getInt64Ty(), *pointer = b.getPtrTy();
  out.capacity = read.field(kAhead, offsetof(Ahead, capacity), number);
  out.places = read.field(kAhead, offsetof(Ahead, places), pointer);
  out.keys = read.field(kAhead, offsetof(Ahead, keys), pointer);
  out.count = read.field(kAhead, offsetof(Ahead, count), number);
  out.bound = lanes.spread(out.keys_are_floats ? read.field(kAhead, offsetof(Ahead, float_bound), b.getFloatTy())
                                               : read.field(kAhead, offsetof(Ahead, int_bound), number));
  if (out.keys_are_floats) return;  // NaN stands for none
  Value* const bounded = read.field(kAhead, offsetof(Ahead, bounded), number);
  out.unbounded = lanes.spread(b.CreateICmpEQ(bounded, b.getInt64(0)));
}

}  // namespace

llvm::Function* entry_function(llvm::Module& module, const std::string& name) {
  llvm::Type* const pointer = llvm::PointerType::getUnqual(module.getContext());
  llvm::Type* const number = llvm::Type::getInt64Ty(module.getContext());
  auto* type = llvm::FunctionType::get(number, {pointer, pointer, pointer, pointer}, false);
  auto* out = llvm::Function::Create(type, llvm::Function::ExternalLinkage, name, module);
  out->addFnAttr("no-builtins");
  out->setDoesNotThrow();  // no tables of frames to be made and registered
  for (llvm::Argument& argument : out->args()) argument.addAttr(llvm::Attribute::NoAlias);
  return out;
}

Value* Inputs::memory(llvm::IRBuilder<>& b, uint64_t index) const {
  return memory_.empty() ? Reader(b).field(kMemory, index * sizeof(void*), b.getPtrTy()) : memory_[index];
}

Inputs Inputs::load(llvm::IRBuilder<>& b, Lanes& lanes, const Kernel& kernel) {
  Reader read(b);
  Inputs out;
  llvm::Type *number = b.getInt64Ty(), *narrow = b.getInt32Ty(), *pointer = b.getPtrTy();
  if (kernel.memory.size() <= kInRegisters) out.memory_ = read.pointers(kMemory, kernel.memory.size());
  out.begin = read.field(kRange, offsetof(Range, begin), number);
  out.end = read.field(kRange, offsetof(Range, end), number);
  out.candidates = read.field(kRange, offsetof(Range, candidates), pointer);
  out.first = read.field(kRange, offsetof(Range, first), narrow);
  out.rows = read.field(kRange, offsetof(Range, rows), pointer);
  out.row_offset = read.field(kRange, offsetof(Range, row_offset), narrow);
  out.outputs = read.pointers(kOutputs, kernel.does == Kernel::Does::select ? 1 : 2 * kernel.outputs.size());
  if (kernel.does != Kernel::Does::first) return out;
  out.keys_are_floats = kernel.graph[kernel.key].lane == form::Lane::f32;
  load_ahead(out, b, read, lanes);
  return out;
}

}  // namespace rec::jit
