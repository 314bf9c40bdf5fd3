// A channel's conditions (`eligible` and its own `where`) as a source calls them.
#pragma once

#include <span>
#include <vector>

#include "compiler/graph/plan.h"
#include "runtime/interpreter/evaluate.h"
#include "runtime/trace/trace.h"

namespace rec::engine {

/// Applies the predicates one after another, each to what the ones before left; counts what each drops.
class Admit {
 public:
  Admit(interpreter::RequestContext& context, std::span<const graph::Predicate> predicates);

  void operator()(std::span<const uint32_t> rows, std::span<uint8_t> keep);
  std::vector<std::pair<std::string, uint64_t>> drops() const;

 private:
  struct Condition {
    const graph::Predicate* predicate;
    interpreter::Evaluator* evaluator;
    uint64_t dropped = 0;
  };
  void compact(std::span<const uint32_t> standing, bool all);

  std::vector<Condition> conditions_;
  std::vector<uint32_t> standing_, places_;
  std::vector<uint8_t> passed_;
};

}  // namespace rec::engine
