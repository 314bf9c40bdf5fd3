// Declarations of the modules, and the phrases that several checks use.
#include "compiler/check/context.h"

#include <fmt/format.h>

namespace rec::check {

std::vector<std::string> column_names(const catalog::Table& table) {
  std::vector<std::string> names;
  for (const auto& column : table.columns) names.push_back(column.name);
  return names;
}

std::vector<std::string> sequence_names(const catalog::Catalog& catalog, std::string_view user_table) {
  std::vector<std::string> names;
  for (const auto& sequence : catalog.sequences) {
    if (catalog.events[sequence.events].user_table == user_table) names.push_back(sequence.name);
  }
  return names;
}

void suggest(Diagnostic& diagnostic, std::string_view word, const std::vector<std::string>& candidates,
             std::string_view owner) {
  const std::string near = diagnostics::did_you_mean(word, candidates);
  if (!near.empty()) {
    diagnostic.help.push_back(near);
    return;
  }
  constexpr size_t kShown = 24;
  if (candidates.empty()) {
    diagnostic.notes.push_back(fmt::format("{} has none", owner));
    return;
  }
  std::string list;
  for (size_t i = 0; i < candidates.size() && i < kShown; ++i) list += (i ? ", " : "") + candidates[i];
  if (candidates.size() > kShown) list += ", …";
  diagnostic.notes.push_back(fmt::format("{} has: {}", owner, list));
}

void unknown_column(diagnostics::Diagnostics& diagnostics, const syntax::Name& name, const catalog::Table& table) {
  suggest(diagnostics.error(Code::unknown_column, name.span,
                            fmt::format("unknown column `{}` of `{}`", name.text, table.name), "not a column"),
          name.text, column_names(table), fmt::format("`{}`", table.name));
}

void not_supported(diagnostics::Diagnostics& diagnostics, Span span, std::string_view what, std::string_view instead) {
  auto& d = diagnostics.error(Code::not_supported_yet, span, fmt::format("{} is not supported yet", what),
                              "not in this version");
  if (!instead.empty()) d.help.emplace_back(instead);
}

namespace {

template <typename Map, typename Decl>
bool declare_name(Map& map, const Decl& decl, std::string_view kind, diagnostics::Diagnostics& diagnostics,
                  std::map<std::string, Span>& places) {
  const auto [place, fresh] = places.emplace(decl.name.text, decl.name.span);
  if (!fresh) {
    auto& d = diagnostics.error(Code::duplicate_name, decl.name.span,
                                fmt::format("{} `{}` is declared twice", kind, decl.name.text), "declared again");
    d.secondary.push_back({place->second, "first declared here"});
    return false;
  }
  if constexpr (!std::is_same_v<Map, std::nullptr_t>) map.emplace(decl.name.text, &decl);
  return true;
}

}  // namespace

Declarations declare(const std::vector<syntax::Module>& modules, diagnostics::Diagnostics& diagnostics) {
  Declarations out;
  std::map<std::string, Span> parameters, functions, pipelines;
  std::nullptr_t none = nullptr;
  for (const auto& module : modules) {
    out.lost.insert(module.lost_names.begin(), module.lost_names.end());
    for (const auto& decl : module.params) {
      if (!declare_name(none, decl, "parameter", diagnostics, parameters)) continue;
      graph::Parameter parameter;
      if (!check_parameter(decl, diagnostics, parameter)) {
        out.broken_parameters.insert(decl.name.text);
        continue;
      }
      out.parameter_index.emplace(parameter.name, static_cast<uint32_t>(out.parameters.size()));
      out.parameters.push_back(std::move(parameter));
    }
    for (const auto& decl : module.functions) declare_name(out.functions, decl, "function", diagnostics, functions);
    for (const auto& decl : module.pipelines) declare_name(out.pipelines, decl, "pipeline", diagnostics, pipelines);
  }
  return out;
}

}  // namespace rec::check
