// What the compiler, the builder and the engine say to a user: one record, rendered as text or JSON.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/source/source.h"

namespace rec::diagnostics {

/// Every code, from codes.def: R1xxx syntax, R2xxx names, R3xxx types, R4xxx pipelines, R5xxx rules and insertion,
/// R6xxx catalog and data building, R7xxx experiments, R8xxx run time, R9xxx a bug in rec.
enum class Code : uint16_t {
#define REC_CODE(NAME, NUMBER, TITLE, EXPLANATION) NAME = (NUMBER),
#include "compiler/diagnostics/codes.def"
#undef REC_CODE
};

struct CodeInfo {
  Code code;
  std::string_view name;         // unknown_column
  std::string_view text;         // "R2001"
  std::string_view title;        // a phrase: "unknown column"
  std::string_view explanation;  // a paragraph for `rec-run explain R2001`
};

/// All codes, in ascending order.
const std::vector<CodeInfo>& all_codes();
const CodeInfo& info(Code code);
/// The code written "R2001" (any case), if there is one.
std::optional<Code> find_code(std::string_view text);

enum class Severity { error, warning };

/// A stretch of source with a few words under it.
struct Label {
  source::Span span;
  std::string text;  // may be empty
};

struct Diagnostic {
  Code code;
  Severity severity = Severity::error;
  std::string message;               // "unknown column `authr` of `notes`"
  Label primary;                     // span not valid(): the diagnostic is about no file
  std::vector<Label> secondary{};    // the other half of the story
  std::vector<std::string> notes{};  // what is available, what the rule is
  std::vector<std::string> help{};   // the fix: "did you mean `author`?"
};

/// Collects diagnostics; knows whether there was an error.
class Diagnostics {
 public:
  Diagnostic& add(Diagnostic diagnostic);
  /// Shorthand: an error with a primary label; the reference is for adding notes and help right away.
  Diagnostic& error(Code code, source::Span span, std::string message, std::string label = {});
  Diagnostic& warning(Code code, source::Span span, std::string message, std::string label = {});

  bool has_errors() const { return errors_ > 0; }
  size_t errors() const { return errors_; }
  bool empty() const { return list_.empty(); }
  const std::vector<Diagnostic>& list() const { return list_; }
  /// Order for showing: by file, place and code; exact repeats removed.
  void sort();
  void append(Diagnostics other);

 private:
  std::vector<Diagnostic> list_;
  size_t errors_ = 0;
};

/// Text with code frames as in the handbook; ends with a newline. `color`: ANSI colours.
std::string render_text(const Diagnostics& diagnostics, const source::Sources& sources, bool color = false);
std::string render_text(const Diagnostic& diagnostic, const source::Sources& sources, bool color = false);
/// A JSON array, one object a diagnostic: code, severity, message, file, line, column, end_line, end_column, label,
/// secondary, notes, help.
std::string render_json(const Diagnostics& diagnostics, const source::Sources& sources);

/// The candidates nearest to a mistyped word (Damerau-Levenshtein within a third of its length, best first, at most
/// three).
std::vector<std::string> nearest(std::string_view word, const std::vector<std::string>& candidates);
/// "did you mean `a`?" / "did you mean `a` or `b`?"; empty where nothing is near.
std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace rec::diagnostics
