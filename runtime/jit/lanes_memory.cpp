// Lanes from and to memory.
#include <cassert>

#include "runtime/jit/lanes.h"

namespace rec::jit {

using form::Lane;
using llvm::Value;
using native::Storage;
using Type = llvm::Type;

Type* Lanes::stored(Storage storage) const {
  switch (storage) {
    case Storage::u8:
    case Storage::i8:
      return b_.getInt8Ty();
    case Storage::i16:
      return b_.getInt16Ty();
    case Storage::i32:
      return b_.getInt32Ty();
    case Storage::i64:
      return b_.getInt64Ty();
    case Storage::f32:
      return b_.getFloatTy();
  }
  return nullptr;
}

Value* Lanes::as_lane(Storage storage, Value* value) {
  const bool many = value->getType()->isVectorTy();
  if (storage == Storage::u8) return b_.CreateICmpNE(value, llvm::Constant::getNullValue(value->getType()));
  if (storage != Storage::i8 && storage != Storage::i16) return value;
  return b_.CreateSExt(value, many ? static_cast<Type*>(vector(Lane::i32)) : b_.getInt32Ty());
}

Value* Lanes::as_stored(Storage storage, Value* value) {
  if (storage != Storage::u8) return value;
  return b_.CreateZExt(value, llvm::FixedVectorType::get(b_.getInt8Ty(), count()));
}

Value* Lanes::element_of(Value* base, Type* type, Value* index) {
  if (index->getType()->isIntegerTy(32)) index = b_.CreateZExt(index, b_.getInt64Ty());
  return b_.CreateGEP(type, base, index);
}

Value* Lanes::read_one(Storage storage, Value* from) {
  return as_lane(storage, b_.CreateLoad(stored(storage), from));
}

Value* Lanes::read(Storage storage, Value* from) {
  auto* type = llvm::FixedVectorType::get(stored(storage), count());
  return as_lane(storage, b_.CreateAlignedLoad(type, from, llvm::Align(stored(storage)->getPrimitiveSizeInBits() / 8)));
}

/// AVX-512 gathers elements of 32 and 64 bits as fast as one load a lane does, and one instruction is compiled sooner.
Value* Lanes::gather(Storage storage, Value* base, Value* index) {
  if (target_.isa != Isa::avx512) return gather_one_by_one(storage, base, index);
  const auto bits = stored(storage)->getPrimitiveSizeInBits();
  if (bits < 32) return gather_within_words(storage, base, index);
  auto* type = llvm::FixedVectorType::get(stored(storage), count());
  Value* at = b_.CreateGEP(stored(storage), base, b_.CreateSExt(index, vector(Lane::i64)));
  return as_lane(storage, b_.CreateMaskedGather(type, at, llvm::Align(bits / 8)));
}

/// Elements of 8 or 16 bits: the aligned words of 32 bits that they lie in, which are in memory where an element is.
Value* Lanes::gather_within_words(Storage storage, Value* base, Value* index) {
  const uint32_t bits = storage == Storage::i16 ? 16 : 8;
  const auto all = [&](uint32_t value) { return spread(b_.getInt32(value)); };
  Value* const address = b_.CreatePtrToInt(base, b_.getInt64Ty());
  Value* const words = b_.CreateIntToPtr(b_.CreateAnd(address, ~uint64_t{3}), base->getType());
  Value* const before = b_.CreateTrunc(b_.CreateAnd(address, 3), b_.getInt32Ty());
  Value* const place = b_.CreateTrunc(index, vector(Lane::i32));
  Value* const byte = b_.CreateAdd(bits == 8 ? place : b_.CreateShl(place, all(1)), spread(before));
  Value* const word = gather(Storage::i32, words, b_.CreateLShr(byte, all(2)));
  Value* const value = b_.CreateLShr(word, b_.CreateShl(b_.CreateAnd(byte, all(3)), all(3)));
  if (storage == Storage::u8) return b_.CreateICmpNE(b_.CreateAnd(value, all(255)), all(0));
  return b_.CreateAShr(b_.CreateShl(value, all(32 - bits)), all(32 - bits));
}

Value* Lanes::gather_one_by_one(Storage storage, Value* base, Value* index) {
  Value* all = llvm::PoisonValue::get(llvm::FixedVectorType::get(stored(storage), count()));
  if (index->getType()->getScalarType()->isIntegerTy(32))
    index = b_.CreateZExt(index, llvm::FixedVectorType::get(b_.getInt64Ty(), count()));
  for (uint32_t lane = 0; lane < count(); ++lane) {
    Value* at = b_.CreateGEP(stored(storage), base, b_.CreateExtractElement(index, lane));
    all = b_.CreateInsertElement(all, b_.CreateLoad(stored(storage), at), lane);
  }
  return as_lane(storage, all);
}

void Lanes::write(Storage storage, Value* values, Value* to) {
  b_.CreateAlignedStore(as_stored(storage, spread(values)), to,
                        llvm::Align(stored(storage)->getPrimitiveSizeInBits() / 8));
}

void Lanes::scatter(Storage storage, Value* values, Value* base, Value* index, Value* count) {
  Value* const from = on_stack(as_stored(storage, spread(values)));
  Value* const indices = on_stack(index);
  for_lanes(count, [&](Value* lane) {
    Value* at = b_.CreateLoad(b_.getInt32Ty(), element_of(indices, b_.getInt32Ty(), lane));
    Value* value = b_.CreateLoad(stored(storage), element_of(from, stored(storage), lane));
    b_.CreateStore(value, element_of(base, stored(storage), at));
  });
}

Value* Lanes::on_stack(Value* vector) {
  llvm::BasicBlock& entry = b_.GetInsertBlock()->getParent()->getEntryBlock();
  llvm::IRBuilder<> first(&entry, entry.begin());
  Value* const out = first.CreateAlloca(vector->getType());
  if (!llvm::isa<llvm::PoisonValue>(vector)) b_.CreateStore(vector, out);
  return out;
}

void Lanes::for_lanes(Value* count, llvm::function_ref<void(Value*)> each) {
  auto* before = b_.GetInsertBlock();
  auto* body = llvm::BasicBlock::Create(b_.getContext(), "lane", before->getParent());
  auto* after = llvm::BasicBlock::Create(b_.getContext(), "lanes", before->getParent());
  b_.CreateBr(body);
  b_.SetInsertPoint(body);
  auto* lane = b_.CreatePHI(b_.getInt64Ty(), 2);
  lane->addIncoming(b_.getInt64(0), before);
  each(lane);
  Value* const next = b_.CreateAdd(lane, b_.getInt64(1));
  lane->addIncoming(next, b_.GetInsertBlock());
  b_.CreateCondBr(b_.CreateICmpULT(next, count), body, after);
  b_.SetInsertPoint(after);
}

void Lanes::compact(Value* values, Value* to, Value* mask) {
  auto* type = llvm::cast<llvm::FixedVectorType>(values->getType());
  const unsigned bytes = type->getScalarSizeInBits() / 8;
  if (target_.isa == Isa::avx512) {  // into a register, and all of that to memory: compressing stores are slow
    Value* behind = to;
    const auto piece = [&](Value* part, Value* set) {
      Value* packed = b_.CreateIntrinsic(llvm::Intrinsic::x86_avx512_mask_compress, {part->getType()},
                                         {part, llvm::Constant::getNullValue(part->getType()), set});
      b_.CreateAlignedStore(packed, behind, llvm::Align(bytes));
    };
    if (bytes == 4) return piece(values, mask);
    std::vector<int> low{0, 1, 2, 3, 4, 5, 6, 7}, high{8, 9, 10, 11, 12, 13, 14, 15};
    Value* const first = b_.CreateShuffleVector(mask, low);
    piece(b_.CreateShuffleVector(values, low), first);
    behind = element_of(to, type->getElementType(), count_set(first));
    return piece(b_.CreateShuffleVector(values, high), b_.CreateShuffleVector(mask, high));
  }
  Value* at = to;
  for (uint32_t lane = 0; lane < count(); ++lane) {
    b_.CreateStore(b_.CreateExtractElement(values, lane), at);
    at = element_of(at, type->getElementType(), b_.CreateZExt(b_.CreateExtractElement(mask, lane), b_.getInt64Ty()));
  }
}

Value* Lanes::count_set(Value* mask) {
  const unsigned lanes = llvm::cast<llvm::FixedVectorType>(mask->getType())->getNumElements();
  Value* bits = b_.CreateBitCast(mask, b_.getIntNTy(lanes));
  return b_.CreateZExt(b_.CreateUnaryIntrinsic(llvm::Intrinsic::ctpop, bits), b_.getInt64Ty());
}

Value* Lanes::any_set(Value* mask) {
  Value* bits = b_.CreateBitCast(mask, b_.getIntNTy(count()));
  return b_.CreateICmpNE(bits, llvm::ConstantInt::get(bits->getType(), 0));
}

}  // namespace rec::jit
