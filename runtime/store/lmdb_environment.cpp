// LMDB behind its lock and its error codes.
#include "runtime/store/lmdb_environment.h"

#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <condition_variable>
#include <mutex>

namespace rec::store {
namespace {

// The map is address space, not disk: large enough that it hardly ever has to grow, smaller where the system refuses.
constexpr size_t kLargestFirstMap = size_t{64} << 30;
constexpr size_t kSmallestFirstMap = size_t{64} << 20;
constexpr MDB_dbi kMostEpochs = 256;
constexpr unsigned kMostReaders = 1024;
constexpr std::string_view kPrefix = "sequences@";
// The record that is written last: an epoch without it was never finished. Keys of users are longer.
constexpr std::string_view kEndKey = "!";
constexpr int kNotFinished = -1;

std::string epoch_name(uint64_t epoch) {
  return fmt::format("{}{}", kPrefix, epoch);
}

MDB_val value_of(std::string_view text) {
  return {.mv_size = text.size(), .mv_data = const_cast<char*>(text.data())};
}
std::string_view text_of(const MDB_val& value) {
  return {static_cast<const char*>(value.mv_data), value.mv_size};
}

/// Lets go of the pages of records that are read once, one after another.
class PagesBehind {
 public:
  void read(std::string_view record) {
    lowest_ = std::min(lowest_, reinterpret_cast<uintptr_t>(record.data()));
    highest_ = std::max(highest_, reinterpret_cast<uintptr_t>(record.data() + record.size()));
    bytes_ += record.size();
    if (bytes_ < kMostBytes) return;
    const auto page = static_cast<uintptr_t>(::sysconf(_SC_PAGESIZE));
    const uintptr_t begin = lowest_ / page * page;
    // All of it lies in the map, which is of a file: what is read again is there again.
    ::madvise(reinterpret_cast<void*>(begin), highest_ - begin, MADV_DONTNEED);
    *this = {};
  }

 private:
  static constexpr uint64_t kMostBytes = uint64_t{1} << 20;
  uintptr_t lowest_ = UINTPTR_MAX, highest_ = 0;
  uint64_t bytes_ = 0;
};

/// Opening LMDB twice in a process breaks its locks; so open environments are known by device and inode.
struct OpenEnvironments {
  std::mutex mutex;
  std::condition_variable closed;
  std::map<std::pair<dev_t, ino_t>, std::weak_ptr<LmdbEnvironment>> by_file;
};
OpenEnvironments& open_environments() {
  static OpenEnvironments environments;
  return environments;
}

int open_with(const std::string& path, unsigned flags, size_t map, MDB_env*& environment) {
  int code = mdb_env_create(&environment);
  if (code != 0) {
    environment = nullptr;
    return code;
  }
  mdb_env_set_mapsize(environment, map);
  mdb_env_set_maxdbs(environment, kMostEpochs);
  mdb_env_set_maxreaders(environment, kMostReaders);
  code = mdb_env_open(environment, path.c_str(), flags | MDB_NOSUBDIR | MDB_NOTLS, 0644);
  if (code != 0) {
    mdb_env_close(environment);
    environment = nullptr;
  }
  return code;
}

}  // namespace

std::expected<std::shared_ptr<LmdbEnvironment>, std::string> LmdbEnvironment::open(const std::string& path,
                                                                                   bool create) {
  OpenEnvironments& known = open_environments();
  std::unique_lock lock(known.mutex);
  struct stat info{};
  const bool exists = ::stat(path.c_str(), &info) == 0;
  if (!exists && !create) {
    return std::unexpected(fmt::format("{} is not there", path));
  }
  for (auto entry = known.by_file.end();
       exists && (entry = known.by_file.find({info.st_dev, info.st_ino})) != known.by_file.end();) {
    if (auto environment = entry->second.lock()) {
      return environment;
    }
    known.closed.wait(lock);  // its last user is just closing it
  }
  std::shared_ptr<LmdbEnvironment> environment(new LmdbEnvironment);
  if (auto opened = environment->open_file(path, create); !opened) {
    return std::unexpected(opened.error());
  }
  if (::stat(path.c_str(), &info) == 0) {
    environment->file_ = {info.st_dev, info.st_ino};
    known.by_file[environment->file_] = environment;
  }
  return environment;
}

std::expected<void, std::string> LmdbEnvironment::open_file(const std::string& path, bool create) {
  path_ = path;
  int code = 0;
  const std::array<unsigned, 3> modes = {0U, MDB_RDONLY, MDB_RDONLY | MDB_NOLOCK};
  for (const unsigned mode : modes) {
    size_t map = kLargestFirstMap;
    do {
      code = open_with(path, mode, map, environment_);
      map /= 2;
    } while (code == ENOMEM && map >= kSmallestFirstMap);
    read_only_ = mode != 0;
    const bool refused = code == EACCES || code == EPERM || code == EROFS || code == ENOSPC;
    if (!refused || create) {
      break;
    }
  }
  return result(code);
}

LmdbEnvironment::~LmdbEnvironment() {
  if (environment_ == nullptr) {
    return;
  }
  OpenEnvironments& known = open_environments();
  {
    const std::lock_guard lock(known.mutex);
    for (MDB_txn* const transaction : idle_) mdb_txn_abort(transaction);
    mdb_env_close(environment_);
    known.by_file.erase(file_);
  }
  known.closed.notify_all();
}

std::expected<void, std::string> LmdbEnvironment::result(int code) const {
  if (code == 0) {
    return {};
  }
  if (code == kNotFinished || code == MDB_NOTFOUND) {
    return std::unexpected(fmt::format("{} does not hold the sequences of this generation", path_));
  }
  return std::unexpected(fmt::format("{}: {}", path_, mdb_strerror(code)));
}

int LmdbEnvironment::with_reader(const std::function<int(MDB_txn*)>& body) {
  while (true) {
    int code = 0;
    {
      const std::shared_lock lock(mutex_);
      MDB_txn* transaction = nullptr;
      code = begin_reading(transaction);
      if (code == 0) {
        code = body(transaction);
        end_reading(transaction);
      }
    }
    if (code != MDB_MAP_RESIZED) {
      return code;
    }
    const std::lock_guard lock(mutex_);  // another process made the file larger than our map
    if (const int resized = mdb_env_set_mapsize(environment_, 0); resized != 0) {
      return resized;
    }
  }
}

int LmdbEnvironment::begin_reading(MDB_txn*& transaction) {
  {
    const std::lock_guard lock(idle_mutex_);
    if (!idle_.empty()) {
      transaction = idle_.back();
      idle_.pop_back();
    }
  }
  if (transaction == nullptr) {
    return mdb_txn_begin(environment_, nullptr, MDB_RDONLY, &transaction);
  }
  const int code = mdb_txn_renew(transaction);
  if (code != 0) {
    mdb_txn_abort(transaction);
  }
  return code;
}

void LmdbEnvironment::end_reading(MDB_txn* transaction) {
  mdb_txn_reset(transaction);
  const std::lock_guard lock(idle_mutex_);
  idle_.push_back(transaction);
}

int LmdbEnvironment::find_epoch(MDB_txn* transaction, uint64_t epoch, MDB_dbi& handle) {
  if (const auto known = handles_.find(epoch); known != handles_.end()) {
    handle = known->second;
    MDB_val key = value_of(kEndKey);
    MDB_val value{};
    return mdb_get(transaction, handle, &key, &value);
  }
  return kNotFinished;
}

std::expected<bool, std::string> LmdbEnvironment::has_epoch(uint64_t epoch) {
  // Handles outlive the transaction that opened them only if it commits.
  const std::lock_guard lock(mutex_);
  MDB_txn* transaction = nullptr;
  int code = mdb_txn_begin(environment_, nullptr, MDB_RDONLY, &transaction);
  if (code == MDB_MAP_RESIZED) {
    mdb_env_set_mapsize(environment_, 0);
    code = mdb_txn_begin(environment_, nullptr, MDB_RDONLY, &transaction);
  }
  if (code != 0) {
    return std::unexpected(result(code).error());
  }
  MDB_dbi handle = 0;
  code = mdb_dbi_open(transaction, epoch_name(epoch).c_str(), 0, &handle);
  MDB_val key = value_of(kEndKey);
  MDB_val value{};
  const int end = code == 0 ? mdb_get(transaction, handle, &key, &value) : code;
  mdb_txn_commit(transaction);
  if (code == 0) {
    handles_[epoch] = handle;
  }
  if (end == MDB_NOTFOUND) {
    return false;
  }
  if (end != 0) {
    return std::unexpected(result(end).error());
  }
  return true;
}

std::expected<void, std::string> LmdbEnvironment::read(uint64_t epoch, std::string_view key,
                                                       const std::function<void(std::string_view)>& use) {
  return result(with_reader([&](MDB_txn* transaction) {
    MDB_dbi handle = 0;
    if (const int code = find_epoch(transaction, epoch, handle); code != 0) {
      return code;
    }
    MDB_val wanted = value_of(key);
    MDB_val value{};
    const int code = mdb_get(transaction, handle, &wanted, &value);
    if (code == 0) {
      use(text_of(value));
    }
    return code == MDB_NOTFOUND ? 0 : code;  // no record
  }));
}

std::expected<void, std::string> LmdbEnvironment::read_all(
    uint64_t epoch, const std::function<bool(std::string_view, std::string_view)>& use) {
  return result(with_reader([&](MDB_txn* transaction) {
    MDB_dbi handle = 0;
    if (const int code = find_epoch(transaction, epoch, handle); code != 0) {
      return code;
    }
    MDB_cursor* cursor = nullptr;
    int code = mdb_cursor_open(transaction, handle, &cursor);
    if (code != 0) {
      return code;
    }
    MDB_val key{};
    MDB_val value{};
    PagesBehind behind;
    while ((code = mdb_cursor_get(cursor, &key, &value, MDB_NEXT)) == 0) {
      if (text_of(key) != kEndKey && !use(text_of(key), text_of(value))) {
        break;
      }
      behind.read(text_of(value));
    }
    mdb_cursor_close(cursor);
    return code == MDB_NOTFOUND ? 0 : code;
  }));
}

std::expected<void, std::string> LmdbEnvironment::transact(const std::function<int(MDB_txn*)>& body) {
  if (read_only_) {
    return std::unexpected(fmt::format("{} cannot be written: permission denied", path_));
  }
  while (true) {
    MDB_txn* transaction = nullptr;
    int code = mdb_txn_begin(environment_, nullptr, 0, &transaction);
    if (code == 0) {
      code = body(transaction);
      if (code == 0) {
        code = mdb_txn_commit(transaction);
      } else {
        mdb_txn_abort(transaction);
      }
    }
    if (code != MDB_MAP_FULL && code != MDB_MAP_RESIZED) {
      return result(code);
    }
    MDB_envinfo info{};
    mdb_env_info(environment_, &info);
    if (const int grown = mdb_env_set_mapsize(environment_, code == MDB_MAP_FULL ? info.me_mapsize * 2 : 0);
        grown != 0) {
      return result(grown);
    }
  }
}

std::expected<void, std::string> LmdbEnvironment::write(uint64_t epoch, const Records& records, bool last) {
  const std::lock_guard lock(mutex_);
  MDB_dbi handle = 0;
  auto done = transact([&](MDB_txn* transaction) {
    int code = mdb_dbi_open(transaction, epoch_name(epoch).c_str(), MDB_CREATE, &handle);
    for (auto record = records.begin(); code == 0 && record != records.end(); ++record) {
      MDB_val key = value_of(record->first);
      MDB_val value = value_of(record->second);
      code = mdb_put(transaction, handle, &key, &value, 0);
    }
    if (code == 0 && last) {
      MDB_val key = value_of(kEndKey);
      MDB_val value = value_of(kEndKey);
      code = mdb_put(transaction, handle, &key, &value, 0);
    }
    return code;
  });
  if (done) {
    handles_[epoch] = handle;
  }
  return done;
}

std::expected<void, std::string> LmdbEnvironment::remove_epochs_except(const std::set<uint64_t>& kept) {
  const std::lock_guard lock(mutex_);
  int dead = 0;
  mdb_reader_check(environment_, &dead);  // readers that were killed would keep old pages from being used again
  std::vector<uint64_t> removed;
  auto done = transact([&](MDB_txn* transaction) {
    removed.clear();
    MDB_dbi main = 0;
    int code = mdb_dbi_open(transaction, nullptr, 0, &main);
    MDB_cursor* cursor = nullptr;
    if (code != 0 || (code = mdb_cursor_open(transaction, main, &cursor)) != 0) {
      return code;
    }
    MDB_val key{};
    while (mdb_cursor_get(cursor, &key, nullptr, MDB_NEXT) == 0) {
      const std::string_view name = text_of(key);
      uint64_t epoch = 0;
      if (name.starts_with(kPrefix)) {
        std::from_chars(name.data() + kPrefix.size(), name.data() + name.size(), epoch);
        if (!kept.contains(epoch)) {
          removed.push_back(epoch);
        }
      }
    }
    mdb_cursor_close(cursor);
    for (const uint64_t epoch : removed) {
      MDB_dbi handle = 0;
      if ((code = mdb_dbi_open(transaction, epoch_name(epoch).c_str(), 0, &handle)) != 0 ||
          (code = mdb_drop(transaction, handle, 1)) != 0) {
        return code;
      }
      handles_.erase(epoch);  // dropping closes the handle, whether or not the transaction commits
    }
    return 0;
  });
  return done;
}

}  // namespace rec::store
