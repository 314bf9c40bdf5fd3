// Memory that a loop goes along, a vector at a time.
//
// The last candidates are fewer than a vector. What is read of them is copied to a vector that is full, what is written
// for them comes from one, and the loop goes over those once more: its body is there once, and without masks.
#pragma once

#include <vector>

#include "runtime/jit/lanes.h"

namespace rec::jit {

class Streams {
 public:
  Streams(llvm::IRBuilder<>& builder, const Lanes& lanes) : b_(builder), lanes_(lanes) {}

  /// In the function's first block; `base`: where the element of place 0 is.
  size_t add(llvm::Type* element, llvm::Value* base, bool written);
  /// At the loop's head, which `before` leads to.
  void enter(llvm::BasicBlock* before);
  /// The element of a place, in the loop.
  llvm::Value* at(size_t stream, llvm::Value* place) const;
  /// Comes back to the head from this block, with streams as they are.
  void again();
  /// Comes back to the head from this block, for the lanes of `mask` alone: the elements from `place` on.
  void again_for(llvm::Value* place, llvm::Value* mask);
  /// What was written for those lanes goes where it belongs.
  void copy_back(llvm::Value* place, llvm::Value* mask);
  bool any_written() const;

 private:
  struct Stream {
    llvm::Type* element;
    llvm::Value* base;
    bool written;
    llvm::Value* buffer;
    llvm::PHINode* now = nullptr;
  };
  llvm::Type* vector_of(const Stream& stream) const;

  llvm::IRBuilder<>& b_;
  const Lanes& lanes_;
  std::vector<Stream> streams_;
};

}  // namespace rec::jit
