// What a command works with, and how it says what is wrong.
#include "apps/rec_run/session.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>

#include "apps/rec_run/terminal.h"
#include "compiler/check/check.h"

namespace rec::rec_run {

using diagnostics::Code;

void Session::report() {
  if (diagnostics.empty()) return;
  diagnostics.sort();
  std::fputs(diagnostics::render_text(diagnostics, sources, color_messages()).c_str(), stderr);
  diagnostics = {};
}

std::optional<catalog::Catalog> Session::catalog(const std::string& directory) {
  catalog::Catalog out = catalog::read_catalog(directory + "/catalog.yaml", sources, diagnostics);
  if (!diagnostics.has_errors()) check::check_catalog(out, registry, sources, diagnostics);
  if (diagnostics.has_errors()) return {};
  return out;
}

compiler::Compilation Session::compile(const std::string& file, const catalog::Catalog& catalog,
                                       const compiler::Options& options) {
  return compiler::compile(file, catalog, registry, sources, diagnostics, options);
}

Exit Session::exit_code() const {
  if (!diagnostics.has_errors()) return kOk;
  const auto about_data = [](const diagnostics::Diagnostic& d) {
    const auto number = static_cast<int>(d.code);
    const bool unread = d.code == Code::import_failed && !d.primary.span.valid();
    return d.severity == diagnostics::Severity::error && (unread || number / 1000 == 8 || number / 1000 == 6);
  };
  return std::ranges::any_of(diagnostics.list(), about_data) ? kData : kFailed;
}

std::vector<std::string> Session::files() const {
  std::vector<std::string> out;
  for (source::FileId id = 0; id < sources.size(); ++id) {
    std::error_code ignored;
    if (std::filesystem::is_regular_file(sources.file(id).path, ignored)) out.push_back(sources.file(id).path);
  }
  return out;
}

void report(const diagnostics::Diagnostic& diagnostic) {
  std::fputs(diagnostics::render_text(diagnostic, source::Sources{}, color_messages()).c_str(), stderr);
}

}  // namespace rec::rec_run
