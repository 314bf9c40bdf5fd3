// A YAML text as a tree with a place for every node: all that the catalog's readers see of YAML.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/diagnostics/diagnostics.h"
#include "compiler/source/source.h"

namespace rec::catalog {

struct Entry;

struct Node {
  enum class Kind { null, scalar, sequence, mapping } kind = Kind::null;
  source::Span span{};   // of a scalar: exactly its text, without quotes; else the place where the node begins
  std::string text{};    // scalar, escapes resolved
  bool verbatim = true;  // scalar: `text` is what stands in the file at `span`
  std::vector<Node> items;
  std::vector<Entry> entries;

  const Entry* entry(std::string_view key) const;
};

struct Entry {
  std::string key;
  source::Span key_span;
  Node value;
};

/// Limits of a catalog's size.
inline constexpr size_t kMaxCatalogBytes = size_t{4} << 20;
inline constexpr size_t kMaxDepth = 32;

/// Parses one YAML document. Reports syntax errors, duplicate keys and what a catalog does not use of YAML (anchors,
/// aliases, tags, several documents); nothing is returned where there is no tree to go on with.
std::optional<Node> parse_yaml(source::FileId file, const source::Sources& sources,
                               diagnostics::Diagnostics& diagnostics);

}  // namespace rec::catalog
