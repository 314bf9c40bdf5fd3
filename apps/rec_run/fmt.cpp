// rec-run fmt: strategies as they should look.
#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>

#include "apps/rec_run/session.h"
#include "compiler/format/format.h"

namespace rec::rec_run {
namespace {

namespace fs = std::filesystem;

struct Options {
  std::vector<std::string> files;
  bool check = false, diff = false;
};

/// Directories stand for all `.rec` files below them.
std::vector<std::string> expand(const std::vector<std::string>& paths) {
  std::vector<std::string> out;
  for (const auto& path : paths) {
    std::error_code ignored;
    if (!fs::is_directory(path, ignored)) {
      out.push_back(path);
      continue;
    }
    std::vector<std::string> below;
    for (const auto& entry : fs::recursive_directory_iterator(path, ignored)) {
      if (entry.path().extension() == ".rec" && entry.is_regular_file()) below.push_back(entry.path().string());
    }
    std::ranges::sort(below);
    out.insert(out.end(), below.begin(), below.end());
  }
  return out;
}

/// Either the old text or the new one is there, whatever happens on the way.
bool replace(const std::string& path, const std::string& text) {
  std::error_code error;
  const fs::path target = fs::canonical(path, error);
  if (error) return false;
  const fs::path next = target.string() + ".fmt-tmp";
  {
    std::ofstream out(next, std::ios::binary | std::ios::trunc);
    out << text << std::flush;
    if (!out) return false;
  }
  fs::permissions(next, fs::status(target, error).permissions(), error);
  fs::rename(next, target, error);
  return !error;
}

Exit fail(Session& session, const std::string& message) {
  session.diagnostics.error(diagnostics::Code::unreadable_file, {}, message);
  return kData;
}

/// What became of one file; kFailed where `--check` finds that it would change.
Exit format_one(Session& session, const Options& options, const std::string& path) {
  const bool standard = path == "-";
  if (standard) {
    session.sources.add("<stdin>", std::string(std::istreambuf_iterator<char>(std::cin), {}));
  } else if (const auto read = session.sources.read(path); !read) {
    return fail(session, fmt::format("cannot read {}: {}", path, read.error().text()));
  }
  const auto file = static_cast<source::FileId>(session.sources.size() - 1);
  const auto text = format::format(file, session.sources, session.diagnostics);
  if (!text) return kFailed;
  const std::string& written = session.sources.file(file).text;
  if (options.diff) fmt::print("{}", format::unified_diff(written, *text, path));
  if (options.check && *text != written && !options.diff) fmt::print("{}\n", path);
  if (options.check) return *text == written ? kOk : kFailed;
  if (options.diff) return kOk;
  if (standard) {
    fmt::print("{}", *text);
  } else if (*text != written) {
    if (!replace(path, *text)) return fail(session, fmt::format("cannot write {}: it stays as it was", path));
    fmt::print(stderr, "{} formatted\n", path);
  }
  return kOk;
}

Exit format_all(const Options& options) {
  Exit exit = kOk;
  Session session;
  for (const auto& path : expand(options.files)) {
    const Exit one = format_one(session, options, path);
    if (one != kOk && exit != kData) exit = one;
  }
  session.report();
  return exit;
}

}  // namespace

void add_fmt(CLI::App& app, int& exit) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("fmt", "Formats strategies, in place");
  command->add_option("FILE", options->files, "strategies (.rec), directories of them, or - for standard input")
      ->required();
  command->add_flag("--check", options->check,
                    "changes nothing; lists what is not formatted, and fails where there is any");
  command->add_flag("--diff", options->diff, "changes nothing; shows what would change");
  command->callback([options, &exit] { exit = format_all(*options); });
}

}  // namespace rec::rec_run
