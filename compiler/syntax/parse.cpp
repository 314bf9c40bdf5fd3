// Parsing, stage by stage: lex, mend, balance, parse; each error is mended on the tokens and the parse repeated.
#include "compiler/syntax/parse.h"

#include <fmt/format.h>

#include <mutex>

#include "compiler/syntax/attempt.h"
#include "compiler/syntax/brackets.h"
#include "compiler/syntax/build.h"
#include "compiler/syntax/complain.h"
#include "compiler/syntax/habits.h"
#include "compiler/syntax/stages.h"
#include "compiler/syntax/tokens.h"

namespace rec::syntax {
namespace {

using diagnostics::Code;
using diagnostics::Diagnostics;

constexpr int kMostErrors = 20;  // of the grammar, in one file

// The generated parser's tables grow as it runs, and all its instances share them.
std::mutex& tables_mutex() {
  static std::mutex mutex;
  return mutex;
}

// Texts from disk have been checked; texts that were handed over have not.
bool is_text(source::Span where, const source::Sources& sources, Diagnostics& diagnostics) {
  const auto text = std::string_view(sources.file(where.file).text).substr(where.begin, where.end - where.begin);
  const size_t bad = std::min(source::find_invalid_utf8(text), text.find('\0'));
  if (bad == std::string_view::npos) return true;
  const auto at = where.begin + static_cast<uint32_t>(bad);
  diagnostics.error(Code::not_text, {where.file, at, at + 1},
                    text[bad] == '\0' ? "a NUL byte in a text file" : "this is not UTF-8", "this byte");
  return false;
}

bool prepare(TokenList& list, Diagnostics& diagnostics) {
  mend_habits(list, diagnostics);
  settle_words(list, true);
  balance_brackets(list, diagnostics);
  return check_nesting(list, diagnostics);
}

// Where lines end says what was meant only in a text with errors. One without any is found so first.
std::unique_ptr<Attempt> as_written(TokenList& list, Attempt::Start start) {
  Diagnostics none;
  TokenList copy = list;
  settle_words(copy, false);
  if (!check_nesting(copy, none)) return nullptr;
  auto attempt = std::make_unique<Attempt>(copy, start);
  if (attempt->failure()) return nullptr;
  list = std::move(copy);
  return attempt;
}

// The tree, or none after errors that leave none. `list` becomes what was parsed; `lost`: names declared in what was
// given up.
std::unique_ptr<Attempt> read_tree(TokenList& list, Attempt::Start start, std::vector<std::string>& lost,
                                   Diagnostics& diagnostics) {
  if (auto attempt = as_written(list, start)) return attempt;
  if (!prepare(list, diagnostics)) return nullptr;
  for (int errors = 0;; ++errors) {
    auto attempt = std::make_unique<Attempt>(list, start);
    if (!attempt->failure()) return attempt;
    if (errors == kMostErrors) return nullptr;
    complain(list, *attempt->failure(), lost, diagnostics);
    if (start == Attempt::Start::expression) return nullptr;
  }
}

}  // namespace

std::vector<std::string> with_tree(source::FileId file, const source::Sources& sources, Diagnostics& diagnostics,
                                   const UseTree& use) {
  const source::Span whole{file, 0, static_cast<uint32_t>(sources.file(file).text.size())};
  std::vector<std::string> lost;
  if (!is_text(whole, sources, diagnostics)) return lost;
  const std::lock_guard lock(tables_mutex());
  TokenList list = lex(whole, sources);
  const auto attempt = read_tree(list, Attempt::Start::module, lost, diagnostics);
  if (attempt != nullptr) use(list, attempt->module());
  return lost;
}

Module parse_module(source::FileId file, const source::Sources& sources, Diagnostics& diagnostics) {
  Module out;
  auto lost = with_tree(file, sources, diagnostics, [&](const TokenList& list, RecParser::ModuleContext* tree) {
    out = Builder(list, diagnostics).module(tree);
  });
  out.file = file;
  out.lost_names = std::move(lost);
  return out;
}

ExprPtr parse_expression(source::Span where, const source::Sources& sources, Diagnostics& diagnostics) {
  auto error = std::make_unique<Expr>(Expr{.span = where, .node = ErrorExpr{}});
  if (!is_text(where, sources, diagnostics)) return error;
  const std::lock_guard lock(tables_mutex());
  TokenList list = lex(where, sources);
  std::vector<std::string> lost;
  const auto attempt = read_tree(list, Attempt::Start::expression, lost, diagnostics);
  return attempt ? Builder(list, diagnostics).expression(attempt->expression()) : std::move(error);
}

}  // namespace rec::syntax
