// The one list of operators. A service adds its own before it compiles anything.
#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

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
  /// The names of all of a kind, such as SourceDef.
  template <typename Def>
  std::vector<std::string> names() const {
    std::vector<std::string> out;
    for (const auto& def : defs_) {
      if (std::holds_alternative<Def>(def.what)) out.push_back(def.name);
    }
    return out;
  }

 private:
  std::deque<OperatorDef> defs_;  // addresses stay valid
};

}  // namespace rec::operators
