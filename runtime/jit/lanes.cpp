// Operations of forms as instructions of LLVM. Nothing is contracted or reordered: no fast-math flag is ever set.
#include "runtime/jit/lanes.h"

#include <cassert>

namespace rec::jit {

using form::Lane;
using form::Op;
using llvm::Value;
using Type = llvm::Type;

Type* Lanes::scalar(Lane lane) const {
  switch (lane) {
    case Lane::truth:
      return b_.getInt1Ty();
    case Lane::i32:
      return b_.getInt32Ty();
    case Lane::i64:
      return b_.getInt64Ty();
    case Lane::f32:
      return b_.getFloatTy();
    case Lane::f64:
      return b_.getDoubleTy();
  }
  return nullptr;
}

llvm::VectorType* Lanes::vector(Lane lane) const {
  return llvm::FixedVectorType::get(scalar(lane), count());
}

llvm::Constant* Lanes::constant(Lane lane, uint64_t bits) const {
  Type* type = scalar(lane);
  if (lane == Lane::f32)
    return llvm::ConstantFP::get(type, llvm::APFloat(llvm::APFloat::IEEEsingle(), llvm::APInt(32, bits)));
  if (lane == Lane::f64)
    return llvm::ConstantFP::get(type, llvm::APFloat(llvm::APFloat::IEEEdouble(), llvm::APInt(64, bits)));
  return llvm::ConstantInt::get(type, bits);
}

Value* Lanes::spread(Value* value) {
  return value->getType()->isVectorTy() ? value : b_.CreateVectorSplat(count(), value);
}

Value* Lanes::ramp() {
  std::vector<llvm::Constant*> steps;
  for (uint32_t i = 0; i < count(); ++i) steps.push_back(b_.getInt32(i));
  return llvm::ConstantVector::get(steps);
}

Value* Lanes::intrinsic(llvm::Intrinsic::ID id, std::span<Value* const> operands) {
  return b_.CreateIntrinsic(id, {operands[0]->getType()}, {operands.data(), operands.size()});
}

namespace {

std::optional<llvm::Intrinsic::ID> intrinsic_of(Op op) {
  switch (op) {
    case Op::square_root:
      return llvm::Intrinsic::sqrt;
    case Op::fused:
      return llvm::Intrinsic::fma;
    case Op::magnitude:
      return llvm::Intrinsic::fabs;
    case Op::floor:
      return llvm::Intrinsic::floor;
    case Op::ceil:
      return llvm::Intrinsic::ceil;
    case Op::nearest:
      return llvm::Intrinsic::nearbyint;
    default:
      return std::nullopt;
  }
}

std::optional<llvm::Instruction::BinaryOps> arithmetic_of(Op op, bool floats) {
  using I = llvm::Instruction;
  switch (op) {
    case Op::add:
      return floats ? I::FAdd : I::Add;
    case Op::subtract:
      return floats ? I::FSub : I::Sub;
    case Op::multiply:
      return floats ? I::FMul : I::Mul;
    case Op::divide:
      return I::FDiv;
    case Op::bit_and:
      return I::And;
    case Op::bit_or:
      return I::Or;
    case Op::bit_xor:
      return I::Xor;
    case Op::shift_left:
      return I::Shl;
    case Op::shift_right:
      return I::LShr;
    case Op::shift_right_signed:
      return I::AShr;
    default:
      return std::nullopt;
  }
}

std::optional<llvm::CmpInst::Predicate> comparison_of(Op op, bool floats) {
  using P = llvm::CmpInst;
  switch (op) {
    case Op::equal:
      return floats ? P::FCMP_OEQ : P::ICMP_EQ;
    case Op::unequal:
      return floats ? P::FCMP_UNE : P::ICMP_NE;
    case Op::less:
      return floats ? P::FCMP_OLT : P::ICMP_SLT;
    case Op::less_equal:
      return floats ? P::FCMP_OLE : P::ICMP_SLE;
    default:
      return std::nullopt;
  }
}

bool is_float(Lane lane) {
  return lane == Lane::f32 || lane == Lane::f64;
}

}  // namespace

Value* Lanes::operate(const form::Node& node, Lane from, std::span<Value* const> x) {
  const bool floats = is_float(from);
  if (const auto id = intrinsic_of(node.op)) return intrinsic(*id, x);
  if (const auto op = arithmetic_of(node.op, floats)) return b_.CreateBinOp(*op, x[0], x[1]);
  if (const auto p = comparison_of(node.op, floats))
    return floats ? b_.CreateFCmp(*p, x[0], x[1]) : b_.CreateICmp(*p, x[0], x[1]);
  Type* to = x[0]->getType()->isVectorTy() ? static_cast<Type*>(vector(node.lane)) : scalar(node.lane);
  switch (node.op) {
    case Op::exponent:
    case Op::significand:
    case Op::scale:
      return exponents(node, x);
    case Op::negate:
      return b_.CreateFNeg(x[0]);
    case Op::select:
      return b_.CreateSelect(x[0], x[1], x[2]);
    case Op::widen:
      if (node.lane == Lane::f64) return b_.CreateFPExt(x[0], to);
      return from == Lane::truth ? b_.CreateZExt(x[0], to) : b_.CreateSExt(x[0], to);
    case Op::narrow:
      return node.lane == Lane::f32 ? b_.CreateFPTrunc(x[0], to) : b_.CreateTrunc(x[0], to);
    case Op::to_float:
      return b_.CreateSIToFP(x[0], to);
    case Op::to_int:
      return b_.CreateIntrinsic(llvm::Intrinsic::fptosi_sat, {to, x[0]->getType()}, {x[0]});
    case Op::bits_of:
    case Op::from_bits:
      return b_.CreateBitCast(x[0], to);
    default:
      assert(false && "no operation of lanes");
      return nullptr;
  }
}

/// AVX-512 alone: a number as 2^k · m and back.
Value* Lanes::exponents(const form::Node& node, std::span<Value* const> x) {
  assert(target_.isa == Isa::avx512 && "others write them out");
  if (!x[0]->getType()->isVectorTy()) {
    std::vector<Value*> many;
    for (Value* each : x) many.push_back(spread(each));
    return b_.CreateExtractElement(exponents(node, many), uint64_t{0});
  }
  using namespace llvm;
  llvm::Value* const as_they_are = b_.getInt32(4);  // the rounding in force, which is to nearest
  llvm::Constant* const zero = llvm::Constant::getNullValue(x[0]->getType());
  const auto getexp = [&](llvm::Value* of) {
    return b_.CreateIntrinsic(Intrinsic::x86_avx512_mask_getexp_ps_512, {},
                              {of, zero, b_.getInt16(0xFFFF), as_they_are});
  };
  if (node.op == Op::scale) {
    std::vector<llvm::Value*> pieces;
    for (const int first : {0, 8}) {
      std::vector<int> part;
      for (int i = 0; i < 8; ++i) part.push_back(first + i);
      llvm::Value *const a = b_.CreateShuffleVector(x[0], part), *const b = b_.CreateShuffleVector(x[1], part);
      pieces.push_back(
          b_.CreateIntrinsic(Intrinsic::x86_avx512_mask_scalef_pd_512, {},
                             {a, b, llvm::Constant::getNullValue(a->getType()), b_.getInt8(0xFF), as_they_are}));
    }
    std::vector<int> all;
    for (int i = 0; i < 16; ++i) all.push_back(i);
    return b_.CreateShuffleVector(pieces[0], pieces[1], all);
  }
  // Without its sign, in [3/4, 3/2).
  llvm::Value* const significand = b_.CreateIntrinsic(Intrinsic::x86_avx512_mask_getmant_ps_512, {},
                                                      {x[0], b_.getInt32(7), zero, b_.getInt16(0xFFFF), as_they_are});
  if (node.op == Op::significand) return significand;
  return b_.CreateFSub(getexp(x[0]),
                       getexp(significand));  // by that of x alone 1 too few where the significand is below 1
}

Value* Lanes::halves(Value* value, unsigned lanes, llvm::function_ref<Value*(Value*)> each) {
  if (lanes >= count()) return each(value);
  std::vector<Value*> pieces;
  for (unsigned first = 0; first < count(); first += lanes) {
    std::vector<int> part;
    for (unsigned i = 0; i < lanes; ++i) part.push_back(static_cast<int>(first + i));
    pieces.push_back(each(b_.CreateShuffleVector(value, part)));
  }
  while (pieces.size() > 1) {
    std::vector<Value*> joined;
    for (size_t i = 0; i < pieces.size(); i += 2) {
      const auto width = llvm::cast<llvm::FixedVectorType>(pieces[i]->getType())->getNumElements();
      std::vector<int> all;
      for (unsigned k = 0; k < 2 * width; ++k) all.push_back(static_cast<int>(k));
      joined.push_back(b_.CreateShuffleVector(pieces[i], pieces[i + 1], all));
    }
    pieces = std::move(joined);
  }
  return pieces[0];
}

/// On AVX-512 a table of up to sixteen numbers stays in registers.
Value* Lanes::permuted(const form::Table& table, Value* index) {
  const bool wide = table.lane == Lane::f64 || table.lane == Lane::i64;
  const unsigned lanes = wide ? 8 : 16;  // of one register
  const Lane lane = table.lane;
  const auto part = [&](unsigned first) {
    std::vector<llvm::Constant*> elements;
    for (unsigned i = 0; i < lanes; ++i)
      elements.push_back(constant(lane, first + i < table.values.size() ? table.values[first + i] : 0));
    return llvm::ConstantVector::get(elements);
  };
  const bool two = table.values.size() > lanes;
  using namespace llvm;
  const Intrinsic::ID one_id = lane == Lane::f64   ? Intrinsic::x86_avx512_permvar_df_512
                               : lane == Lane::i64 ? Intrinsic::x86_avx512_permvar_di_512
                               : lane == Lane::f32 ? Intrinsic::x86_avx512_permvar_sf_512
                                                   : Intrinsic::x86_avx512_permvar_si_512;
  const Intrinsic::ID two_id = lane == Lane::f64   ? Intrinsic::x86_avx512_vpermi2var_pd_512
                               : lane == Lane::i64 ? Intrinsic::x86_avx512_vpermi2var_q_512
                               : lane == Lane::f32 ? Intrinsic::x86_avx512_vpermi2var_ps_512
                                                   : Intrinsic::x86_avx512_vpermi2var_d_512;
  if (!wide) index = b_.CreateTrunc(index, vector(Lane::i32));
  return halves(index, lanes, [&](llvm::Value* at) -> llvm::Value* {
    if (two) return b_.CreateIntrinsic(two_id, {}, {part(0), at, part(lanes)});
    return b_.CreateIntrinsic(one_id, {}, {part(0), at});
  });
}

Value* Lanes::look_up(const form::Table& table, Value* index) {
  const size_t held = table.lane == Lane::f64 || table.lane == Lane::i64 ? 16 : 32;
  if (target_.isa == Isa::avx512 && index->getType()->isVectorTy() && table.values.size() <= held)
    return permuted(table, index);
  std::vector<llvm::Constant*> elements;
  for (const uint64_t bits : table.values) elements.push_back(constant(table.lane, bits));
  auto* data = llvm::ConstantArray::get(llvm::ArrayType::get(scalar(table.lane), elements.size()), elements);
  llvm::Module* module = b_.GetInsertBlock()->getModule();
  auto* global =
      new llvm::GlobalVariable(*module, data->getType(), true, llvm::GlobalValue::PrivateLinkage, data, "table");
  global->setAlignment(llvm::Align(64));
  const native::Storage storage = table.lane == Lane::f32 ? native::Storage::f32 : native::Storage::i64;
  if (!index->getType()->isVectorTy())
    return b_.CreateLoad(scalar(table.lane), element_of(global, scalar(table.lane), index));
  if (table.lane == Lane::f32 || table.lane == Lane::i64) return gather(storage, global, index);
  if (table.lane == Lane::f64) return b_.CreateBitCast(gather(native::Storage::i64, global, index), vector(Lane::f64));
  return gather(native::Storage::i32, global, index);
}

Value* Lanes::among(Value* words, Value* code) {
  Value* const at = b_.CreateLShr(code, spread(b_.getInt32(5)));
  Value* word = nullptr;
  if (target_.isa == Isa::avx512) {
    Value* table = b_.CreateAlignedLoad(llvm::FixedVectorType::get(b_.getInt32Ty(), 16), words, llvm::Align(4));
    word = b_.CreateIntrinsic(llvm::Intrinsic::x86_avx512_permvar_si_512, {}, {table, at});
  } else {
    word = gather(native::Storage::i32, words, b_.CreateAnd(at, spread(b_.getInt32(15))));
  }
  Value* const bit = b_.CreateShl(spread(b_.getInt32(1)), b_.CreateAnd(code, spread(b_.getInt32(31))));
  Value* const set = b_.CreateICmpNE(b_.CreateAnd(word, bit), spread(b_.getInt32(0)));
  return b_.CreateAnd(set, b_.CreateICmpULT(code, spread(b_.getInt32(512))));
}

}  // namespace rec::jit
