// A generation: the immutable data that requests run on, opened by mapping files. docs/operations.md describes the
// files.
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "compiler/catalog/catalog.h"
#include "compiler/diagnostics/diagnostics.h"
#include "runtime/column/column.h"
#include "runtime/store/indexes.h"
#include "runtime/store/lookups.h"
#include "runtime/store/translation.h"

namespace rec::store {

/// A key of a table: int or string.
using Key = std::variant<int64_t, std::string>;
std::string to_text(const Key& key);

/// A table: memory-mapped columns, rows in ascending key order (ints by value, strings by bytes). Row ids belong to the
/// generation.
class Table {
 public:
  const std::string& name() const { return name_; }
  uint32_t rows() const { return rows_; }
  bool has_string_keys() const { return string_keys_.values != nullptr; }
  /// Same order as catalog::Table::columns, statistics included; columns()[0] is the key.
  std::span<const column::ColumnView> columns() const { return columns_; }
  const column::Dictionary& strings() const { return strings_; }
  /// Of a column that the catalog has `indexed` or `sorted`; nullptr where it was not built.
  const ValueIndex* value_index(size_t column) const;
  std::optional<ValueOrder> value_order(size_t column) const;

  std::optional<uint32_t> find(int64_t key) const;
  std::optional<uint32_t> find(std::string_view key) const;
  std::optional<uint32_t> find(const Key& key) const;
  /// The row of each of many keys, kNoRow for those without: the look-ups overlap.
  void find_all(std::span<const int64_t> keys, uint32_t* rows) const;
  Key key(uint32_t row) const;
  std::string key_text(uint32_t row) const;

 private:
  friend class GenerationReader;
  friend class OverlayBuilder;
  std::string name_;
  uint32_t rows_ = 0;
  std::vector<column::ColumnView> columns_;
  column::Dictionary strings_;
  std::vector<std::pair<size_t, ValueIndex>> value_indexes_;                // by column
  std::vector<std::pair<size_t, std::span<const uint32_t>>> value_orders_;  // by column
  column::ColumnView int_keys_, string_keys_;                               // one of them is used
  const uint32_t* hash_slots_ = nullptr;  // open addressing over keys, row + 1, 0 empty
  uint64_t hash_mask_ = 0;
  bool consecutive_ = false;  // int keys without gaps: a row is its key less the first
  int64_t first_key_ = 0;

  void use_keys();  // once the columns are there
};

/// A user's sequence as read from the user store.
struct SequenceRead {
  column::EventColumns events;
  uint32_t gone = 0;  // events left out because their item has no row any more
};

struct Overlay;   // rows and events laid over a generation, runtime/store/overlay.h
class UserStore;  // LMDB, runtime/store/user_store.h

class Generation {
 public:
  ~Generation();
  Generation(Generation&&) noexcept;

  uint64_t number() const { return number_; }
  const std::string& directory() const { return directory_; }
  const catalog::Catalog& catalog() const { return catalog_; }
  /// Time of the newest event in the data, microseconds; a request's time unless given. 0 without events.
  int64_t newest_event() const { return newest_event_; }
  /// Same order as catalog().tables.
  const Table& table(size_t index) const { return tables_[index]; }
  const Table* table(std::string_view name) const;
  /// The index of that name; nullptr where it was not built, or is of another form.
  const NeighbourIndex* index(std::string_view name) const;
  const UserIndex* user_index(std::string_view name) const;
  const VectorIndex* vector_index(std::string_view name) const;
  /// The strings of a table of this generation as codes of another's. Thread-safe.
  const Translation& translation(const Table& from, const Table& to) const;

  /// The user's sequence, newest first, at most `keep` events; empty for a user without events. Strings are interned
  /// into `strings`, memory comes from `arena`. A damaged record is an error text.
  std::expected<SequenceRead, std::string> read_sequence(size_t sequence, const Key& user, column::StringSpace& strings,
                                                         column::Arena& arena) const;

 private:
  friend class GenerationReader;
  friend class OverlayBuilder;
  Generation();
  uint64_t number_ = 0;
  std::string directory_;
  catalog::Catalog catalog_;
  int64_t newest_event_ = 0;
  std::vector<Table> tables_;
  std::vector<NeighbourIndex> indexes_;
  std::vector<UserIndex> user_indexes_;
  std::vector<VectorIndex> vector_indexes_;
  std::unique_ptr<UserStore> users_;
  struct Mapping;
  std::vector<std::unique_ptr<Mapping>> mappings_;
  std::unique_ptr<Overlay> overlay_;  // null: none
  std::unique_ptr<Translations> translations_;
};

/// Opens the generation that DIR/CURRENT names. Checks headers and sizes, not section contents (check_generation does).
/// Reports R8xxx (no generation, truncated or foreign file, version) to `diagnostics` and returns null.
/// The generation's own copy of the catalog is used; a DIR/catalog.yaml that has changed since is a warning.
std::shared_ptr<const Generation> open_generation(const std::string& directory, source::Sources& sources,
                                                  diagnostics::Diagnostics& diagnostics);

/// Verifies every section's checksum and the values that readers rely on (codes, offsets, rows in range).
bool check_generation(const std::string& directory, uint64_t number, source::Sources& sources,
                      diagnostics::Diagnostics& diagnostics);

}  // namespace rec::store
