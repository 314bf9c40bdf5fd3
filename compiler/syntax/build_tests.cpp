// Building `test` blocks.
#include <algorithm>

#include "compiler/syntax/build.h"

namespace rec::syntax {

TestDecl Builder::test_decl(RecParser::TestDeclContext* tree) {
  const Built title = string_literal(tree->STRING());
  const auto* text = std::get_if<StringLiteral>(&title.expr->node);
  TestDecl out{.span = span(tree),
               .name = text != nullptr ? text->value : std::string(),
               .name_span = title.expr->span,
               .keyword = span(tree->TEST())};
  for (auto* line : tree->testLine()) out.lines.push_back(test_line(line));
  return out;
}

TestLine Builder::test_line(RecParser::TestLineContext* tree) {
  TestLine out{.span = span(tree), .keyword = list_.span(tree->start->getTokenIndex()), .node = ErrorStep{}};
  if (tree->GIVEN()) {
    GivenLine given{.what = name(tree->name()),
                    .list = std::ranges::any_of(tree->children, [](auto* child) { return child->getText() == "["; })};
    for (auto* each : tree->record()) given.records.push_back(record(each));
    out.node = std::move(given);
  } else if (tree->WITH() && tree->expr()) {
    out.node = WithParameter{.name = name(tree->name()), .value = expr(tree->expr())};
  } else if (tree->WITH()) {
    out.node = WithRecord{.what = name(tree->name()), .record = record(tree->record(0))};
  } else if (tree->RUN()) {
    out.node = RunLine{name(tree->name())};
  } else if (tree->EXPECT()) {
    out.node = expectation(tree->expectation());
  }
  return out;
}

decltype(TestLine::node) Builder::expectation(RecParser::ExpectationContext* tree) {
  if (tree->ORDERED()) return ExpectOrdered{ordering(tree->ordering())};
  if (tree->ERROR_WORD()) {
    const Built code = string_literal(tree->STRING());
    const auto* text = std::get_if<StringLiteral>(&code.expr->node);
    return ExpectError{text != nullptr ? text->value : std::string(), code.expr->span};
  }
  ExpectThat out{.condition = expr(tree->expr()), .position = nullptr};
  if (tree->additive()) {
    out.position = expr(tree->additive());
    out.position_first = tree->additive()->start->getTokenIndex() < tree->expr()->start->getTokenIndex();
  }
  return out;
}

Record Builder::record(RecParser::RecordContext* tree) {
  Record out{.span = span(tree)};
  for (auto* field : tree->recordField()) out.fields.push_back({name(field->name()), expr(field->expr())});
  return out;
}

}  // namespace rec::syntax
