// Users' behaviour sequences: one record a (sequence, user), in an LMDB file beside the generations.
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <string_view>

#include "runtime/store/generation.h"
#include "runtime/store/lmdb_environment.h"

namespace rec::store {

/// The file of a data directory.
std::string user_store_path(const std::string& data_directory);

/// What one build wrote: an epoch of the file, for reading.
class UserStore {
 public:
  /// `base_epoch`: where users are looked up whom `epoch` has not; 0: nowhere. Fails when the file or an epoch is not
  /// there, or when the file has fewer than `bytes` bytes (it was cut off).
  static std::expected<std::unique_ptr<UserStore>, std::string> open(const std::string& data_directory, uint64_t epoch,
                                                                     uint64_t base_epoch, uint64_t bytes);

  /// The user's record of a sequence, decoded; no events without one. `types`: of the sequence's event columns.
  std::expected<SequenceRead, std::string> read(size_t sequence, const Key& user, const std::vector<types::Type>& types,
                                                const Table& items, column::StringSpace& strings,
                                                column::Arena& arena) const;
  /// Decodes every record; an error names the user.
  std::expected<void, std::string> check(const catalog::Catalog& catalog,
                                         const std::function<const Table&(size_t sequence)>& items) const;

 private:
  UserStore(std::shared_ptr<LmdbEnvironment> environment, std::vector<uint64_t> epochs)
      : environment_(std::move(environment)), epochs_(std::move(epochs)) {}
  std::expected<void, std::string> check(uint64_t epoch, const catalog::Catalog& catalog,
                                         const std::function<const Table&(size_t sequence)>& items) const;

  std::shared_ptr<LmdbEnvironment> environment_;
  std::vector<uint64_t> epochs_;  // the first that has a user's record counts
};

/// The key of a record. LMDB takes 511 bytes: longer users' keys are replaced by a 128-bit hash, and the record begins
/// with the key.
struct RecordKey {
  std::string bytes;
  bool hashed = false;
};
RecordKey record_key(size_t sequence, const Key& user);

/// Key and value of a record to be written.
std::pair<std::string, std::string> make_record(size_t sequence, const Key& user, std::string events);

/// Types of a sequence's event columns, in the catalog's order.
std::vector<types::Type> event_types(const catalog::Events& events);

}  // namespace rec::store
