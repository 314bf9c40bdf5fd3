// `indexes`: an algorithm, what it is built from, and its options.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "compiler/catalog/index_options.h"
#include "compiler/catalog/sections.h"
#include "compiler/types/text.h"

namespace rec::catalog {

using diagnostics::Code;

namespace {

const IndexAlgorithm* read_algorithm(Fields& fields, Index& index, Context& context) {
  const Entry* entry = fields.need("algorithm", "algorithm: item_cf");
  const auto name = entry != nullptr ? read_text(*entry, context) : std::nullopt;
  if (!name) return nullptr;
  index.algorithm = *name;
  std::vector<std::string> names;
  for (const IndexAlgorithm& algorithm : index_algorithms()) {
    if (algorithm.name == *name) return &algorithm;
    names.emplace_back(algorithm.name);
  }
  auto& report = context.diagnostics.error(Code::unknown_algorithm, entry->value.span,
                                           fmt::format("there is no index algorithm `{}`", *name));
  report.notes.push_back("the algorithms are " + list_text(names));
  if (auto hint = diagnostics::did_you_mean(*name, names); !hint.empty()) report.help.push_back(std::move(hint));
  return nullptr;
}

void read_from(Fields& fields, Index& index, const Catalog& catalog, Context& context) {
  const Entry* from =
      fields.need("from", "from: " + (catalog.sequences.empty() ? std::string("clicks") : catalog.sequences[0].name));
  if (const Entry* weight = fields.take("weight"))
    index.weight = read_expression("weight", weight->value, weight->key_span, context);
  const auto name = from != nullptr ? read_text(*from, context) : std::nullopt;
  if (!name) return;
  if (const auto sequence = catalog.sequence_index(*name)) {
    index.sequence = *sequence;
    const size_t events = catalog.sequences[*sequence].events;
    if (events == kUnknown) return;
    index.user_table = catalog.events[events].user_table;
    index.item_table = catalog.events[events].item_table;
    return;
  }
  std::vector<std::string> names;
  for (const Sequence& sequence : catalog.sequences) names.push_back(sequence.name);
  auto& report = context.diagnostics.error(Code::unknown_catalog_sequence, from->value.span,
                                           fmt::format("there is no sequence `{}`", *name));
  if (auto hint = diagnostics::did_you_mean(*name, names); !hint.empty()) {
    report.help.push_back(std::move(hint));
  } else if (catalog.event_log(*name) != nullptr) {
    report.help.push_back(
        fmt::format("`{}` are events; declare a sequence of them under `sequences` and name that", *name));
  } else if (!names.empty()) {
    report.notes.push_back("the sequences are " + list_text(names));
  }
}

/// `TABLE.COLUMN` and `INDEX.item` are checked here, `MODEL.item` against the names of the models section, which is
/// read later.
void read_vectors(Fields& fields, Index& index, const Catalog& catalog, Context& context) {
  const Entry* vectors = fields.need("vectors", "vectors: notes.content");
  const auto text = vectors != nullptr ? read_text(*vectors, context) : std::nullopt;
  if (!text) return;
  index.options["vectors"] = *text;
  const size_t dot = text->find('.');
  const std::string owner = text->substr(0, dot);
  const std::string member = dot == std::string::npos ? std::string() : text->substr(dot + 1);
  if (const Table* table = catalog.table(owner)) {
    index.item_table = owner;
    const Column* column = table->column(member);
    if (column != nullptr && column->type.kind == types::Kind::vector) return;
    auto& report = context.diagnostics.error(Code::bad_vectors, vectors->value.span,
                                             fmt::format("`{}` is no vector column", *text));
    std::vector<std::string> names;
    for (const Column& candidate : table->columns) {
      if (candidate.type.kind == types::Kind::vector) names.push_back(owner + "." + candidate.name);
    }
    report.notes.push_back(names.empty() ? fmt::format("`{}` has none", owner)
                                         : "vector columns are " + list_text(names));
    return;
  }
  const auto factors = std::ranges::find(catalog.indexes, owner, &Index::name);
  if (member == "item" && factors != catalog.indexes.end() && factors->algorithm == "als") {
    index.user_table = factors->user_table;
    index.item_table = factors->item_table;
    return;
  }
  const auto is_owner = [&](const Model& model) { return model.name == owner; };
  if (member == "item" && std::ranges::any_of(catalog.models, is_owner)) {
    if (!catalog.events.empty()) index.item_table = catalog.events.front().item_table;
    return;
  }
  context.diagnostics.error(Code::bad_vectors, vectors->value.span, fmt::format("`{}` names no vectors", *text))
      .help.push_back(
          "name a vector column as `TABLE.COLUMN`, a model's item vectors as `MODEL.item`, or those of an index by als "
          "that is declared above as `INDEX.item`");
}

std::string range_text(const IndexOption& option) {
  switch (option.kind) {
    case IndexOption::Kind::count:
      return fmt::format("a whole number from {:.0f} to {:.0f}", option.low, option.high);
    case IndexOption::Kind::number:
      return fmt::format("a number from {} to {}", option.low, option.high);
    case IndexOption::Kind::duration:
      return "a duration above zero such as `30d`";
    case IndexOption::Kind::word:
      return "one of " + list_text({option.words.begin(), option.words.end()});
  }
  return {};
}

std::optional<OptionValue> parse_option(const IndexOption& option, const std::string& text) {
  const auto in_range = [&](double value) { return value >= option.low && value <= option.high; };
  switch (option.kind) {
    case IndexOption::Kind::count:
      if (const auto value = types::parse_int(text); value && in_range(static_cast<double>(*value))) return *value;
      break;
    case IndexOption::Kind::number:
      if (const auto value = types::parse_double(text); value && in_range(*value)) return *value;
      break;
    case IndexOption::Kind::duration:
      if (const auto value = types::parse_duration(text); value && *value > 0) return *value;
      break;
    case IndexOption::Kind::word:
      if (std::ranges::find(option.words, text) != option.words.end()) return text;
      break;
  }
  return std::nullopt;
}

void read_option(Fields& fields, const IndexOption& option, Index& index, Context& context) {
  const bool may_be_none = option.initial == "none" && option.kind != IndexOption::Kind::word;
  const Entry* entry = fields.take(option.name);
  std::string text(option.initial);
  if (entry != nullptr) {
    if (entry->value.kind != Node::Kind::scalar) {
      wrong_form(entry->value, entry->key_span, fmt::format("`{}`", option.name), range_text(option), context);
      return;
    }
    text = entry->value.text;
  }
  if (text == "none" && may_be_none) return;
  if (auto value = parse_option(option, text)) {
    index.options.emplace(option.name, std::move(*value));
    return;
  }
  auto& report =
      context.diagnostics.error(Code::bad_index_option, entry->value.span,
                                fmt::format("`{}` is {}; {} is needed", option.name, text, range_text(option)));
  report.notes.push_back(fmt::format("without it, it is {}", option.initial));
  if (option.kind == IndexOption::Kind::word) {
    if (auto hint = diagnostics::did_you_mean(text, {option.words.begin(), option.words.end()}); !hint.empty())
      report.help.push_back(std::move(hint));
  }
}

}  // namespace

std::optional<std::string> set_index_option(Catalog& catalog, const std::string& name, const std::string& option,
                                            const std::string& value) {
  const auto index = std::ranges::find(catalog.indexes, name, &Index::name);
  if (index == catalog.indexes.end()) return fmt::format("there is no index `{}`", name);
  const auto algorithm = std::ranges::find(index_algorithms(), index->algorithm, &IndexAlgorithm::name);
  const auto known = std::ranges::find(algorithm->options, option, &IndexOption::name);
  if (known == algorithm->options.end()) return fmt::format("`{}` has no option `{}`", index->algorithm, option);
  if (value == "none" && known->initial == "none" && known->kind != IndexOption::Kind::word) {
    index->options.erase(option);
    return std::nullopt;
  }
  auto parsed = parse_option(*known, value);
  if (!parsed) return fmt::format("`{}` of index `{}` is {}; {} is needed", option, name, value, range_text(*known));
  index->options[option] = std::move(*parsed);
  return std::nullopt;
}

void read_indexes(const Entry& section, Context& context, Catalog& catalog) {
  for (const Entry& entry : named_entries(section, context)) {
    if (!check_name(entry.key, entry.key_span, context)) continue;
    Fields fields(entry, fmt::format("the index `{}`", entry.key), context);
    Index index{.name = entry.key,
                .span = entry.key_span,
                .algorithm = {},
                .sequence = {},
                .weight = {},
                .options = {},
                .user_table = {},
                .item_table = {}};
    if (const IndexAlgorithm* algorithm = read_algorithm(fields, index, context)) {
      if (algorithm->from_sequence) {
        read_from(fields, index, catalog, context);
      } else {
        read_vectors(fields, index, catalog, context);
      }
      for (const IndexOption& option : algorithm->options) read_option(fields, option, index, context);
      fields.finish();
    }
    catalog.indexes.push_back(std::move(index));
  }
}

}  // namespace rec::catalog
