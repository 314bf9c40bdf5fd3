// Any bytes as a `.rec` file: read, parsed, checked against a catalog, reported; no crash, no hang, spans inside the
// file.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "compiler/catalog/catalog.h"
#include "compiler/check/check.h"
#include "compiler/graph/explain.h"
#include "compiler/syntax/parse.h"

namespace {

constexpr const char* kCatalog = R"yaml(timezone: Asia/Shanghai
tables:
  users: {key: id, source: {csv: users.csv}, columns: {city: string, age: int?, followed: "[int]"}}
  notes:
    key: id
    source: {csv: notes.csv}
    columns: {author: int, topic: string, price: float?, likes: int, tags: "[string]", created_at: {type: time}, content: {type: "vector(8)", source: {npy: c.npy}}}
request: {scene: string?}
events:
  feedback: {source: {csv: f.csv}, user: u, item: i, time: {column: t}, columns: {action: string, seconds: float?}}
sequences:
  clicks: {from: feedback, where: 'e.action == "click"', keep: 100}
indexes:
  item_cf: {algorithm: item_cf, from: clicks, top_k: 10}
)yaml";

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace rec;
  static const operators::Registry registry;
  std::string text(reinterpret_cast<const char*>(data), size);
  if (source::find_invalid_utf8(text) != std::string::npos) return -1;
  source::Sources sources;
  diagnostics::Diagnostics diagnostics;
  const auto catalog = catalog::parse_catalog(sources.add("catalog.yaml", kCatalog), sources, diagnostics);
  if (diagnostics.has_errors()) std::abort();
  std::vector<syntax::Module> modules;
  modules.push_back(syntax::parse_module(sources.add("fuzz.rec", std::move(text)), sources, diagnostics));
  for (const auto& plan : check::check_modules(modules, catalog, registry, sources, diagnostics).plans) {
    if (graph::explain_text(*plan, catalog, sources).empty()) std::abort();
  }
  diagnostics.sort();
  for (const auto& d : diagnostics.list()) {
    if (d.primary.span.valid() && (d.primary.span.begin > d.primary.span.end ||
                                   d.primary.span.end > sources.file(d.primary.span.file).text.size()))
      std::abort();
  }
  if (diagnostics.empty() == false && render_text(diagnostics, sources).empty()) std::abort();
  render_json(diagnostics, sources);
  return 0;
}
