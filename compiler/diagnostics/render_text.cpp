// Diagnostics as text: a header, a code frame for each file they touch, notes and help.
#include <fmt/format.h>

#include <algorithm>

#include "compiler/diagnostics/diagnostics.h"
#include "compiler/diagnostics/frame.h"

namespace rec::diagnostics {
namespace {

// A message may quote what stood in a file; a control character of it must not reach the terminal.
std::string printable(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    out += byte < 0x20 || byte == 0x7F ? std::string("\xEF\xBF\xBD") : std::string(1, c);
  }
  return out;
}

void put_remark(std::string& out, std::string_view kind, const std::string& text, const Paint& paint) {
  out += paint.strong(fmt::format("{}:", kind));
  std::string_view rest = text;
  for (bool first = true; first || !rest.empty(); first = false) {
    const size_t end = rest.find('\n');
    out += fmt::format("{}{}\n", first ? " " : "      ", printable(rest.substr(0, end)));
    rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
  }
}

// The labels that lie in one file, primary first.
std::vector<FrameLabel> labels_in(const Diagnostic& diagnostic, source::FileId file) {
  std::vector<FrameLabel> labels;
  if (diagnostic.primary.span.file == file) {
    labels.push_back({diagnostic.primary.span, printable(diagnostic.primary.text), true});
  }
  for (const Label& label : diagnostic.secondary) {
    if (label.span.file == file) labels.push_back({label.span, printable(label.text), false});
  }
  return labels;
}

// The files that a diagnostic points into: the primary label's, then the others in order of mention.
std::vector<source::FileId> files_of(const Diagnostic& diagnostic) {
  std::vector<source::FileId> files;
  const auto see = [&](const source::Span& span) {
    if (span.valid() && std::ranges::find(files, span.file) == files.end()) files.push_back(span.file);
  };
  see(diagnostic.primary.span);
  for (const Label& label : diagnostic.secondary) see(label.span);
  return files;
}

}  // namespace

std::string render_text(const Diagnostic& diagnostic, const source::Sources& sources, bool color) {
  const bool error = diagnostic.severity == Severity::error;
  const Paint paint(color, error);
  std::string out = paint.primary(fmt::format("{}[{}]", error ? "error" : "warning", info(diagnostic.code).text));
  out += paint.strong(fmt::format(": {}", printable(diagnostic.message))) + "\n";

  const auto files = files_of(diagnostic);
  size_t gutter = 1;
  for (const auto file : files) {
    gutter = std::max(gutter, gutter_width(labels_in(diagnostic, file), sources.file(file)));
  }
  for (size_t i = 0; i < files.size(); ++i) {
    out += render_frame(labels_in(diagnostic, files[i]), sources.file(files[i]), i == 0, gutter, paint);
  }
  const bool remarks = !diagnostic.notes.empty() || !diagnostic.help.empty();
  if (!files.empty() && remarks) out += paint.faint(std::string(gutter, ' ') + " |") + "\n";
  for (const std::string& note : diagnostic.notes) put_remark(out, "note", note, paint);
  for (const std::string& help : diagnostic.help) put_remark(out, "help", help, paint);
  return out;
}

std::string render_text(const Diagnostics& diagnostics, const source::Sources& sources, bool color) {
  std::string out;
  for (const Diagnostic& diagnostic : diagnostics.list()) {
    if (!out.empty()) out += "\n";
    out += render_text(diagnostic, sources, color);
  }
  return out;
}

}  // namespace rec::diagnostics
