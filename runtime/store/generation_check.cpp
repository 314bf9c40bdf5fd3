// Everything that opening a generation takes on trust.
#include <fmt/format.h>

#include <algorithm>

#include "runtime/store/column_reader.h"
#include "runtime/store/generation_reader.h"
#include "runtime/store/index_reader.h"
#include "runtime/store/key_hash.h"
#include "runtime/store/mapping.h"
#include "runtime/store/sections.h"
#include "runtime/store/user_store.h"

namespace rec::store {
namespace {

/// Keys ascend strictly, and each is found by its own hash.
std::optional<std::string> check_keys(const Table& table) {
  const auto stored = [&](uint32_t row) {
    return table.has_string_keys() ? table.key(row) : table.columns()[0].integer(row);
  };
  for (uint32_t row = 0; row < table.rows(); ++row) {
    const Key key = stored(row);
    if (row > 0 && stored(row - 1) >= key) {
      return "its keys do not ascend";
    }
    if (table.find(key) != row) {
      return fmt::format("key {} is not found where it stands", to_text(key));
    }
  }
  return std::nullopt;
}

}  // namespace

bool GenerationReader::check_table(const Generation& generation, const Table& table) {
  const auto fail = [&](const MappedFile& file, std::string message) {
    report({.reason = FileProblem::Reason::damaged, .path = file.path(), .message = std::move(message)});
    return false;
  };
  const MappedFile* own = nullptr;
  const MappedFile* statistics = nullptr;
  for (const auto& mapping : generation.mappings_) {
    const std::string& path = mapping->file.path();
    own = path == table_path(directory_, table.name()) ? &mapping->file : own;
    statistics = path == statistics_path(directory_, table.name()) ? &mapping->file : statistics;
  }
  if (auto wrong = check_dictionary(*own, table.strings())) {
    return fail(*own, *wrong);
  }
  const auto& columns = generation.catalog().table(table.name())->columns;
  size_t statistic = 0;
  for (size_t i = 0; i < columns.size(); ++i) {
    const MappedFile& file = columns[i].is_statistic ? *statistics : *own;
    const size_t index = columns[i].is_statistic ? statistic++ : i;
    if (auto wrong = check_column(file, index, table.columns()[i], table.strings().size())) {
      return fail(file, *wrong);
    }
  }
  const auto row_is_known = [&](uint32_t row) { return row < table.rows(); };
  for (const auto& [column, index] : table.value_indexes_) {
    const uint64_t entries = index.offsets[index.values.size()];
    if (!std::ranges::is_sorted(index.values) || !offsets_hold(index.offsets, index.values.size(), entries) ||
        !std::all_of(index.rows, index.rows + entries, row_is_known)) {
      return fail(*own, fmt::format("the index of column {} is not in order", column));
    }
  }
  for (const auto& [column, rows] : table.value_orders_) {
    if (!std::ranges::all_of(rows, row_is_known)) {
      return fail(*own, fmt::format("the order of column {} has rows that are not there", column));
    }
  }
  if (auto wrong = check_keys(table)) {
    return fail(*own, *wrong);
  }
  return true;
}

bool GenerationReader::check(const Generation& generation) {
  bool whole = true;
  for (const auto& mapping : generation.mappings_) {
    if (const auto problem = mapping->file.verify()) {
      report(*problem);
      whole = false;
    }
  }
  if (!whole) {
    return false;
  }
  for (const Table& table : generation.tables_) {
    whole = check_table(generation, table) && whole;
  }
  const auto check_all = [&](const auto& indexes) {
    for (const auto& index : indexes) {
      for (const auto& mapping : generation.mappings_) {
        if (mapping->file.path() != index_path(directory_, index.name)) {
          continue;
        }
        if (const auto wrong = check_index(mapping->file, index, generation.table(index.item_table)->rows())) {
          report({.reason = FileProblem::Reason::damaged, .path = mapping->file.path(), .message = *wrong});
          whole = false;
        }
      }
    }
  };
  check_all(generation.indexes_);
  check_all(generation.user_indexes_);
  check_all(generation.vector_indexes_);
  if (whole && generation.users_ != nullptr) {
    const auto items = [&](size_t sequence) -> const Table& {
      const catalog::Catalog& catalog = generation.catalog();
      return *generation.table(catalog.events[catalog.sequences[sequence].events].item_table);
    };
    if (const auto read = generation.users_->check(generation.catalog(), items); !read) {
      report(diagnostics::Code::damaged_user_store, read.error());
      whole = false;
    }
  }
  return whole;
}

}  // namespace rec::store
