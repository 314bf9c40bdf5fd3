// Building declarations: imports, parameters, functions, pipelines, tests.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "compiler/syntax/build.h"
#include "compiler/syntax/literals.h"

namespace rec::syntax {

using diagnostics::Code;

Span Builder::span(const Context* context) const {
  const size_t first = context->start->getTokenIndex();
  const size_t last = context->stop != nullptr ? context->stop->getTokenIndex() : first;
  if (last < first) return {list_.file, list_.tokens[first].begin, list_.tokens[first].begin};
  return join(list_.span(first), list_.span(last));
}

Name Builder::name(RecParser::NameContext* context) const {
  const size_t token = context->start->getTokenIndex();
  return {std::string(list_.text(token)), list_.span(token)};
}

std::string Builder::doc(const Context* context) const {
  const uint32_t at = list_.tokens[context->start->getTokenIndex()].begin;
  const auto found = std::ranges::lower_bound(list_.docs, at, {}, &Doc::before);
  return found != list_.docs.end() && found->before == at ? found->text : std::string();
}

Module Builder::module(RecParser::ModuleContext* tree) {
  Module out;
  out.file = list_.file;
  for (auto* each : tree->declaration()) {
    if (auto* import = each->importDecl()) out.imports.push_back(import_decl(import));
    if (auto* param = each->paramDecl()) out.params.push_back(param_decl(param));
    if (auto* fn = each->fnDecl()) out.functions.push_back(fn_decl(fn));
    if (auto* pipeline = each->pipelineDecl()) out.pipelines.push_back(pipeline_decl(pipeline));
    if (auto* test = each->testDecl()) out.tests.push_back(test_decl(test));
  }
  return out;
}

ImportDecl Builder::import_decl(RecParser::ImportDeclContext* tree) {
  const Built path = string_literal(tree->STRING());
  const auto* text = std::get_if<StringLiteral>(&path.expr->node);
  return {span(tree), text != nullptr ? text->value : std::string(), path.expr->span};
}

ParamDecl Builder::param_decl(RecParser::ParamDeclContext* tree) {
  ParamDecl out{.span = span(tree), .doc = doc(tree), .name = name(tree->name()), .type = type(tree->type())};
  out.default_value = expr(tree->expr());
  need_literal(*out.default_value, "a parameter's default");
  if (tree->WITHIN()) {
    out.low = expr(tree->additive(0));
    out.high = expr(tree->additive(1));
    need_literal(*out.low, "a parameter's bound");
    need_literal(*out.high, "a parameter's bound");
  }
  return out;
}

namespace {

bool is_literal_tree(const Expr& value) {
  if (const auto* list = std::get_if<ListLiteral>(&value.node)) {
    return std::ranges::all_of(list->items, [](const ExprPtr& item) { return is_literal_tree(*item); });
  }
  if (const auto* unary = std::get_if<Unary>(&value.node)) {
    const auto& of = unary->operand->node;
    return unary->op == UnaryOp::negate && !unary->operand->parenthesised &&
           (std::holds_alternative<IntLiteral>(of) || std::holds_alternative<FloatLiteral>(of) ||
            std::holds_alternative<DurationLiteral>(of));
  }
  if (const auto* call = std::get_if<Call>(&value.node)) {  // time("...")
    const auto* callee = std::get_if<NameRef>(&call->callee->node);
    return callee != nullptr && callee->name == "time";
  }
  return std::holds_alternative<BoolLiteral>(value.node) || std::holds_alternative<IntLiteral>(value.node) ||
         std::holds_alternative<FloatLiteral>(value.node) || std::holds_alternative<DurationLiteral>(value.node) ||
         std::holds_alternative<StringLiteral>(value.node) || std::holds_alternative<NameRef>(value.node) ||
         std::holds_alternative<ErrorExpr>(value.node);
}

}  // namespace

void Builder::need_literal(const Expr& value, std::string_view what) {
  if (is_literal_tree(value)) return;
  diagnostics_
      .error(Code::literal_needed, value.span, fmt::format("{} must be a literal, this one is computed", what),
             "not a literal")
      .help.push_back("write the value itself: `2.0`, `-1`, `30d`, `\"text\"`, `[1, 2]`, `time(\"2026-11-01\")`");
}

FnDecl Builder::fn_decl(RecParser::FnDeclContext* tree) {
  FnDecl out{.span = span(tree), .doc = doc(tree), .name = name(tree->name())};
  for (auto* each : tree->fnParameter()) out.parameters.push_back({name(each->name()), type(each->type())});
  out.body = expr(tree->expr());
  return out;
}

TypeSyntax Builder::type(RecParser::TypeContext* tree) {
  auto* base = tree->typeBase();
  TypeSyntax out{.span = span(tree)};
  out.optional = tree->QUESTION() != nullptr;
  if (base->ENUM()) {
    out.name = "enum";
    for (auto* each : base->name()) out.variants.push_back(name(each));
  } else if (base->type()) {
    out.name = "list";
    out.element = std::make_unique<TypeSyntax>(type(base->type()));
  } else {
    out.name = name(base->name(0)).text;
    if (base->INT()) out.size = literal(base->INT()).expr;
    if (base->name().size() > 1) out.table = name(base->name(1));
  }
  return out;
}

PipelineDecl Builder::pipeline_decl(RecParser::PipelineDeclContext* tree) {
  PipelineDecl out{.span = span(tree), .doc = doc(tree), .name = name(tree->name())};
  Name* tables[] = {&out.user_table, &out.item_table};
  constexpr std::string_view kWords[] = {"user", "item"};
  for (size_t i = 0; i < 2; ++i) {
    auto* input = tree->pipelineInput(i);
    const Name word = name(input->name(0));
    *tables[i] = name(input->name(1));
    if (word.text == kWords[i]) continue;
    diagnostics_
        .error(
            Code::pipeline_head, word.span,
            fmt::format("a pipeline's {} input is `{}`, not `{}`", i == 0 ? "first" : "second", kWords[i], word.text),
            fmt::format("expected `{}`", kWords[i]))
        .notes.push_back("the form is `pipeline NAME(user: TABLE, item: TABLE) { … }`");
  }
  out.steps = block(tree->block());
  return out;
}

}  // namespace rec::syntax
