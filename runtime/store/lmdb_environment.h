// The LMDB file that holds users' sequences, opened once a process however many generations use it.
#pragma once

#include <lmdb.h>
#include <sys/types.h>

#include <cstdint>
#include <expected>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rec::store {

/// Named databases of the file, one an epoch (`sequences@7`): what one build wrote. Records of a finished epoch never
/// change. Thread-safe.
class LmdbEnvironment {
 public:
  /// The environment of `path`, shared with whoever has it open in this process. Opened for writing if the file
  /// permits, else read-only, in a read-only directory without a lock file. `create`: make the file if it is not there.
  static std::expected<std::shared_ptr<LmdbEnvironment>, std::string> open(const std::string& path, bool create);
  ~LmdbEnvironment();
  LmdbEnvironment(const LmdbEnvironment&) = delete;
  LmdbEnvironment& operator=(const LmdbEnvironment&) = delete;

  /// Calls `use` with the record while it is mapped; without a record it is not called. An epoch that is not there or
  /// was never finished is an error.
  std::expected<void, std::string> read(uint64_t epoch, std::string_view key,
                                        const std::function<void(std::string_view)>& use);
  /// Every record of an epoch in key order, the mark of its end left out; stops when `use` returns false. Memory does
  /// not fill with what was read.
  std::expected<void, std::string> read_all(uint64_t epoch,
                                            const std::function<bool(std::string_view, std::string_view)>& use);
  std::expected<bool, std::string> has_epoch(uint64_t epoch);

  using Records = std::vector<std::pair<std::string, std::string>>;
  /// Adds records to an epoch in one transaction; the file grows as needed. `last`: the epoch is complete with them.
  std::expected<void, std::string> write(uint64_t epoch, const Records& records, bool last);
  /// Removes every epoch that is not in `kept`.
  std::expected<void, std::string> remove_epochs_except(const std::set<uint64_t>& kept);

 private:
  LmdbEnvironment() = default;
  std::expected<void, std::string> open_file(const std::string& path, bool create);
  /// A transaction in which `body` runs; the file is enlarged and the transaction repeated when it does not fit.
  std::expected<void, std::string> transact(const std::function<int(MDB_txn*)>& body);
  int with_reader(const std::function<int(MDB_txn*)>& body);
  /// A transaction for reading, begun; one that was used before where there is one.
  int begin_reading(MDB_txn*& transaction);
  void end_reading(MDB_txn* transaction);
  int find_epoch(MDB_txn* transaction, uint64_t epoch, MDB_dbi& handle);
  std::expected<void, std::string> result(int code) const;

  std::string path_;
  std::pair<dev_t, ino_t> file_{};
  MDB_env* environment_ = nullptr;
  bool read_only_ = false;
  std::shared_mutex mutex_;  // shared: readers; exclusive: whatever changes the map, handles or records
  std::map<uint64_t, MDB_dbi> handles_;
  std::mutex idle_mutex_;
  std::vector<MDB_txn*> idle_;  // ended, with their places in the lock file: as many as have read at once
};

}  // namespace rec::store
