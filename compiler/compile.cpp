// read → parse → imports → check → passes: one function a stage, in order.
#include "compiler/compile.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "compiler/check/check.h"
#include "compiler/check/lint.h"
#include "compiler/syntax/parse.h"

namespace rec::compiler {

namespace {

using diagnostics::Code;
namespace fs = std::filesystem;

/// Reads and parses a file and all it imports, each once, the main file first.
class ModuleReader {
 public:
  ModuleReader(source::Sources& sources, diagnostics::Diagnostics& diagnostics)
      : sources_(sources), diagnostics_(diagnostics) {}

  bool read(const std::string& path, source::Span from) {
    const std::string key = fs::weakly_canonical(path).string();
    if (const auto open = std::ranges::find(reading_, key); open != reading_.end()) {
      auto& d =
          diagnostics_.error(Code::import_cycle, from,
                             fmt::format("`{}` imports itself, directly or through others", path), "closes a circle");
      for (auto it = open; it != reading_.end(); ++it) d.notes.push_back(fmt::format("{} is being read", *it));
      return false;
    }
    if (std::ranges::find(done_, key) != done_.end()) return true;
    const auto file = sources_.read(path);
    if (!file) return report(path, file.error(), from), false;
    const size_t at = modules.size();
    modules.push_back(syntax::parse_module(*file, sources_, diagnostics_));
    reading_.push_back(key);
    std::vector<std::pair<std::string, source::Span>> imports;
    for (const auto& import : modules[at].imports)
      imports.emplace_back((fs::path(path).parent_path() / import.path).string(), import.path_span);
    bool good = true;
    for (const auto& [target, span] : imports) good = read(target, span) && good;
    reading_.pop_back();
    done_.push_back(key);
    return good;
  }

  std::vector<syntax::Module> modules;

 private:
  void report(const std::string& path, const source::ReadError& error, source::Span from) {
    auto& d = diagnostics_.error(Code::import_failed, from, fmt::format("cannot read {}: {}", path, error.text()),
                                 from.valid() ? "imported here" : "");
    if (error.reason == source::ReadError::Reason::invalid_utf8) d.help.emplace_back("save it as UTF-8");
    if (error.reason == source::ReadError::Reason::directory) d.help.emplace_back("name a .rec file in it");
  }

  source::Sources& sources_;
  diagnostics::Diagnostics& diagnostics_;
  std::vector<std::string> reading_, done_;
};

}  // namespace

Compilation compile(const std::string& path, const catalog::Catalog& catalog, const operators::Registry& registry,
                    source::Sources& sources, diagnostics::Diagnostics& diagnostics, const Options& options) {
  Compilation out{.plans = {}, .tests = {}, .file = path};
  ModuleReader reader(sources, diagnostics);
  const bool read = reader.read(path, {});
  // What did parse is checked as well, so that one run shows all there is to mend; names of an unread import would be
  // noise.
  if (!read) return out;
  auto checked = check::check_modules(reader.modules, catalog, registry, sources, diagnostics);
  out.plans = std::move(checked.plans);
  out.tests = std::move(checked.tests);
  if (options.lints == Lints::told && !diagnostics.has_errors()) {
    check::lint_names(reader.modules, diagnostics);
    check::lint_layout(reader.modules.front(), sources, diagnostics);
    for (const auto& plan : out.plans) {
      if (plan->file == path) check::lint_plan(*plan, diagnostics);
    }
  }
  passes::Optimiser optimise(catalog, options.passes);
  for (auto& plan : out.plans) plan = optimise(plan);
  return out;
}

/// The pipeline that a file is for: 12_insertion.rec is for `insertion`.
static std::string named_like(const std::string& file) {
  std::string stem = fs::path(file).stem().string();
  const size_t digits = stem.find_first_not_of("0123456789");
  if (digits != 0 && digits != std::string::npos && stem[digits] == '_') stem.erase(0, digits + 1);
  return stem;
}

std::shared_ptr<const graph::Plan> Compilation::pipeline(const std::string& name,
                                                         diagnostics::Diagnostics& diagnostics) const {
  if (diagnostics.has_errors()) return nullptr;  // which say what is wrong
  std::vector<std::string> names;
  std::vector<std::shared_ptr<const graph::Plan>> own;
  for (const auto& plan : plans) {
    if (plan->name == (name.empty() ? named_like(file) : name)) return plan;
    names.push_back(plan->name);
    if (plan->file == file) own.push_back(plan);
  }
  if (name.empty() && own.size() == 1) return own[0];
  std::string list;
  for (const auto& n : names) list += (list.empty() ? "" : ", ") + n;
  auto& d =
      diagnostics.error(Code::no_such_pipeline, {},
                        name.empty() ? fmt::format("{} has no pipeline named like the file, and not exactly one", file)
                                     : fmt::format("{} has no pipeline `{}`", file, name));
  if (!list.empty()) d.notes.push_back("it has: " + list);
  const std::string near = diagnostics::did_you_mean(name, names);
  d.help.push_back(!near.empty()  ? near
                   : list.empty() ? "declare one: pipeline home(user: users, item: notes) { … }"
                                  : "name one of them with --pipeline");
  return nullptr;
}

}  // namespace rec::compiler
