// A `test` block, checked: what is laid over the data, the request, and what its page must be like.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "compiler/graph/plan.h"

namespace rec::graph {

/// A value of a record: an expression of the test's `values`, of the type of what it is for.
struct TestValue {
  size_t column = 0;  // of the table, or of the events
  ExprId value = kNoExpr;
};
struct GivenRow {
  size_t table = 0;
  std::vector<TestValue> values{};
};
struct GivenEvent {
  ExprId item = kNoExpr;
  ExprId time = kNoExpr;  // kNoExpr: now
  std::vector<TestValue> values{};
};
struct GivenEvents {
  size_t sequence = 0;
  std::vector<GivenEvent> events{};
};

struct Expectation {
  enum class Kind { none, every, at, inserted, count, ordered, error } kind = Kind::none;
  std::string text{};  // as written
  source::Span span{};
  size_t emit = 0;           // none, every, at: a bool; ordered: the key
  int64_t position = 0;      // at, inserted; from 1
  bool negated = false;      // inserted: `not inserted`
  bool ascending = false;    // ordered
  std::string comparison{};  // count: "==", "!=", "<", "<=", ">", ">="
  int64_t count = 0;         // count
  std::string code{};        // error: how the code begins
};

struct Test {
  std::string name{};
  source::Span span{};
  PlanPtr plan{};    // of the pipeline, which emits what the expectations look at behind its own values
  size_t emits = 0;  // its own
  Plan values{};     // holds the expressions of records; no steps
  ExprId user = kNoExpr;
  std::vector<GivenRow> rows{};
  std::vector<GivenEvents> events{};
  std::map<std::string, ExprId> fields{};  // of the request; `id` and `now` among them
  std::map<std::string, types::Value> set{};
  std::vector<Expectation> expectations{};
};

}  // namespace rec::graph
