// One run of the generated parser over a list of tokens: a tree, or the first thing that did not fit.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "compiler/syntax/generated.h"
#include "compiler/syntax/tokens.h"

namespace rec::syntax {

/// A rule that was being read, and the token it began with.
struct OpenRule {
  size_t rule;   // RecParser's
  size_t begin;  // index of its first token
};

/// Where the tokens left the grammar.
struct Failure {
  size_t at = 0;                       // index of the token that did not fit
  std::vector<OpenRule> open;          // innermost first
  antlr4::misc::IntervalSet expected;  // what could have stood there; empty where that is not one set

  bool expects(size_t type) const { return expected.contains(type); }
  /// The innermost rule that was being read; the module's where none was.
  size_t rule() const { return open.empty() ? size_t{RecParser::RuleModule} : open.front().rule; }
};

/// A parse tree with everything it lives on. Indexes of its tokens are those of the list.
class Attempt {
 public:
  enum class Start { module, expression };
  Attempt(const TokenList& list, Start start);

  RecParser::ModuleContext* module() const { return module_; }            // null after a failure
  RecParser::LoneExprContext* expression() const { return expression_; }  // null after a failure
  const std::optional<Failure>& failure() const { return failure_; }

 private:
  void run(Start start);

  std::unique_ptr<antlr4::ListTokenSource> source_;
  std::unique_ptr<antlr4::CommonTokenStream> stream_;
  std::unique_ptr<RecParser> parser_;
  RecParser::ModuleContext* module_ = nullptr;
  RecParser::LoneExprContext* expression_ = nullptr;
  std::optional<Failure> failure_;
};

}  // namespace rec::syntax
