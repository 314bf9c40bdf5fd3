// Streams as pointers that are the memory's own, and in the last round those of buffers on the stack.
#include "runtime/jit/streams.h"

#include <algorithm>

namespace rec::jit {

using llvm::Value;

namespace {

/// Of buffers: less than a vector's, so that frames of small kernels need no alignment.
const llvm::Align kAlign(16);

llvm::Align natural(const llvm::Type* element) {
  return llvm::Align(element->getPrimitiveSizeInBits() / 8);
}

}  // namespace

llvm::Type* Streams::vector_of(const Stream& stream) const {
  return llvm::FixedVectorType::get(stream.element, lanes_.count());
}

size_t Streams::add(llvm::Type* element, Value* base, bool written) {
  llvm::BasicBlock& entry = b_.GetInsertBlock()->getParent()->getEntryBlock();
  llvm::IRBuilder<> first(&entry, entry.begin());
  auto* buffer = first.CreateAlloca(llvm::FixedVectorType::get(element, lanes_.count()));
  buffer->setAlignment(kAlign);
  streams_.push_back({element, base, written, buffer});
  return streams_.size() - 1;
}

void Streams::enter(llvm::BasicBlock* before) {
  for (Stream& stream : streams_) {
    stream.now = b_.CreatePHI(b_.getPtrTy(), 3);
    stream.now->addIncoming(stream.base, before);
  }
}

Value* Streams::at(size_t stream, Value* place) const {
  return b_.CreateGEP(streams_[stream].element, streams_[stream].now, place);
}

void Streams::again() {
  for (Stream& stream : streams_) stream.now->addIncoming(stream.now, b_.GetInsertBlock());
}

void Streams::again_for(Value* place, Value* mask) {
  Value* const back = b_.CreateNeg(place);
  for (Stream& stream : streams_) {
    if (!stream.written) {
      llvm::Type* const type = vector_of(stream);
      Value* const from = b_.CreateGEP(stream.element, stream.base, place);
      Value* const few =
          b_.CreateMaskedLoad(type, from, natural(stream.element), mask, llvm::Constant::getNullValue(type));
      b_.CreateAlignedStore(few, stream.buffer, kAlign);
    }
    stream.now->addIncoming(b_.CreateGEP(stream.element, stream.buffer, back), b_.GetInsertBlock());
  }
}

void Streams::copy_back(Value* place, Value* mask) {
  for (const Stream& stream : streams_) {
    if (!stream.written) continue;
    Value* const few = b_.CreateAlignedLoad(vector_of(stream), stream.buffer, kAlign);
    b_.CreateMaskedStore(few, b_.CreateGEP(stream.element, stream.base, place), natural(stream.element), mask);
  }
}

bool Streams::any_written() const {
  return std::ranges::any_of(streams_, [](const Stream& stream) { return stream.written; });
}

}  // namespace rec::jit
