// The loop of a kernel: what is the same for all candidates before it, then a vector of candidates at a time; once more
// for the last of them, which do not fill one.
#include "runtime/jit/emit.h"

#include <array>
#include <cstddef>

#include "runtime/jit/function.h"
#include "runtime/jit/inputs.h"
#include "runtime/jit/lanes.h"
#include "runtime/jit/streams.h"
#include "runtime/jit/usage.h"

namespace rec::jit {
namespace {

using form::Id;
using form::Lane;
using form::Op;
using llvm::Value;
using native::Kernel;

class Emitter {
 public:
  Emitter(llvm::Module& module, const std::string& name, const Kernel& kernel, const native::Layout& layout,
          const Target& target, std::span<const std::string> functions, Lines* lines)
      : module_(module),
        kernel_(kernel),
        layout_(layout),
        functions_(functions),
        usage_(kernel),
        lines_(lines),
        b_(module.getContext()),
        lanes_(b_, target),
        streams_(b_, lanes_),
        function_(entry_function(module, name)) {
    if (lines_ != nullptr) lines_->begin(*function_, kernel_);
    if (keeps_vectors()) return;
    // Nothing stays in vector registers from call to call, so nothing is moved for it.
    function_->addFnAttr(llvm::Attribute::OptimizeNone);
    function_->addFnAttr(llvm::Attribute::NoInline);
  }

  void run() {
    auto* entry = block("entry");
    b_.SetInsertPoint(entry);
    if (lines_ != nullptr) lines_->at(b_, kernel_.span);
    in_ = Inputs::load(b_, lanes_, kernel_);
    written_ = in_.count != nullptr ? in_.count : number(0);
    values_.assign(kernel_.graph.size(), nullptr);
    for (Id id = 0; id < kernel_.graph.size(); ++id) {
      if (usage_.needed[id] && usage_.uniform[id]) values_[id] = scalar(id);
    }
    spread_.assign(kernel_.graph.size(), nullptr);
    for (Id id = 0; id < kernel_.graph.size(); ++id) {
      if (keeps_vectors() && usage_.needed[id] && usage_.uniform[id]) spread_[id] = lanes_.spread(values_[id]);
    }
    open_streams();
    loop();
    finish();
  }

 private:
  bool keeps_vectors() const { return kernel_.calls.empty(); }
  unsigned width() const { return lanes_.count(); }
  llvm::BasicBlock* block(const char* name) { return llvm::BasicBlock::Create(b_.getContext(), name, function_); }
  Value* number(uint64_t n) { return b_.getInt64(n); }

  Value* scalar(Id id) {
    const auto& node = kernel_.graph[id];
    if (node.op == Op::constant) return lanes_.constant(node.lane, node.bits);
    if (const auto* call = usage_.calls[id])
      return b_.CreateExtractElement(called(*call, [&](Id operand) { return lanes_.spread(values_[operand]); }),
                                     uint64_t{0});
    if (node.op == Op::load) {
      const auto storage = kernel_.memory[node.bits].storage;
      Value* index = b_.CreateZExt(values_[node.a], b_.getInt64Ty());
      return lanes_.read_one(storage, b_.CreateGEP(lanes_.stored(storage), in_.memory(b_, node.bits), index));
    }
    if (node.op == Op::lookup) return lanes_.look_up(kernel_.graph.tables()[node.bits], values_[node.a]);
    return operate(node, [&](Id operand) { return values_[operand]; });
  }

  template <typename ValueOf>
  Value* operate(const form::Node& node, ValueOf value_of) {
    const Id operand[] = {node.a, node.b, node.c};
    std::array<Value*, 3> x{};
    const unsigned count = form::operands(node.op);
    for (unsigned i = 0; i < count; ++i) x[i] = value_of(operand[i]);
    return lanes_.operate(node, kernel_.graph[node.a].lane, {x.data(), count});
  }

  template <typename ValueOf>
  Value* called(const native::Call& call, ValueOf value_of) {
    std::vector<Value*> arguments;
    for (const Id argument : call.arguments) arguments.push_back(value_of(argument));
    return call_function(b_, lanes_, functions_[call.function], kernel_.functions[call.function].form, arguments);
  }

  // ---- memory along which the loop goes ----

  bool writes_in_order() const { return kernel_.does != Kernel::Does::scatter || layout_.consecutive; }
  Value* plus(llvm::Type* type, Value* base, Value* elements) {
    return b_.CreateGEP(type, base, b_.CreateZExt(elements, b_.getInt64Ty()));
  }

  void open_streams() {
    stream_.assign(kernel_.graph.size(), kNoStream);
    for (Id id = 0; id < kernel_.graph.size(); ++id) {
      if (usage_.needed[id] && !usage_.uniform[id]) open_stream(id);
    }
    if (!writes_in_order() || kernel_.does == Kernel::Does::select) return;
    for (size_t i = 0; i < in_.outputs.size(); ++i) {
      if (i % 2 == 1 && !kernel_.outputs[i / 2].present) continue;
      llvm::Type* type = i % 2 == 1 ? b_.getInt8Ty() : lanes_.stored(kernel_.outputs[i / 2].storage);
      Value* base = kernel_.does == Kernel::Does::scatter ? plus(type, in_.outputs[i], in_.first) : in_.outputs[i];
      written_to_.resize(i + 1, kNoStream);
      written_to_[i] = streams_.add(type, base, true);
    }
  }

  /// For what lies in memory as candidates do.
  void open_stream(Id id) {
    const auto& node = kernel_.graph[id];
    if (id == Kernel::kCandidate && !layout_.consecutive)
      stream_[id] = streams_.add(b_.getInt32Ty(), in_.candidates, false);
    if (id == Kernel::kRow && layout_.consecutive && !layout_.rows_follow)
      stream_[id] = streams_.add(b_.getInt32Ty(), plus(b_.getInt32Ty(), in_.rows, in_.first), false);
    if (node.op != Op::load) return;
    llvm::Type* type = lanes_.stored(kernel_.memory[node.bits].storage);
    Value* base = in_.memory(b_, node.bits);
    if (node.a == Kernel::kPlace) stream_[id] = streams_.add(type, base, false);
    if (!layout_.consecutive) return;
    if (node.a == Kernel::kCandidate) stream_[id] = streams_.add(type, plus(type, base, in_.first), false);
    if (node.a == Kernel::kRow && layout_.rows_follow)
      stream_[id] = streams_.add(type, plus(type, plus(type, base, in_.first), in_.row_offset), false);
  }

  // ---- the loop ----

  bool selects() const { return kernel_.does == Kernel::Does::select || kernel_.does == Kernel::Does::first; }

  void loop() {
    auto *before = b_.GetInsertBlock(), *head = block("vectors"), *body = block("body"), *after = block("after");
    auto *rest = block("rest"), *done = block("done");
    Value* const whole = b_.CreateAnd(b_.CreateSub(in_.end, in_.begin), number(~uint64_t{width() - 1}));
    Value* const full = b_.CreateAdd(in_.begin, whole);
    Value* const all = spread_true();
    b_.CreateBr(head);
    b_.SetInsertPoint(head);
    auto *at = phi(in_.begin, before), *written = phi(written_, before), *until = phi(full, before);
    auto* mask = selects() ? phi(all, before) : nullptr;
    streams_.enter(before);
    at_ = at;
    written_ = written;
    mask_ = mask;
    b_.CreateCondBr(b_.CreateAnd(b_.CreateICmpULT(at, until), has_room()), body, after);

    b_.SetInsertPoint(body);
    one_vector();
    again(at, b_.CreateAdd(at, number(width())), until, until, written, mask, mask);
    streams_.again();
    b_.CreateBr(head);

    b_.SetInsertPoint(after);
    written_ = written;
    Value* const some_left = b_.CreateAnd(b_.CreateICmpUGE(at, full), b_.CreateICmpULT(at, in_.end));
    b_.CreateCondBr(b_.CreateAnd(some_left, has_room()), rest, done);
    b_.SetInsertPoint(rest);
    Value* const few = first_lanes(b_.CreateSub(in_.end, at));
    again(at, at, until, in_.end, written, mask, few);
    streams_.again_for(at, few);
    b_.CreateBr(head);
    b_.SetInsertPoint(done);
    if (streams_.any_written()) copy_back();
  }

  llvm::PHINode* phi(Value* first, llvm::BasicBlock* before) {
    auto* out = b_.CreatePHI(first->getType(), 3);
    out->addIncoming(first, before);
    return out;
  }
  void again(llvm::PHINode* at, Value* next, llvm::PHINode* until, Value* next_until, llvm::PHINode* written,
             llvm::PHINode* mask, Value* next_mask) {
    auto* from = b_.GetInsertBlock();
    at->addIncoming(next, from);
    until->addIncoming(next_until, from);
    written->addIncoming(written_, from);
    if (mask != nullptr) mask->addIncoming(next_mask, from);
  }

  /// For one more vector of those that are handed on.
  Value* has_room() {
    return kernel_.does == Kernel::Does::first ? b_.CreateICmpULE(written_, in_.capacity)
                                               : static_cast<Value*>(b_.getTrue());
  }
  Value* spread_true() { return lanes_.spread(b_.getTrue()); }
  /// `count`: less than a vector has.
  Value* first_lanes(Value* count) {
    return b_.CreateICmpULT(lanes_.ramp(), lanes_.spread(b_.CreateTrunc(count, b_.getInt32Ty())));
  }

  /// Only then is the loop beyond the end.
  void copy_back() {
    auto *some = block("some_written"), *none = block("none");
    b_.CreateCondBr(b_.CreateICmpUGT(at_, in_.end), some, none);
    b_.SetInsertPoint(some);
    Value* const place = b_.CreateSub(at_, number(width()));
    streams_.copy_back(place, first_lanes(b_.CreateSub(in_.end, place)));
    b_.CreateBr(none);
    b_.SetInsertPoint(none);
  }

  void one_vector() {
    if (!selects()) return write_outputs();
    if (kernel_.does == Kernel::Does::first) return one_vector_of_first();
    Value* const passes = passing(mask_);
    lanes_.compact(vector(Kernel::kCandidate), b_.CreateGEP(b_.getInt32Ty(), in_.outputs[0], written_), passes);
    written_ = b_.CreateAdd(written_, lanes_.count_set(passes));
  }

  void one_vector_of_first() {
    using enum Usage::Sequence;
    const auto sequence = usage_.sequence(kernel_, [&](Id id) { return stream_[id] != kNoStream; });
    if (sequence == key_first) {
      Value* const ahead = b_.CreateAnd(mask_, is_ahead());
      return only_if_any(ahead, [&] { hand_on(passing(ahead)); });
    }
    Value* const passes = passing(mask_);
    const auto those_ahead = [&] {
      Value* const chosen = b_.CreateAnd(passes, is_ahead());
      only_if_any(chosen, [&] { hand_on(chosen); });
    };
    if (sequence == together) return those_ahead();
    only_if_any(passes, those_ahead);
  }

  /// The lanes of `mask` for which all predicates hold.
  Value* passing(Value* mask) {
    for (const Id id : kernel_.predicates) {
      Value* holds = vector(id);
      mask = b_.CreateAnd(mask, holds);
    }
    return mask;
  }

  template <typename Do>
  void only_if_any(Value* mask, Do what) {
    auto *yes = block("some"), *join = block("join");
    auto* from = b_.GetInsertBlock();
    Value* before = written_;
    b_.CreateCondBr(lanes_.any_set(mask), yes, join);
    b_.SetInsertPoint(yes);
    what();
    auto* last = b_.GetInsertBlock();
    b_.CreateBr(join);
    b_.SetInsertPoint(join);
    auto* written = b_.CreatePHI(b_.getInt64Ty(), 2);
    written->addIncoming(before, from);
    written->addIncoming(written_, last);
    written_ = written;
  }

  /// Not behind the bound: a later one with an equal key is.
  Value* is_ahead() {
    Value* key = vector(kernel_.key);
    if (in_.keys_are_floats)
      return kernel_.ascending ? b_.CreateFCmpULT(key, in_.bound) : b_.CreateFCmpUGT(key, in_.bound);
    return b_.CreateOr(in_.unbounded,
                       kernel_.ascending ? b_.CreateICmpSLT(key, in_.bound) : b_.CreateICmpSGT(key, in_.bound));
  }

  void hand_on(Value* chosen) {
    write_outputs();
    Value *place = vector(Kernel::kPlace), *key = vector(kernel_.key);
    lanes_.compact(place, b_.CreateGEP(b_.getInt32Ty(), in_.places, written_), chosen);
    lanes_.compact(key, b_.CreateGEP(key->getType()->getScalarType(), in_.keys, written_), chosen);
    written_ = b_.CreateAdd(written_, lanes_.count_set(chosen));
  }

  void write_outputs() {
    for (size_t i = 0; i < kernel_.outputs.size(); ++i) {
      const auto& out = kernel_.outputs[i];
      write(out.storage, vector(out.value), 2 * i);
      if (out.present) write(native::Storage::u8, vector(*out.present), 2 * i + 1);
    }
  }

  void write(native::Storage storage, Value* values, size_t output) {
    if (writes_in_order()) return lanes_.write(storage, values, streams_.at(written_to_[output], at_));
    Value* const left = b_.CreateBinaryIntrinsic(llvm::Intrinsic::umin, b_.CreateSub(in_.end, at_), number(width()));
    lanes_.scatter(storage, values, in_.outputs[output], vector(Kernel::kCandidate), left);
  }

  /// The lanes of a node, made where they are first needed.
  Value* vector(Id id) {
    if (usage_.uniform[id]) return keeps_vectors() ? spread_[id] : lanes_.spread(values_[id]);
    if (values_[id] == nullptr) {
      const llvm::DebugLoc outside = b_.getCurrentDebugLocation();
      if (lines_ != nullptr && id < kernel_.spans.size()) lines_->at(b_, kernel_.spans[id]);
      values_[id] = make(id);
      b_.SetCurrentDebugLocation(outside);
    }
    return values_[id];
  }

  Value* make(Id id) {
    const auto& node = kernel_.graph[id];
    if (const auto* call = usage_.calls[id]) return called(*call, [&](Id operand) { return vector(operand); });
    switch (node.op) {
      case Op::argument:
        return argument(id);
      case Op::load:
        return load(id);
      case Op::lookup:
        return lanes_.look_up(kernel_.graph.tables()[node.bits], vector(node.a));
      case Op::among:
        return lanes_.among(in_.memory(b_, node.bits), vector(node.a));
      case Op::find:
        return find(node);
      case Op::select:
        // A condition that is the same for all needs no lanes.
        if (usage_.uniform[node.a]) return b_.CreateSelect(values_[node.a], vector(node.b), vector(node.c));
        [[fallthrough]];
      default:
        return operate(node, [&](Id operand) { return vector(operand); });
    }
  }

  Value* counting(Value* from) {
    return b_.CreateAdd(lanes_.spread(b_.CreateTrunc(from, b_.getInt32Ty())), lanes_.ramp());
  }

  Value* argument(Id id) {
    using native::Storage;
    if (id == Kernel::kPlace) return counting(at_);
    if (id == Kernel::kCandidate) {
      if (layout_.consecutive) return b_.CreateAdd(counting(at_), lanes_.spread(in_.first));
      return lanes_.read(Storage::i32, streams_.at(stream_[id], at_));
    }
    if (layout_.rows_follow) return b_.CreateAdd(vector(Kernel::kCandidate), lanes_.spread(in_.row_offset));
    if (layout_.consecutive) return lanes_.read(Storage::i32, streams_.at(stream_[id], at_));
    return lanes_.gather(Storage::i32, in_.rows, vector(Kernel::kCandidate));
  }

  Value* load(Id id) {
    const auto& node = kernel_.graph[id];
    const auto storage = kernel_.memory[node.bits].storage;
    if (stream_[id] != kNoStream) return lanes_.read(storage, streams_.at(stream_[id], at_));
    return lanes_.gather(storage, in_.memory(b_, node.bits), vector(node.a));
  }

  /// A call for a whole vector of keys.
  Value* find(const form::Node& node) {
    llvm::IRBuilder<> entry(&function_->getEntryBlock(), function_->getEntryBlock().begin());
    Value* keys = entry.CreateAlloca(lanes_.vector(Lane::i64));
    Value* numbers = entry.CreateAlloca(lanes_.vector(Lane::i32));
    llvm::Type* pointer = b_.getPtrTy();
    const auto callee = module_.getOrInsertFunction(
        kFindKeys, llvm::FunctionType::get(b_.getVoidTy(), {pointer, pointer, pointer, b_.getInt32Ty()}, false));
    b_.CreateStore(vector(node.a), keys);
    b_.CreateCall(callee, {in_.memory(b_, node.bits), keys, numbers, b_.getInt32(width())});
    return b_.CreateLoad(lanes_.vector(Lane::i32), numbers);
  }

  void finish() {
    if (kernel_.does == Kernel::Does::first) {
      Value* count = b_.CreateGEP(b_.getInt8Ty(), function_->getArg(3), number(offsetof(native::Ahead, count)));
      b_.CreateStore(written_, count);
      b_.CreateRet(at_);
    } else {
      b_.CreateRet(kernel_.does == Kernel::Does::select ? written_ : at_);
    }
  }

  llvm::Module& module_;
  const Kernel& kernel_;
  const native::Layout& layout_;
  const std::span<const std::string> functions_;
  const Usage usage_;
  Lines* const lines_;
  llvm::IRBuilder<> b_;
  Lanes lanes_;
  Streams streams_;
  static constexpr size_t kNoStream = SIZE_MAX;
  std::vector<size_t> stream_, written_to_;  // by node; by output and its presence
  llvm::Function* const function_;
  std::vector<Value*> values_, spread_;  // by node; spread_: of uniform ones
  Inputs in_;
  Value *at_ = nullptr, *written_ = nullptr, *mask_ = nullptr;  // of the vector at hand
};

}  // namespace

void emit(llvm::Module& module, const std::string& name, const Kernel& kernel, const native::Layout& layout,
          const Target& target, std::span<const std::string> functions, Lines* lines) {
  Emitter(module, name, kernel, layout, target, functions, lines).run();
}

}  // namespace rec::jit
