// Reads the roles of tokens off the parse tree.
#include "compiler/syntax/layout.h"

#include "compiler/syntax/generated.h"
#include "compiler/syntax/stages.h"

namespace rec::syntax {
namespace {

using antlr4::tree::ParseTree;
using antlr4::tree::TerminalNode;
using Parser = RecParser;

class Roles {
 public:
  explicit Roles(const TokenList& list) {
    for (const Token& token : list.tokens) out_.push_back({.begin = token.begin, .end = token.end});
  }

  void walk(antlr4::ParserRuleContext* context) {
    begin(context);
    for (ParseTree* child : context->children) {
      if (auto* token = dynamic_cast<TerminalNode*>(child)) {
        role(*context, token->getSymbol()->getType(), out_[token->getSymbol()->getTokenIndex()]);
      } else if (auto* rule = dynamic_cast<antlr4::ParserRuleContext*>(child)) {
        walk(rule);
      }
    }
  }
  std::vector<LaidToken> take() { return std::move(out_); }

 private:
  static Element element(antlr4::ParserRuleContext* context) {
    switch (context->getRuleIndex()) {
      case Parser::RuleImportDecl:
        return Element::import;
      case Parser::RuleParamDecl:
        return Element::param;
      case Parser::RuleFnDecl:
        return Element::fn;
      case Parser::RulePipelineDecl:
        return Element::pipeline;
      case Parser::RuleTestDecl:
        return Element::test;
      case Parser::RuleChannel:
        return Element::channel;
      case Parser::RuleRuleLine:
        return Element::rule;
      case Parser::RuleTestLine:
        return Element::test_line;
      case Parser::RuleStep:
        if (dynamic_cast<Parser::LetStepContext*>(context) != nullptr) return Element::let;
        return dynamic_cast<Parser::ScoreStepContext*>(context) != nullptr ? Element::score : Element::step;
      default:
        return Element::none;
    }
  }

  void begin(antlr4::ParserRuleContext* context) {
    const Element what = element(context);
    if (what != Element::none) out_[context->start->getTokenIndex()].begins = what;
    if (context->getRuleIndex() == Parser::RuleRuleLine) option_seen_ = false;
  }

  void role(const antlr4::ParserRuleContext& in, size_t type, LaidToken& token) {
    const size_t rule = in.getRuleIndex();
    switch (type) {
      case RecLexer::OPEN_PAREN:
        token.opens = token.tight_after = true;
        token.tight_before = rule != Parser::RulePrimary;  // all others are calls and heads
        break;
      case RecLexer::OPEN_BRACKET:
        token.opens = token.tight_after = true;
        token.tight_before = rule == Parser::RuleTrailer;
        break;
      case RecLexer::CLOSE_PAREN:
      case RecLexer::CLOSE_BRACKET:
        token.closes = token.tight_before = true;
        break;
      case RecLexer::OPEN_BRACE:
      case RecLexer::CLOSE_BRACE:
        brace(in, type == RecLexer::OPEN_BRACE, token);
        break;
      case RecLexer::DOT:
        token.tight_before = token.tight_after = true;
        break;
      case RecLexer::COMMA:
      case RecLexer::QUESTION:
        token.tight_before = true;
        break;
      case RecLexer::COLON:
        token.tight_before = rule != Parser::RuleParamDecl;
        token.cell = rule == Parser::RuleParamDecl ? 1 : 0;
        break;
      case RecLexer::MINUS:
        token.tight_after = rule == Parser::RuleUnary;
        break;
      case RecLexer::ASSIGN:
        if (rule == Parser::RuleStep || rule == Parser::RuleChannel) token.cell = 1;
        if (rule == Parser::RuleParamDecl) token.cell = 2;
        break;
      case RecLexer::WITHIN:
        if (rule == Parser::RuleParamDecl) token.cell = 3;
        break;
      case RecLexer::TAKE:
        if (rule == Parser::RuleSourceOption) token.cell = 2;
        break;
      case RecLexer::WHERE:
      case RecLexer::BY:
        if (rule == Parser::RuleRuleOption && !option_seen_) token.cell = 1;
        if (rule == Parser::RuleRuleOption) option_seen_ = true;
        break;
      case RecLexer::ELSE:
        token.joins = dynamic_cast<const Parser::WhenStepContext*>(&in) != nullptr;
        break;
      default:
        break;
    }
  }

  static void brace(const antlr4::ParserRuleContext& in, bool open, LaidToken& token) {
    if (in.getRuleIndex() == Parser::RuleRecord || in.getRuleIndex() == Parser::RuleTypeBase) {
      (open ? token.opens : token.closes) = true;
      return;
    }
    token.block = open ? Brace::open : Brace::close;
    const auto* parent = dynamic_cast<const antlr4::ParserRuleContext*>(in.parent);
    token.keeps_block_open = in.getRuleIndex() == Parser::RuleTestDecl ||
                             (parent != nullptr && parent->getRuleIndex() == Parser::RulePipelineDecl);
  }

  std::vector<LaidToken> out_;
  bool option_seen_ = false;  // of the rule that is read
};

}  // namespace

std::optional<std::vector<LaidToken>> lay_out(source::FileId file, const source::Sources& sources,
                                              diagnostics::Diagnostics& diagnostics) {
  std::optional<std::vector<LaidToken>> out;
  const size_t before = diagnostics.errors();
  with_tree(file, sources, diagnostics, [&](const TokenList& list, RecParser::ModuleContext* tree) {
    Roles roles(list);
    roles.walk(tree);
    out = roles.take();
  });
  if (diagnostics.errors() > before) out.reset();
  return out;
}

}  // namespace rec::syntax
