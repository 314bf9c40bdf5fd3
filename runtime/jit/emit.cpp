// The loop of a kernel: what is the same for all candidates before it, then a vector of candidates at a time; once more
// for the last of them, which do not fill one.
#include "runtime/jit/emit.h"

#include <array>
#include <cstddef>

#include "runtime/jit/lanes.h"
#include "runtime/jit/streams.h"

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
          const Target& target, Lines* lines)
      : module_(module),
        kernel_(kernel),
        layout_(layout),
        lines_(lines),
        b_(module.getContext()),
        lanes_(b_, target),
        streams_(b_, lanes_) {
    llvm::Type* pointer = b_.getPtrTy();
    auto* type = llvm::FunctionType::get(b_.getInt64Ty(), {pointer, pointer, pointer, pointer}, false);
    function_ = llvm::Function::Create(type, llvm::Function::ExternalLinkage, name, module);
    function_->addFnAttr("no-builtins");
    if (lines_ != nullptr) lines_->begin(*function_, kernel_);
    function_->setDoesNotThrow();  // no tables of frames to be made and registered
    for (unsigned i = 0; i < 4; ++i) function_->getArg(i)->addAttr(llvm::Attribute::NoAlias);
    find_needed();
  }

  void run() {
    auto* entry = block("entry");
    b_.SetInsertPoint(entry);
    if (lines_ != nullptr) lines_->at(b_, kernel_.span);
    load_arguments();
    values_.assign(kernel_.graph.size(), nullptr);
    for (Id id = 0; id < kernel_.graph.size(); ++id) {
      if (needed_[id] && uniform_[id]) values_[id] = scalar(id);
    }
    spread_.assign(kernel_.graph.size(), nullptr);
    for (Id id = 0; id < kernel_.graph.size(); ++id) {
      if (needed_[id] && uniform_[id]) spread_[id] = lanes_.spread(values_[id]);
    }
    open_streams();
    loop();
    finish();
  }

 private:
  unsigned width() const { return lanes_.count(); }
  llvm::BasicBlock* block(const char* name) { return llvm::BasicBlock::Create(b_.getContext(), name, function_); }
  Value* number(uint64_t n) { return b_.getInt64(n); }

  void find_needed() {
    const auto& graph = kernel_.graph;
    needed_.assign(graph.size(), false);
    uniform_.assign(graph.size(), false);
    const auto need = [&](Id id) { needed_[id] = true; };
    for (const Id id : kernel_.predicates) need(id);
    if (kernel_.does == Kernel::Does::first) need(kernel_.key);
    for (const auto& out : kernel_.outputs) {
      need(out.value);
      if (out.present) need(*out.present);
    }
    for (Id id = static_cast<Id>(graph.size()); id-- > 0;) {
      if (!needed_[id]) continue;
      const auto& node = graph[id];
      const Id operand[] = {node.a, node.b, node.c};
      for (unsigned i = 0; i < form::operands(node.op); ++i) need(operand[i]);
    }
    const bool by_candidate = kernel_.does == Kernel::Does::select || kernel_.does == Kernel::Does::scatter;
    if (by_candidate || needed_[Kernel::kRow]) need(Kernel::kCandidate);
    for (Id id = 0; id < graph.size(); ++id) {
      const auto& node = graph[id];
      if (node.op == Op::argument || node.op == Op::among || node.op == Op::find) continue;
      const Id operand[] = {node.a, node.b, node.c};
      bool same = true;
      for (unsigned i = 0; i < form::operands(node.op); ++i) same = same && uniform_[operand[i]];
      uniform_[id] = same;
    }
  }

  template <typename Member>
  Value* field(Value* record, Member offset, llvm::Type* type) {
    return b_.CreateLoad(type, b_.CreateGEP(b_.getInt8Ty(), record, number(offset)));
  }

  void load_arguments() {
    Value *memory = function_->getArg(0), *range = function_->getArg(1), *outputs = function_->getArg(2);
    llvm::Type* pointer = b_.getPtrTy();
    for (size_t i = 0; i < kernel_.memory.size(); ++i)
      memory_.push_back(b_.CreateLoad(pointer, b_.CreateGEP(pointer, memory, number(i))));
    begin_ = field(range, offsetof(native::Range, begin), b_.getInt64Ty());
    end_ = field(range, offsetof(native::Range, end), b_.getInt64Ty());
    candidates_ = field(range, offsetof(native::Range, candidates), pointer);
    first_ = field(range, offsetof(native::Range, first), b_.getInt32Ty());
    rows_ = field(range, offsetof(native::Range, rows), pointer);
    row_offset_ = field(range, offsetof(native::Range, row_offset), b_.getInt32Ty());
    const size_t count = kernel_.does == Kernel::Does::select ? 1 : 2 * kernel_.outputs.size();
    for (size_t i = 0; i < count; ++i)
      outputs_.push_back(b_.CreateLoad(pointer, b_.CreateGEP(pointer, outputs, number(i))));
    written_ = number(0);
    if (kernel_.does == Kernel::Does::first) load_ahead();
  }

  void load_ahead() {
    Value* ahead = function_->getArg(3);
    keys_are_floats_ = kernel_.graph[kernel_.key].lane == Lane::f32;
    capacity_ = field(ahead, offsetof(native::Ahead, capacity), b_.getInt64Ty());
    places_ = field(ahead, offsetof(native::Ahead, places), b_.getPtrTy());
    keys_ = field(ahead, offsetof(native::Ahead, keys), b_.getPtrTy());
    count_before_ = field(ahead, offsetof(native::Ahead, count), b_.getInt64Ty());
    bound_ = lanes_.spread(keys_are_floats_ ? field(ahead, offsetof(native::Ahead, float_bound), b_.getFloatTy())
                                            : field(ahead, offsetof(native::Ahead, int_bound), b_.getInt64Ty()));
    unbounded_ =
        lanes_.spread(b_.CreateICmpEQ(field(ahead, offsetof(native::Ahead, bounded), b_.getInt64Ty()), number(0)));
    written_ = count_before_;
  }

  Value* scalar(Id id) {
    const auto& node = kernel_.graph[id];
    if (node.op == Op::constant) return lanes_.constant(node.lane, node.bits);
    if (node.op == Op::load) {
      const auto storage = kernel_.memory[node.bits].storage;
      Value* index = b_.CreateZExt(values_[node.a], b_.getInt64Ty());
      return lanes_.read_one(storage, b_.CreateGEP(lanes_.stored(storage), memory_[node.bits], index));
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

  // ---- memory along which the loop goes ----

  bool writes_in_order() const {
    return kernel_.does == Kernel::Does::values || (kernel_.does == Kernel::Does::scatter && layout_.consecutive);
  }
  Value* plus(llvm::Type* type, Value* base, Value* elements) {
    return b_.CreateGEP(type, base, b_.CreateZExt(elements, b_.getInt64Ty()));
  }

  void open_streams() {
    stream_.assign(kernel_.graph.size(), kNoStream);
    for (Id id = 0; id < kernel_.graph.size(); ++id) {
      if (needed_[id] && !uniform_[id]) open_stream(id);
    }
    if (!writes_in_order()) return;
    for (size_t i = 0; i < outputs_.size(); ++i) {
      if (i % 2 == 1 && !kernel_.outputs[i / 2].present) continue;
      llvm::Type* type = i % 2 == 1 ? b_.getInt8Ty() : lanes_.stored(kernel_.outputs[i / 2].storage);
      Value* base = kernel_.does == Kernel::Does::values ? outputs_[i] : plus(type, outputs_[i], first_);
      written_to_.resize(i + 1, kNoStream);
      written_to_[i] = streams_.add(type, base, true);
    }
  }

  /// For what lies in memory as candidates do.
  void open_stream(Id id) {
    const auto& node = kernel_.graph[id];
    if (id == Kernel::kCandidate && !layout_.consecutive)
      stream_[id] = streams_.add(b_.getInt32Ty(), candidates_, false);
    if (id == Kernel::kRow && layout_.consecutive && !layout_.rows_follow)
      stream_[id] = streams_.add(b_.getInt32Ty(), plus(b_.getInt32Ty(), rows_, first_), false);
    if (node.op != Op::load) return;
    llvm::Type* type = lanes_.stored(kernel_.memory[node.bits].storage);
    Value* base = memory_[node.bits];
    if (node.a == Kernel::kPlace) stream_[id] = streams_.add(type, base, false);
    if (!layout_.consecutive) return;
    if (node.a == Kernel::kCandidate) stream_[id] = streams_.add(type, plus(type, base, first_), false);
    if (node.a == Kernel::kRow && layout_.rows_follow)
      stream_[id] = streams_.add(type, plus(type, plus(type, base, first_), row_offset_), false);
  }

  // ---- the loop ----

  bool selects() const { return kernel_.does == Kernel::Does::select || kernel_.does == Kernel::Does::first; }

  void loop() {
    auto *before = b_.GetInsertBlock(), *head = block("vectors"), *body = block("body"), *after = block("after");
    auto *rest = block("rest"), *done = block("done");
    Value* const whole = b_.CreateAnd(b_.CreateSub(end_, begin_), number(~uint64_t{width() - 1}));
    Value* const full = b_.CreateAdd(begin_, whole);
    Value* const all = spread_true();
    b_.CreateBr(head);
    b_.SetInsertPoint(head);
    auto *at = phi(begin_, before), *written = phi(written_, before), *until = phi(full, before);
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
    Value* const some_left = b_.CreateAnd(b_.CreateICmpUGE(at, full), b_.CreateICmpULT(at, end_));
    b_.CreateCondBr(b_.CreateAnd(some_left, has_room()), rest, done);
    b_.SetInsertPoint(rest);
    Value* const few = first_lanes(b_.CreateSub(end_, at));
    again(at, at, until, end_, written, mask, few);
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
    return kernel_.does == Kernel::Does::first ? b_.CreateICmpULE(written_, capacity_)
                                               : static_cast<Value*>(b_.getTrue());
  }
  Value* spread_true() { return lanes_.spread(b_.getTrue()); }
  Value* first_lanes(Value* count) { return b_.CreateICmpULT(ramp64(), lanes_.spread(count)); }

  /// Only then is the loop beyond the end.
  void copy_back() {
    auto *some = block("some_written"), *none = block("none");
    b_.CreateCondBr(b_.CreateICmpUGT(at_, end_), some, none);
    b_.SetInsertPoint(some);
    Value* const place = b_.CreateSub(at_, number(width()));
    streams_.copy_back(place, first_lanes(b_.CreateSub(end_, place)));
    b_.CreateBr(none);
    b_.SetInsertPoint(none);
  }

  Value* ramp64() { return b_.CreateZExt(lanes_.ramp(), lanes_.vector(Lane::i64)); }

  void one_vector() {
    Value* passes = mask_;
    for (const Id id : kernel_.predicates) {
      Value* holds = vector(id);
      passes = b_.CreateAnd(passes, holds);
    }
    if (!selects()) return write_outputs();
    if (kernel_.does == Kernel::Does::select) {
      lanes_.compact(vector(Kernel::kCandidate), b_.CreateGEP(b_.getInt32Ty(), outputs_[0], written_), passes);
      written_ = b_.CreateAdd(written_, lanes_.count_set(passes));
      return;
    }
    if (!kernel_.predicates.empty() && remaining_work() > kWorthABranch) {
      only_if_any(passes, [&] { hand_on(passes); });
    } else {
      hand_on(passes);
    }
  }

  /// Operations of the key that no predicate has computed.
  size_t remaining_work() const {
    size_t work = 0;
    for (Id id = 0; id < kernel_.graph.size(); ++id) work += needed_[id] && values_[id] == nullptr ? 1 : 0;
    return work;
  }
  static constexpr size_t kWorthABranch = 12;

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

  /// Those that pass and are not behind the bound: a later one with an equal key is.
  void hand_on(Value* passes) {
    Value* key = vector(kernel_.key);
    Value* ahead = nullptr;
    if (keys_are_floats_) {
      ahead = kernel_.ascending ? b_.CreateFCmpULT(key, bound_) : b_.CreateFCmpUGT(key, bound_);
    } else {
      ahead =
          b_.CreateOr(unbounded_, kernel_.ascending ? b_.CreateICmpSLT(key, bound_) : b_.CreateICmpSGT(key, bound_));
    }
    Value* chosen = b_.CreateAnd(passes, ahead);
    only_if_any(chosen, [&] {
      Value* place = vector(Kernel::kPlace);
      lanes_.compact(place, b_.CreateGEP(b_.getInt32Ty(), places_, written_), chosen);
      lanes_.compact(key, b_.CreateGEP(key->getType()->getScalarType(), keys_, written_), chosen);
      written_ = b_.CreateAdd(written_, lanes_.count_set(chosen));
    });
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
    Value* const left = b_.CreateBinaryIntrinsic(llvm::Intrinsic::umin, b_.CreateSub(end_, at_), number(width()));
    lanes_.scatter(storage, values, outputs_[output], vector(Kernel::kCandidate), left);
  }

  /// The lanes of a node, made where they are first needed.
  Value* vector(Id id) {
    if (uniform_[id]) return spread_[id];
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
    switch (node.op) {
      case Op::argument:
        return argument(id);
      case Op::load:
        return load(id);
      case Op::lookup:
        return lanes_.look_up(kernel_.graph.tables()[node.bits], vector(node.a));
      case Op::among:
        return lanes_.among(memory_[node.bits], vector(node.a));
      case Op::find:
        return find(node);
      case Op::select:
        // A condition that is the same for all needs no lanes.
        if (uniform_[node.a]) return b_.CreateSelect(values_[node.a], vector(node.b), vector(node.c));
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
      if (layout_.consecutive) return b_.CreateAdd(counting(at_), lanes_.spread(first_));
      return lanes_.read(Storage::i32, streams_.at(stream_[id], at_));
    }
    if (layout_.rows_follow) return b_.CreateAdd(vector(Kernel::kCandidate), lanes_.spread(row_offset_));
    if (layout_.consecutive) return lanes_.read(Storage::i32, streams_.at(stream_[id], at_));
    return lanes_.gather(Storage::i32, rows_, vector(Kernel::kCandidate));
  }

  Value* load(Id id) {
    const auto& node = kernel_.graph[id];
    const auto storage = kernel_.memory[node.bits].storage;
    if (stream_[id] != kNoStream) return lanes_.read(storage, streams_.at(stream_[id], at_));
    return lanes_.gather(storage, memory_[node.bits], vector(node.a));
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
    b_.CreateCall(callee, {memory_[node.bits], keys, numbers, b_.getInt32(width())});
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
  Lines* const lines_;
  llvm::IRBuilder<> b_;
  Lanes lanes_;
  Streams streams_;
  static constexpr size_t kNoStream = SIZE_MAX;
  std::vector<size_t> stream_, written_to_;  // by node; by output and its presence
  llvm::Function* function_ = nullptr;
  std::vector<bool> needed_, uniform_;
  std::vector<Value*> values_, spread_;  // by node; spread_: of uniform ones
  std::vector<Value*> memory_, outputs_;
  Value *begin_ = nullptr, *end_ = nullptr, *candidates_ = nullptr, *first_ = nullptr, *rows_ = nullptr,
        *row_offset_ = nullptr;
  Value *capacity_ = nullptr, *places_ = nullptr, *keys_ = nullptr, *count_before_ = nullptr, *bound_ = nullptr,
        *unbounded_ = nullptr;
  bool keys_are_floats_ = true;
  Value *at_ = nullptr, *written_ = nullptr, *mask_ = nullptr;  // of the vector at hand
};

}  // namespace

void emit(llvm::Module& module, const std::string& name, const Kernel& kernel, const native::Layout& layout,
          const Target& target, Lines* lines) {
  Emitter(module, name, kernel, layout, target, lines).run();
}

}  // namespace rec::jit
