// The native code of one plan, on one generation, with one set of parameter values: which expressions and which runs of
// steps have a kernel, and what of their code is ready.
#pragma once

#include <array>
#include <atomic>
#include <memory>
#include <mutex>
#include <span>
#include <unordered_map>
#include <vector>

#include "runtime/native/compiler.h"
#include "runtime/native/lower.h"

namespace rec::native {

/// A kernel and its code, layout by layout. Code is asked for when a layout is first met.
class Unit {
 public:
  Unit(Kernel kernel, std::shared_ptr<Compiler> compiler);

  const Kernel& kernel() const { return kernel_; }
  /// Which of its memory belongs to a batch of candidates, and not to the whole request.
  std::span<const uint32_t> of_batch() const { return of_batch_; }
  bool has_computed() const { return has_computed_; }
  /// Null while it is not ready.
  Entry entry(const Layout& layout) const;

 private:
  const Kernel kernel_;
  const std::vector<uint32_t> of_batch_;
  const bool has_computed_;
  const std::shared_ptr<Compiler> compiler_;
  mutable std::mutex mutex_;
  mutable std::array<std::shared_ptr<const Code>, 4> held_{};
  mutable std::array<std::atomic<const Code*>, 4> code_{};
};

/// Adjacent `where`, `let`, and at their end one `top`, as loops: one that finds who passes, in which order,
/// and writes what it knows of them or knows soon; and one that fills the other columns that are read later, for them
/// alone.
struct Segment {
  size_t steps = 0;
  std::unique_ptr<Unit> chosen{};  // select, or first where it ends with an ordering; null: all stay as they are
  const graph::Order* order = nullptr;
  graph::ExprId count = graph::kNoExpr;  // of `top`
  std::vector<uint32_t> along{};         // columns that `chosen` writes: outputs of a `first` kernel
  std::unique_ptr<Unit> filled{};        // scatter, of the columns `lets`; null: none
  std::vector<uint32_t> lets{};
};

class Tier {
 public:
  /// Plan and generation must outlive every call.
  Tier(const graph::Plan& plan, const store::Generation& generation, std::vector<types::Value> parameters,
       std::shared_ptr<Compiler> compiler);
  ~Tier();

  /// The `values` kernel of an expression of candidates; null where the interpreter does it as well.
  const Unit* expression(graph::ExprId root) const;
  /// The run of steps that begins with steps[first]; null where there is none. `steps`: of the plan, or of a side of
  /// one of its `when`s.
  const Segment* segment(const std::vector<graph::Step>& steps, size_t first) const;

  const std::vector<types::Value>& parameters() const { return parameters_; }
  const std::shared_ptr<Compiler>& compiler() const { return compiler_; }
  /// All that was asked for so far, for `explain --ir`.
  std::vector<const Unit*> units() const;

 private:
  std::unique_ptr<Unit> unit(Lowering& lowering, const std::string& name, source::Span span,
                             Lowering::Little little = Lowering::Little::is_left) const;
  std::unique_ptr<Segment> make_segment(const std::vector<graph::Step>& steps, size_t first) const;
  bool is_live_after(const std::vector<graph::Step>& steps, size_t after, uint32_t column) const;
  Specialisation of() const { return {plan_, generation_, parameters_, compiler_->isa() == "avx512"}; }

  const graph::Plan& plan_;
  const store::Generation& generation_;
  const std::vector<types::Value> parameters_;
  const std::shared_ptr<Compiler> compiler_;
  mutable std::mutex mutex_;
  mutable std::vector<std::atomic<const Unit*>> expressions_;  // by root; kNone: looked at, there is none
  mutable std::unordered_map<const graph::Step*, std::atomic<const Segment*>> segments_;  // of every step, as above
  mutable std::vector<std::unique_ptr<Unit>> owned_;
  mutable std::vector<std::unique_ptr<Segment>> made_;
};

/// Pages by what computed them: native code alone, or the interpreter, where some code was not ready or could not be
/// made.
struct Served {
  uint64_t native = 0, interpreted = 0;
};

/// The tiers of all plans that requests run on. Thread-safe.
class Tiers {
 public:
  explicit Tiers(std::shared_ptr<Compiler> compiler, size_t most = 256) : compiler_(std::move(compiler)), most_(most) {}

  /// Made when it is first asked for; null where more than `most` are in use. Those whose plan or generation is gone
  /// are freed.
  std::shared_ptr<const Tier> of(const std::shared_ptr<const graph::Plan>& plan,
                                 const std::shared_ptr<const store::Generation>& generation,
                                 const std::vector<types::Value>& parameters);
  const std::shared_ptr<Compiler>& compiler() const { return compiler_; }

  /// For a service's metrics, beside those of the compiler.
  Served served() const { return {native_.load(), interpreted_.load()}; }
  void count(bool is_native) { ++(is_native ? native_ : interpreted_); }

 private:
  struct Entry {
    std::weak_ptr<const graph::Plan> plan;
    std::weak_ptr<const store::Generation> generation;
    const void *plan_at, *generation_at;
    std::shared_ptr<const Tier> tier;
  };
  const std::shared_ptr<Compiler> compiler_;
  const size_t most_;
  std::mutex mutex_;
  std::vector<Entry> entries_;
  std::atomic<uint64_t> native_ = 0, interpreted_ = 0;
};

}  // namespace rec::native
