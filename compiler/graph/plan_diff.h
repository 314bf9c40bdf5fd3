// What changed from one plan to another, in words.
#pragma once

#include <string>
#include <vector>

#include "compiler/graph/outline.h"

namespace rec::graph {

struct Change {
  enum class Kind { added, removed, changed, moved } kind;
  std::string part;           // "channel popular", "rerank, rule", "when user.is_new, top"
  std::string what;           // changed: the fact: "take"; empty: the main one
  std::string before, after;  // values; empty: there is none
  source::Span before_span{}, after_span{};

  /// "channel popular: take is 200, was 100".
  std::string text() const;
};

/// Parts with names are compared by name, others by what they say and where they stand. The place of a `param` and of
/// an emitted value says nothing.
std::vector<Change> diff(const std::vector<Part>& before, const std::vector<Part>& after);

}  // namespace rec::graph
