// Diagnostics as JSON, for editors and scripts.
#include <nlohmann/json.hpp>

#include "compiler/diagnostics/diagnostics.h"

namespace rec::diagnostics {
namespace {

using Json = nlohmann::ordered_json;

void put_place(Json& object, source::Span span, const source::Sources& sources) {
  if (!span.valid()) {
    for (const char* key : {"file", "line", "column", "end_line", "end_column"}) object[key] = nullptr;
    return;
  }
  const source::File& file = sources.file(span.file);
  const auto begin = file.locate(span.begin);
  const auto end = file.locate(span.end);
  object["file"] = file.path;
  object["line"] = begin.line;
  object["column"] = begin.column;
  object["end_line"] = end.line;
  object["end_column"] = end.column;
}

Json to_json(const Label& label, const source::Sources& sources) {
  Json object = Json::object();
  put_place(object, label.span, sources);
  object["label"] = label.text;
  return object;
}

Json to_json(const Diagnostic& diagnostic, const source::Sources& sources) {
  Json object = Json::object();
  object["code"] = info(diagnostic.code).text;
  object["severity"] = diagnostic.severity == Severity::error ? "error" : "warning";
  object["message"] = diagnostic.message;
  put_place(object, diagnostic.primary.span, sources);
  object["label"] = diagnostic.primary.text;
  object["secondary"] = Json::array();
  for (const Label& label : diagnostic.secondary) object["secondary"].push_back(to_json(label, sources));
  object["notes"] = diagnostic.notes;
  object["help"] = diagnostic.help;
  return object;
}

}  // namespace

std::string render_json(const Diagnostics& diagnostics, const source::Sources& sources) {
  Json array = Json::array();
  for (const Diagnostic& diagnostic : diagnostics.list()) array.push_back(to_json(diagnostic, sources));
  return array.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace rec::diagnostics
