// Typed access to the catalog's YAML: mappings with known keys, names, numbers, durations, paths, expressions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/catalog/catalog.h"
#include "compiler/catalog/yaml_tree.h"

namespace rec::catalog {

/// Where readers report to.
struct Context {
  source::Sources& sources;
  diagnostics::Diagnostics& diagnostics;
};

/// What a node is, in words: "a list".
std::string_view kind_text(const Node& node);

/// A mapping whose keys are known. Every key that is asked for counts as known; `finish` reports the others.
class Fields {
 public:
  /// `what` names the mapping in messages: "the table `users`". Reports a node that is no mapping.
  Fields(const Entry& entry, std::string what, Context& context);

  bool valid() const { return valid_; }
  const std::string& what() const { return what_; }
  source::Span span() const { return span_; }

  /// The entry of a key, or nullptr.
  const Entry* take(std::string_view key);
  /// Reports where the key is missing; `example` shows how it is written: "key: id".
  const Entry* need(std::string_view key, std::string_view example);
  /// Keys that may be there but are read elsewhere.
  void allow(std::string_view key) { known_.emplace_back(key); }
  void finish();

 private:
  const Node* node_;
  source::Span span_;
  std::string what_;
  Context& context_;
  bool valid_;
  std::vector<std::string> known_;
};

diagnostics::Diagnostic& wrong_form(const Node& node, source::Span where, const std::string& what,
                                    std::string_view needed, Context& context);

/// The entries of a mapping from names to something, each name checked; nothing (and a report) where it is no mapping.
/// An absent value of the section itself (`statistics:` alone) is empty.
const std::vector<Entry>& named_entries(const Entry& section, Context& context);

/// Is it `[A-Za-z_][A-Za-z0-9_]*`?
bool is_identifier(std::string_view text);
/// Reports a key that is no identifier.
bool check_name(std::string_view name, source::Span span, Context& context);

/// A scalar that is not empty.
std::optional<std::string> read_text(const Entry& entry, Context& context);
std::optional<std::vector<const Node*>> read_list(const Entry& entry, Context& context);
/// A relative path that stays in the data directory.
std::optional<std::string> read_path(const Entry& entry, Context& context);
/// An integer of at least `low`.
std::optional<int64_t> read_count(const Entry& entry, int64_t low, int64_t high, Context& context);
/// A positive duration in microseconds.
std::optional<int64_t> read_duration(const Entry& entry, Context& context);
/// One of a few words.
std::optional<size_t> read_choice(const Entry& entry, const std::vector<std::string>& choices, Context& context);
std::optional<Expression> read_expression(const std::string& key, const Node& node, source::Span key_span,
                                          Context& context);

/// "`a`, `b` and `c`"
std::string list_text(const std::vector<std::string>& names);

}  // namespace rec::catalog
