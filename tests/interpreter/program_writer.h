// Writes random well-typed programs of the language: expressions from the signatures that the operator registry holds,
// and pipelines around them, for the tables of SmallWorld.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "operators/registry.h"

namespace rec::interpreter {

class ProgramWriter {
 public:
  ProgramWriter(const operators::Registry& registry, uint64_t seed);

  /// An expression of a scalar type (boolean, integer, floating, string, time, duration), never missing.
  /// `event`: `e` is in reach as well.
  std::string expression(types::Kind kind, int depth, bool event = false);
  /// A whole file with the one pipeline `p`.
  std::string pipeline();

 private:
  struct Signature {
    const operators::OperatorDef* def;
    const operators::Overload* overload;
  };

  uint64_t below(uint64_t n);
  bool chance(uint64_t percent) { return below(100) < percent; }
  std::string pick(const std::vector<std::string>& from) { return from[below(from.size())]; }

  std::string fresh_expression(types::Kind kind, int depth, bool event);
  std::string leaf(types::Kind kind, bool event);
  std::string call(const Signature& signature, int depth, bool event);
  std::string argument(const types::Type& type, bool strings, int depth, bool event);
  std::string boolean(int depth, bool event);
  std::string aggregate(types::Kind kind, int depth);
  std::string sequence(int depth);

  std::string provenance(types::Kind kind);
  std::string channel(const std::string& name);
  std::string recall();
  std::string further_pipelines();
  std::string rerank();
  std::string rules(uint64_t page);
  std::string insert();
  std::string late_step();
  std::string merge();
  std::string when();
  std::string step();
  std::string order_key(int depth);

  uint64_t state_;
  std::vector<std::vector<Signature>> by_result_;  // by Kind
  std::vector<std::string> channels_;              // of the pipeline being written, once it has candidates
  std::vector<std::pair<types::Kind, std::string>> lets_;
  std::map<types::Kind, std::vector<std::string>> written_;  // in this pipeline, behind its `recall`
  std::vector<std::string> pages_;                           // channels whose source is the pipeline `q`
  bool barriers_ = true;                                     // may stand: not where rows come in late
  int inserts_ = 0;
};

}  // namespace rec::interpreter
