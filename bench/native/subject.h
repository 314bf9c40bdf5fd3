// Rec as a contender: what a strategy's steps behind the recall do to the first rows of the item table.
#pragma once

#include <memory>

#include "bench/native/contender.h"

namespace rec::bench {

/// One engine with one strategy. A run is a request's steps; its context is made, and what its user did is read, before
/// the clock.
class Subject {
 public:
  virtual ~Subject() = default;
  /// CPU seconds of so many runs, on this thread.
  virtual double seconds(size_t runs) = 0;
  /// Of the last run.
  virtual Outputs outputs() const = 0;
};

std::unique_ptr<Subject> interpreter(World& world, const Work& work, size_t candidates);
/// Native code, made before the first run.
std::unique_ptr<Subject> native(World& world, const Work& work, size_t candidates);

inline constexpr const char* kInterpreter = "Rec, interpreter";
inline constexpr const char* kNative = "Rec, native";
Contender contender(std::string who, std::unique_ptr<Subject> subject);

}  // namespace rec::bench
