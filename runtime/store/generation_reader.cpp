// From a generation's folder to its tables, indexes and users.
#include "runtime/store/generation_reader.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <xxhash.h>

#include "runtime/store/column_reader.h"
#include "runtime/store/index_reader.h"
#include "runtime/store/mapping.h"
#include "runtime/store/sections.h"
#include "runtime/store/user_store.h"

namespace rec::store {
namespace {

using diagnostics::Code;

size_t declared_columns(const catalog::Table& table) {
  size_t count = 0;
  for (const catalog::Column& column : table.columns) {
    count += column.is_statistic ? 0 : 1;
  }
  return count;
}

bool is_cosine(const catalog::Index& index) {
  const auto metric = index.options.find("metric");
  const auto* name = metric == index.options.end() ? nullptr : std::get_if<std::string>(&metric->second);
  return name != nullptr && *name == "cosine";
}

/// How far a search goes unless it says so itself.
uint32_t effort(const catalog::Index& index) {
  for (const char* name : {"ef_search", "probe"}) {
    if (const auto option = index.options.find(name); option != index.options.end())
      return static_cast<uint32_t>(std::get<int64_t>(option->second));
  }
  return 0;
}

}  // namespace

void GenerationReader::report(Code code, std::string message) {
  const char* option = code == Code::damaged_user_store ? " --full" : "";
  const char* again = code == Code::no_generation ? "" : " again";
  diagnostics_.error(code, {}, std::move(message))
      .help.push_back(fmt::format("run `rec-build {}{}` to build it{}", data_directory_, option, again));
}

void GenerationReader::report(const FileProblem& problem) {
  using Reason = FileProblem::Reason;
  const Code code = problem.reason == Reason::version   ? Code::other_format_version
                    : problem.reason == Reason::foreign ? Code::foreign_file
                                                        : Code::damaged_generation;
  report(code, fmt::format("cannot read {}: {}", problem.path, problem.message));
}

std::unique_ptr<Generation> GenerationReader::open() {
  const auto manifest = read_manifest(directory_);
  if (!manifest) {
    report(manifest.error());
    return nullptr;
  }
  std::unique_ptr<Generation> generation(new Generation);
  generation->number_ = manifest->generation;
  generation->directory_ = directory_;
  generation->newest_event_ = manifest->newest_event;
  if (!open_catalog(*generation, *manifest)) {
    return nullptr;
  }
  for (const catalog::Table& table : generation->catalog_.tables) {
    if (!open_table(*generation, table, true)) {
      return nullptr;
    }
  }
  for (size_t i = 0; i < generation->tables_.size(); ++i) {
    const catalog::Table& description = generation->catalog_.tables[i];
    if (manifest->parts.contains("lookups " + description.name) &&
        !open_lookups(*generation, description, generation->tables_[i])) {
      return nullptr;
    }
  }
  for (const catalog::Index& index : generation->catalog_.indexes) {
    if (manifest->parts.contains("index " + index.name) && !open_index(*generation, index)) {
      return nullptr;
    }
  }
  if (!open_users(*generation, *manifest)) {
    return nullptr;
  }
  return generation;
}

bool GenerationReader::open_catalog(Generation& generation, const Manifest& manifest) {
  const std::string path = directory_ + "/catalog.yaml";
  const auto bytes = read_bytes(path);
  if (!bytes) {
    report(bytes.error());
    return false;
  }
  const auto file = sources_.read(path);
  if (!file || XXH64(bytes->data(), bytes->size(), 0) != manifest.catalog_hash) {
    report({.reason = FileProblem::Reason::damaged, .path = path, .message = "its checksum does not match"});
    return false;
  }
  const size_t errors = diagnostics_.errors();
  generation.catalog_ = catalog::parse_catalog(*file, sources_, diagnostics_);
  return diagnostics_.errors() == errors;
}

MappedFile* GenerationReader::map(Generation& generation, const std::string& path, FileKind kind) {
  auto file = MappedFile::open(path, kind);
  if (!file) {
    report(file.error());
    return nullptr;
  }
  if (file->rows() >= column::kNoRow) {
    report({.reason = FileProblem::Reason::damaged, .path = path, .message = "it has too many rows"});
    return nullptr;
  }
  generation.mappings_.push_back(std::make_unique<Generation::Mapping>(std::move(*file)));
  return &generation.mappings_.back()->file;
}

std::unique_ptr<Generation> GenerationReader::open_tables(const catalog::Catalog& catalog, bool with_statistics) {
  std::unique_ptr<Generation> generation(new Generation);
  generation->directory_ = directory_;
  generation->catalog_ = catalog;
  for (const catalog::Table& table : catalog.tables) {
    if (!open_table(*generation, table, with_statistics)) {
      return nullptr;
    }
  }
  return generation;
}

bool GenerationReader::open_table(Generation& generation, const catalog::Table& description, bool with_statistics) {
  const MappedFile* file = map(generation, table_path(directory_, description.name), FileKind::table);
  if (file == nullptr) {
    return false;
  }
  Table table;
  table.name_ = description.name;
  table.rows_ = static_cast<uint32_t>(file->rows());
  const auto strings = read_dictionary(*file);
  const auto slots = read_slots(*file);
  if (!strings || !slots) {
    report(!strings ? strings.error() : slots.error());
    return false;
  }
  table.strings_ = *strings;
  table.hash_slots_ = slots->slots;
  table.hash_mask_ = slots->mask;
  for (size_t i = 0; i < declared_columns(description); ++i) {
    const auto column = read_column(*file, i, description.columns[i].type);
    if (!column) {
      report(column.error());
      return false;
    }
    table.columns_.push_back(*column);
  }
  table.use_keys();
  if (with_statistics && !open_statistics(generation, description, table)) {
    return false;
  }
  generation.tables_.push_back(std::move(table));
  return true;
}

bool GenerationReader::open_statistics(Generation& generation, const catalog::Table& description, Table& table) {
  const size_t declared = declared_columns(description);
  if (declared == description.columns.size()) {
    return true;
  }
  const std::string path = statistics_path(directory_, description.name);
  const MappedFile* file = map(generation, path, FileKind::statistics);
  if (file == nullptr) {
    return false;
  }
  if (file->rows() != table.rows_) {
    report({.reason = FileProblem::Reason::damaged, .path = path, .message = "it has not the rows of its table"});
    return false;
  }
  for (size_t i = declared; i < description.columns.size(); ++i) {
    const auto column = read_column(*file, i - declared, description.columns[i].type);
    if (!column) {
      report(column.error());
      return false;
    }
    table.columns_.push_back(*column);
  }
  return true;
}

bool GenerationReader::open_lookups(Generation& generation, const catalog::Table& description, Table& table) {
  const MappedFile* file = map(generation, lookups_path(directory_, description.name), FileKind::lookups);
  if (file == nullptr) {
    return false;
  }
  Sections sections(*file);
  if (file->rows() != table.rows_) {
    sections.damaged("it has not the rows of its table");
  }
  for (size_t i = 0; i < description.columns.size() && !sections.problem(); ++i) {
    const catalog::Column& column = description.columns[i];
    const auto name = [&](const char* what) { return fmt::format("{}.{}", i, what); };
    if (column.indexed && sections.count(name("offsets")) > 0) {
      ValueIndex index;
      const uint64_t values = sections.count(name("values"));
      index.values = {sections.read<int64_t>(name("values")), values};
      index.offsets = sections.read<uint64_t>(name("offsets"), values + 1);
      index.rows = sections.read<uint32_t>(name("rows"));
      table.value_indexes_.emplace_back(i, index);
    }
    if (column.sorted && sections.count(name("order")) > 0) {
      const auto* rows = sections.read<uint32_t>(name("order"), table.rows_);
      table.value_orders_.emplace_back(i, std::span(rows, table.rows_));
    }
  }
  if (sections.problem()) {
    report(*sections.problem());
    return false;
  }
  return true;
}

template <typename Index>
bool GenerationReader::add_index(const MappedFile& file, const catalog::Index& description, std::vector<Index>& to) {
  Index index;
  index.name = description.name;
  index.algorithm = description.algorithm;
  index.item_table = description.item_table;
  if constexpr (requires { index.user_table; }) index.user_table = description.user_table;
  if constexpr (requires { index.cosine; }) {
    index.cosine = is_cosine(description);
    index.effort = effort(description);
  }
  if (const auto problem = read_index(file, index)) {
    report(*problem);
    return false;
  }
  to.push_back(std::move(index));
  return true;
}

bool GenerationReader::open_index(Generation& generation, const catalog::Index& description) {
  const std::string path = index_path(directory_, description.name);
  const FileKind kind = index_kind(description.algorithm);
  const MappedFile* file = map(generation, path, kind);
  if (file == nullptr) {
    return false;
  }
  const auto damaged = [&](const char* message) {
    report({.reason = FileProblem::Reason::damaged, .path = path, .message = message});
    return false;
  };
  const Table* items = generation.table(description.item_table);
  const Table* users = generation.table(description.user_table);
  if (items == nullptr) {
    return damaged("its items have no table");
  }
  switch (kind) {
    case FileKind::neighbours:
      return file->rows() == items->rows() ? add_index(*file, description, generation.indexes_)
                                           : damaged("it has not the rows of its table");
    case FileKind::user_neighbours:
      return users != nullptr && file->rows() >= users->rows() ? add_index(*file, description, generation.user_indexes_)
                                                               : damaged("it has not the rows of its users' table");
    default:
      return file->rows() == items->rows() ? add_index(*file, description, generation.vector_indexes_)
                                           : damaged("it has not the rows of its table");
  }
}

bool GenerationReader::open_users(Generation& generation, const Manifest& manifest) {
  if (manifest.epoch == 0 && generation.catalog_.sequences.empty()) {
    return true;
  }
  auto users = UserStore::open(data_directory_, manifest.epoch, manifest.base_epoch, manifest.user_store_bytes);
  if (!users) {
    report(Code::damaged_user_store, fmt::format("cannot read the users' sequences: {}", users.error()));
    return false;
  }
  generation.users_ = std::move(*users);
  return true;
}

}  // namespace rec::store
