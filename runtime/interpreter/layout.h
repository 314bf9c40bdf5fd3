// How expressions become a linear program: the nodes in use, in order, each with a register; memory is shared as soon
// as it is free. Depends on the plan alone: made once and kept with it.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "compiler/graph/plan.h"
#include "compiler/graph/split.h"

namespace rec::interpreter {

struct Layout {
  enum class Kind { candidates, events, pairs };
  static constexpr uint32_t kNoMemory = UINT32_MAX;

  struct Instruction {
    graph::ExprId id = graph::kNoExpr;
    std::vector<uint32_t> args{};                      // registers
    bool broadcast = false;                            // request level
    bool precomputed = false;                          // of pairs: a column over all events
    bool has_set = false;                              // in_list, in_sequence: request-level right side
    bool as_double = false;                            // in_list: how its elements compare
    std::shared_ptr<const graph::Split> correlated{};  // an aggregate that reads the candidate
    uint32_t values = kNoMemory, present = kNoMemory;  // of `widths`; values: none for aliases
  };
  std::vector<Instruction> instructions;  // one a register
  std::vector<uint32_t> roots;            // registers
  std::vector<uint32_t> widths;           // of each piece of memory, bytes a row
};

Layout lay_out(const graph::Plan& plan, Layout::Kind kind, std::span<const graph::ExprId> roots);

/// The layouts of a plan, each made when it is first asked for. Thread-safe.
class Layouts {
 public:
  /// Those kept with the plan.
  static const Layouts& of(const graph::Plan& plan);
  explicit Layouts(size_t exprs) : made_(exprs * kKinds) {}

  /// `key`: what tells layouts of a kind apart: the root, or, of pairs, the aggregate whose roots they are.
  const Layout& get(const graph::Plan& plan, Layout::Kind kind, graph::ExprId key,
                    std::span<const graph::ExprId> roots) const;

 private:
  static constexpr size_t kKinds = 3;
  mutable std::vector<std::atomic<const Layout*>> made_;
  mutable std::mutex making_;
  mutable std::deque<Layout> all_;
};

}  // namespace rec::interpreter
