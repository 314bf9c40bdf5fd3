// Any bytes as a catalog.yaml: every mistake is a diagnostic.
#include <cstdint>
#include <string>

#include "compiler/catalog/catalog.h"
#include "compiler/check/check.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace rec;
  static const operators::Registry registry;
  std::string text(reinterpret_cast<const char*>(data), size);
  if (source::find_invalid_utf8(text) != std::string::npos) return -1;
  source::Sources sources;
  diagnostics::Diagnostics diagnostics;
  const auto catalog = catalog::parse_catalog(sources.add("catalog.yaml", std::move(text)), sources, diagnostics);
  if (!diagnostics.has_errors()) check::check_catalog(catalog, registry, sources, diagnostics);
  diagnostics.sort();
  render_text(diagnostics, sources);
  render_json(diagnostics, sources);
  return 0;
}
