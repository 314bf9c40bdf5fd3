// What an expression can see where it stands.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "compiler/check/context.h"

namespace rec::check {

struct LambdaParameter {
  std::string name;
  size_t events;  // of the catalog
};

/// A name that only some sides of a `when` bound.
struct LocalName {
  Span place;
  std::string why;
};

struct Scope {
  std::optional<size_t> user_table, item_table;  // `user` and `item`; without: they are not in reach
  bool request = true;                           // `request` is in reach
  std::map<std::string, ExprId, std::less<>>
      names;  // lets, arguments of the function being inlined; kNoExpr: had an error
  std::map<std::string, Span, std::less<>> places;      // where those were bound
  std::map<std::string, LocalName, std::less<>> local;  // not in reach, and why
  std::vector<LambdaParameter> lambdas;                 // innermost last
  std::set<ExprId> present;                             // optional values proved to be there (narrowing)
  const std::vector<std::string>* channels = nullptr;   // names for from(), score_in(), ...; null: no candidates yet
  const std::vector<graph::PlanPtr>* channel_plans = nullptr;  // of those channels that are pipelines; else null
  std::string no_channels_because;  // "a channel's `where`"; for the message where channels is null
  std::string hidden_because;       // why user, item, request are out of reach: "a function"
};

}  // namespace rec::check
