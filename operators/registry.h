// The one list of operators. A service adds its own before it compiles anything.
#pragma once

#include <deque>
#include <deque>
#include <string_view>
#include <utility>

#include "operators/operator.h"

namespace rec::operators {

class Registry {
 public:
  /// Every operator that ships with Rec.
  Registry();
  void add(OperatorDef def) { defs_.push_back(std::move(def)); }

  /// Functions have a namespace of their own; so do sources, merge policies and rerankers. nullptr: none of that name.
  const OperatorDef* function(std::string_view name) const;
  const OperatorDef* source(std::string_view name) const;
  const OperatorDef* merge(std::string_view name) const;
  const OperatorDef* rerank(std::string_view name) const;
  const std::deque<OperatorDef>& all() const { return defs_; }

 private:
  std::deque<OperatorDef> defs_;  // addresses stay valid
};

}  // namespace rec::operators
