// A linear program over registers of a block of values: expressions of candidates, of events, or of pairs of both.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "runtime/interpreter/layout.h"
#include "runtime/interpreter/scope.h"
#include "runtime/interpreter/stored_column.h"

namespace rec::interpreter {

class Correlated;

/// a - b, saturating: the cut of `within`.
inline int64_t saturated_difference(int64_t a, int64_t b) {
  int64_t out = 0;
  return __builtin_sub_overflow(a, b, &out) ? (b < 0 ? INT64_MAX : INT64_MIN) : out;
}

/// The rows that a program runs on; what a kind of program does not read may stay empty.
struct RowSource {
  const Batch* batch = nullptr;
  const uint32_t* candidates = nullptr;  // base indices of the batch; without one, rows of the item table
  const column::EventColumns* events = nullptr;
  const uint32_t* event_index = nullptr;  // of pairs: indices into `events`
  size_t size = 0;
};

class Program {
 public:
  using Kind = Layout::Kind;
  struct Options {
    Kind kind = Kind::candidates;
    graph::ExprId root = graph::kNoExpr;  // of pairs the aggregate whose roots they are
    std::span<const graph::ExprId> pair_roots{};
    const store::Table* event_items = nullptr;          // of events and pairs
    size_t events_index = 0;                            // pairs
    const column::EventColumns* pair_events = nullptr;  // pairs: what event_index points into
    size_t block = kBlock;
  };
  Program(Scope& scope, Options options);
  ~Program();
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  size_t block() const { return options_.block; }
  /// Runs the rows [first, first + n) of `rows`, n at most a block.
  void run_block(const RowSource& rows, size_t first, size_t n);
  /// The values of a root after run_block, valid until the next.
  Values root(size_t i) const { return registers_[layout_.roots[i]].view; }
  /// All rows of the first root, in blocks.
  void run_all(const RowSource& rows, std::byte* out, uint8_t* out_present);

 private:
  /// A planned instruction with what it reads of this request.
  struct Instruction {
    const graph::Node* node = nullptr;
    graph::ExprId id = graph::kNoExpr;
    std::span<const uint32_t> args{};
    bool broadcast = false;  // request level
    bool is_precomputed = false;
    bool as_double = false;
    Values precomputed{};  // broadcast: one value; of pairs: a column over all events
    StoredColumn stored{};
    const KeySet* set = nullptr;      // in_list: request-level right side
    const RowSet* row_set = nullptr;  // in_sequence, the same
    std::unique_ptr<Correlated> correlated{};
  };
  struct Register {
    Values view;
    std::byte* values = nullptr;  // own memory; null for aliases
    uint8_t* present = nullptr;
    size_t width = 0;
    size_t filled = 0;  // rows of a broadcast value so far
  };
  struct Block {
    const RowSource& rows;
    size_t first, n;
    const uint32_t* candidates;  // of this block
    const uint32_t* item_rows;   // of this block
    bool consecutive_candidates, consecutive_items;
  };

  void bind(const Layout::Instruction& planned);
  void bind_memory();
  void fill_broadcast(const Instruction& instruction, Register& reg, size_t n);

  Block make_block(const RowSource& rows, size_t first, size_t n);
  void run(Instruction& instruction, Register& reg, const Block& block);
  bool run_candidate(const Instruction& instruction, Register& reg, const Block& block);
  bool run_event(const Instruction& instruction, Register& reg, const Block& block);
  const Barrier& barrier(const Instruction& instruction, const Batch& batch);
  void run_provenance(const graph::Node& node, Register& reg, const Block& block);
  void run_channel_emit(const graph::Node& node, Register& reg, const Block& block);
  void run_membership(const Instruction& instruction, Register& reg, size_t n);
  void run_kernel(const Instruction& instruction, Register& reg, size_t n);
  void read(const StoredColumn& column, const uint32_t* rows, bool consecutive, Register& reg, size_t n);

  Scope& scope_;
  Options options_;
  const Layout& layout_;
  std::vector<Instruction> instructions_;
  std::vector<Register> registers_;  // one an instruction
  std::vector<std::byte*> memory_;   // one a piece of the layout's; borrowed from the scope
  std::vector<uint32_t> item_rows_;
  std::vector<uint64_t> keys_;
  std::vector<uint8_t> valid_;
  std::vector<operators::Operand> operands_;
};

}  // namespace rec::interpreter
