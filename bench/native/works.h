// The works: each a strategy's steps behind the recall, as Rec's text and for the others.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace rec::bench {

enum class Kind { fusion, powers, filter, clicks, formula };

struct Work {
  Kind kind = Kind::fusion;
  std::string name;      // a word
  std::string says;      // a line of the table
  std::string formula;   // of the columns p, l, c, s, for those who read text; empty for `clicks`
  std::string pipeline;  // in Rec
  /// Its result is the best rows, and not a value for every candidate.
  bool selects() const { return kind == Kind::filter || kind == Kind::clicks; }
};

const Work& fusion();
const Work& powers();
const Work& filter();
const Work& clicks();
/// A formula of so many operations, none of them like another.
Work formula(size_t operations);

/// What a work gives: a value a candidate, or the best rows, best first.
struct Outputs {
  std::vector<float> values;
  std::vector<uint32_t> rows;
};

}  // namespace rec::bench
