// Columns, dictionaries and lists as views into a mapped file: shapes are checked at open, values by check_generation.
#pragma once

#include <expected>
#include <optional>
#include <string>

#include "runtime/column/column.h"
#include "runtime/store/generation.h"
#include "runtime/store/mapped_file.h"

namespace rec::store {

/// Bytes of a stored value, or of a list's element; of ints and times those of the widest form.
uint32_t stored_width(const types::Type& type);

/// The `index`-th column of a table's or statistics' file; its stored type, width and length must be those of `type`
/// and the file's rows.
std::expected<column::ColumnView, FileProblem> read_column(const MappedFile& file, size_t index,
                                                           const types::Type& type);
std::expected<column::Dictionary, FileProblem> read_dictionary(const MappedFile& file);

/// Hash slots of a table's file.
struct Slots {
  const uint32_t* slots = nullptr;
  uint64_t mask = 0;
};
std::expected<Slots, FileProblem> read_slots(const MappedFile& file);

/// What a reader relies on beyond shapes. nullopt: all well; else what is wrong.
std::optional<std::string> check_column(const MappedFile& file, size_t index, const column::ColumnView& column,
                                        uint32_t dictionary_size);
std::optional<std::string> check_dictionary(const MappedFile& file, const column::Dictionary& dictionary);

}  // namespace rec::store
