// Running the generated parser so that it stops at the first token that does not fit.
#include "compiler/syntax/attempt.h"

#include <exception>
#include <utility>

namespace rec::syntax {
namespace {

using antlr4::Parser;
using antlr4::RecognitionException;

// Carries the failure out of the generated rules, which catch only ANTLR's own exceptions.
struct Stop {
  Failure failure;
};

// Never recovers: mending is done on the tokens, by someone who knows the language.
class StopAtFirst : public antlr4::DefaultErrorStrategy {
 public:
  void recover(Parser* parser, std::exception_ptr error) override {
    try {
      std::rethrow_exception(std::move(error));
    } catch (const RecognitionException& exception) {
      stop(parser, exception.getOffendingToken());
    }
  }
  antlr4::Token* recoverInline(Parser* parser) override {
    stop(parser, parser->getCurrentToken());
    return nullptr;
  }
  void sync(Parser*) override {}
  void reportError(Parser*, const RecognitionException&) override {}

 private:
  static void stop(Parser* parser, antlr4::Token* offending) {
    Failure failure;
    failure.at = offending->getTokenIndex();
    // The parser stands where its decision began; only there its state says what could follow.
    if (offending == parser->getCurrentToken()) failure.expected = parser->getExpectedTokens();
    for (antlr4::RuleContext* rule = parser->getContext(); rule != nullptr;
         rule = dynamic_cast<antlr4::RuleContext*>(rule->parent)) {
      const auto* context = dynamic_cast<antlr4::ParserRuleContext*>(rule);
      const auto* begin = context != nullptr ? context->start : nullptr;
      failure.open.push_back({rule->getRuleIndex(), begin != nullptr ? begin->getTokenIndex() : failure.at});
    }
    throw Stop{std::move(failure)};
  }
};

std::vector<std::unique_ptr<antlr4::Token>> to_antlr(const TokenList& list) {
  std::vector<std::unique_ptr<antlr4::Token>> tokens;
  tokens.reserve(list.tokens.size());
  for (size_t i = 0; i < list.tokens.size(); ++i) {
    auto token = std::make_unique<antlr4::CommonToken>(list.tokens[i].type);
    token->setTokenIndex(i);
    tokens.push_back(std::move(token));
  }
  return tokens;
}

}  // namespace

// SLL prediction is fast, and right where it succeeds; where it fails, full LL has the last word.
Attempt::Attempt(const TokenList& list, Start start)
    : source_(std::make_unique<antlr4::ListTokenSource>(to_antlr(list))),
      stream_(std::make_unique<antlr4::CommonTokenStream>(source_.get())),
      parser_(std::make_unique<RecParser>(stream_.get())) {
  parser_->removeErrorListeners();
  parser_->setErrorHandler(std::make_shared<StopAtFirst>());
  auto* simulator = parser_->getInterpreter<antlr4::atn::ParserATNSimulator>();
  for (const auto mode : {antlr4::atn::PredictionMode::SLL, antlr4::atn::PredictionMode::LL}) {
    simulator->setPredictionMode(mode);
    parser_->reset();
    failure_.reset();
    try {
      run(start);
      return;
    } catch (Stop& stop) {
      failure_ = std::move(stop.failure);
    }
  }
}

void Attempt::run(Start start) {
  if (start == Start::module) {
    module_ = parser_->module();
  } else {
    expression_ = parser_->loneExpr();
  }
}

}  // namespace rec::syntax
