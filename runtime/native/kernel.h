// What native code is made from: a loop over candidates as a graph of operations on lanes, the memory that it reads,
// and what it does with the values. Nothing here knows how code is made.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "compiler/graph/expr.h"
#include "compiler/source/source.h"
#include "operators/form/form.h"

namespace rec::native {

/// How one element lies in memory. u8 is a truth, 0 or 1; the narrow ints are widened with their sign.
enum class Storage : uint8_t { u8, i8, i16, i32, i64, f32 };

/// Memory that a kernel reads; where it is, is said for each request.
struct Memory {
  enum class Source : uint8_t {
    item_column,   // values of column `index` of the item table, by row
    item_present,  // whether they are there
    let,           // `let` column `index` of the batch, by candidate
    let_present,
    position,         // int32, channel `index`: 1-based place, 0 for none; by candidate
    score,            // float, of the channel
    score_there,      // one u8: whether the channel has scores
    value,            // the one value of request-level `expr`
    value_present,    // whether it is there
    bits,             // request-level list or sequence `expr` as a set of bits, by value (codes, rows)
    bits_size,        // one i32: how many bits there are, 32 at least
    bits_512,         // the same for values below 512: 16 words
    keys,             // the list `expr` as a set of 64-bit keys, for `find`
    results,          // of the aggregate `expr` over the user's events: one a group, then that of no event
    results_present,  // whether they are there
    groups,           // the groups' keys, for `find`
    group_of_code,    // int32, the group of each code of the item table's strings
    no_group,         // one int32: the number of groups, where the result of no event lies
    known_bits,       // `known[index]`
    computed,         // `expr` as the interpreter computes it for the candidates at hand, by place
    computed_present,
  };
  Source source = Source::value;
  Storage storage = Storage::f32;
  uint32_t index = 0;
  graph::ExprId expr = graph::kNoExpr;
  bool as_double = false;  // keys: compared as doubles

  auto operator<=>(const Memory&) const = default;
};

/// A value that is written for each candidate that passes.
struct Output {
  form::Id value = 0;
  std::optional<form::Id> present{};  // a second place in memory, of bytes
  Storage storage = Storage::f32;
};

/// A function of lanes whose code kernels share. Functions of equal keys are the same.
struct Function {
  Function(std::string called, form::Form of);

  std::string name;
  form::Form form;  // its result is always there
  std::string key;  // the form as text
};

/// A use of a function: its result stands in the graph as an argument of its own.
struct Call {
  uint32_t function = 0;
  std::vector<form::Id> arguments{};
  form::Id result = 0;
};

/// One loop. Arguments 0, 1 and 2 of the graph, all i32, are a candidate's place in the range that is run, the
/// candidate (an index into the batch) and its row. Further ones are results of calls, in order.
struct Kernel {
  enum class Does : uint8_t {
    values,   // writes `outputs`, by place
    scatter,  // writes `outputs`, by candidate
    select,   // writes the candidates that pass, in order, and counts them
    first,    // hands on places and keys of those that pass and are ahead of what is ahead already; for them, and
              // maybe for others, writes `outputs` by place
  };
  Does does = Does::values;
  form::Graph graph{};
  std::vector<Function> functions{};
  std::vector<Call> calls{};
  std::vector<Memory> memory{};
  /// Sets of codes that are the same for all requests, as bits: one for each code of the item table's strings, 512 at
  /// least. Code does not depend on what is in them.
  std::vector<std::vector<uint32_t>> known{};
  std::vector<form::Id> predicates{};  // truths, in order; `values` and `scatter` have none
  std::vector<Output> outputs{};
  form::Id key = 0;        // first: f32 or i64
  bool ascending = false;  // first
  std::string name{};
  source::Span span{};                // of the step or expression
  std::vector<source::Span> spans{};  // by node, where it was written; for debuggers, code does not depend on them

  static constexpr form::Id kPlace = 0, kCandidate = 1, kRow = 2;

  /// Whether some of it is left to the interpreter, which then goes along a block at a time.
  bool has_computed() const;
  /// What code depends on, as text: equal kernels have equal code.
  std::string canonical() const;
};

/// How candidates lie in memory; code is made for each.
struct Layout {
  bool consecutive = false;  // candidates are first, first + 1, …; else they are listed
  bool rows_follow = false;  // a candidate's row is the candidate + row_offset; else rows are listed

  auto operator<=>(const Layout&) const = default;
};

/// The candidates [begin, end) of a range.
struct Range {
  uint64_t begin = 0, end = 0;
  const uint32_t* candidates = nullptr;  // listed
  uint32_t first = 0;                    // consecutive: the candidate at place 0
  const uint32_t* rows = nullptr;        // listed: the row of each candidate
  uint32_t row_offset = 0;
};

/// What a `first` kernel hands on. Keys equal to the bound are behind it: they come later.
struct Ahead {
  uint64_t count = 0, capacity = 0;  // capacity: kSlack less than there is room for
  uint32_t* places = nullptr;
  void* keys = nullptr;   // f32 or i64
  float float_bound = 0;  // NaN: none yet. NaN keys are handed on always
  int64_t int_bound = 0;
  uint64_t bounded = 0;  // of ints: whether there is a bound
};
/// What a kernel may write behind what it says it wrote: one vector.
inline constexpr uint64_t kSlack = 16;

/// Runs the range, or of a `first` kernel a part of it, until there may be no room for one more vector. Returns the
/// place it got to; of a `select` kernel how many passed, whose candidates are in outputs[0].
using Entry = uint64_t (*)(const void* const* memory, const Range* range, void* const* outputs, Ahead* ahead);

}  // namespace rec::native
