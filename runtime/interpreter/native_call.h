// One kernel run for a request: where its memory lies, and the range it goes over.
#pragma once

#include <span>
#include <vector>

#include "runtime/interpreter/program.h"
#include "runtime/native/tier.h"

namespace rec::interpreter {

class NativeCall {
 public:
  NativeCall(Scope& scope, const native::Unit& unit);

  /// Whether its code is ready for rows that lie like these. Where it is not, the request has waited for code.
  bool is_ready(const CandidateRows& rows);
  /// Runs all rows; false, and nothing is written, where it is not ready. A `first` kernel begins at ahead's own place
  /// and is to be called again until `place()` is the number of rows.
  bool run(const CandidateRows& rows, void* const* outputs, native::Ahead* ahead = nullptr);
  /// What the code returned: how far it got, or how many it chose.
  uint64_t result() const { return result_; }
  /// Where the next run begins.
  void start_at(uint64_t place) { begin_ = place; }

 private:
  native::Entry entry_for(const CandidateRows& rows);
  void bind();
  void bind_batch(const Batch* batch);
  const void* of_request(const native::Memory& memory);
  const void* of_groups(const native::Memory& memory);
  const void* of_batch(const native::Memory& memory, const Batch& batch);
  void compute(const CandidateRows& rows, size_t first, size_t n);
  const uint8_t* all_there(size_t rows);

  Scope& scope_;
  const native::Unit& unit_;
  size_t block_;
  bool bound_ = false;
  std::span<const void*> memory_;                                      // of the request
  std::vector<std::pair<size_t, std::unique_ptr<Program>>> computed_;  // memory, and who computes it
  const uint8_t* all_there_ = nullptr;
  size_t there_ = 0;
  uint64_t begin_ = 0, result_ = 0;
};

}  // namespace rec::interpreter
