// A run of steps as native code: who passes, in which order, and the columns that are read later.
#pragma once

#include "runtime/interpreter/evaluate.h"
#include "runtime/native/tier.h"

namespace rec::interpreter {

class NativeSegment {
 public:
  NativeSegment(RequestContext& context, const native::Segment& segment);
  ~NativeSegment();

  /// The candidates of `batch.order` that the steps leave, in their order, and of them the columns that are read later.
  /// `count`: of an ordering, how many. False, and nothing has changed, while code is not ready.
  bool run(Batch& batch, size_t count);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace rec::interpreter
