// Hashes of raw files, and of the catalog's words about each part.
#include "offline/build/inputs.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include <cerrno>
#include <chrono>
#include <cstring>

#include "offline/build/digest.h"

namespace rec::build {
namespace {

/// Raised when the same inputs give other files.
constexpr uint64_t kBuilderVersion = 4;
constexpr int64_t kAtRest = 2'000'000'000;

int64_t nanoseconds(const timespec& time) {
  return int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

/// Of the first `size` bytes, and of the first `part` of them.
struct Hashes {
  uint64_t whole = 0, part = 0;
};
std::optional<Hashes> hash_file(const std::string& path, uint64_t size, uint64_t part) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) {
    return std::nullopt;
  }
  XXH64_state_t* state = XXH64_createState();
  XXH64_reset(state, 0);
  std::vector<char> buffer(size_t{1} << 20);
  Hashes hashes;
  uint64_t done = 0;
  ssize_t got = 1;
  while (done < size) {
    // What is added while we read belongs to the next build.
    const uint64_t end = done < part ? std::min(part, size) : size;
    got = ::read(fd, buffer.data(), std::min<uint64_t>(buffer.size(), end - done));
    if (got <= 0) break;
    XXH64_update(state, buffer.data(), static_cast<size_t>(got));
    done += static_cast<uint64_t>(got);
    if (done == part) hashes.part = XXH64_digest(state);
  }
  hashes.whole = XXH64_digest(state);
  const int error = got == 0 ? EIO : errno;  // it became shorter
  XXH64_freeState(state);
  ::close(fd);
  errno = error;
  return got <= 0 ? std::nullopt : std::optional(hashes);
}

bool unchanged(const store::RawFile& now, const store::RawFile& then) {
  return now.size == then.size && now.modified_ns == then.modified_ns && now.changed_ns == then.changed_ns &&
         now.inode == then.inode && then.changed_ns < then.hashed_ns - kAtRest;
}

void add(Digest& digest, const std::optional<catalog::Expression>& expression) {
  digest.add(expression ? "1" + expression->text : "0");
}

void add(Digest& digest, const catalog::FileSource& source, const std::map<std::string, store::RawFile>& files) {
  digest.add(static_cast<uint64_t>(source.format)).add(files.at(source.path).hash);
}

void add(Digest& digest, const catalog::Column& column, const std::map<std::string, store::RawFile>& files) {
  digest.add(column.name).add(types::to_text(column.type)).add(column.source_name);
  digest.add(static_cast<uint64_t>(column.time_format)).add(std::string_view(&column.separator, 1));
  digest.add(column.npy.empty() ? 0 : files.at(column.npy).hash);
}

uint64_t table_inputs(const catalog::Table& table, const std::map<std::string, store::RawFile>& files) {
  Digest digest;
  digest.add(kBuilderVersion).add(store::kFormatVersion).add(table.name);
  add(digest, table.source, files);
  for (const catalog::Column& column : table.columns) {
    if (!column.is_statistic) {
      add(digest, column, files);
    }
  }
  return digest.value();
}

/// The log and the tables that its users and items are looked up in.
uint64_t event_inputs(const catalog::Catalog& catalog, const catalog::Events& events,
                      const std::map<std::string, store::RawFile>& files) {
  Digest digest;
  add(digest, events.source, files);
  digest.add(events.name).add(events.user_column).add(events.item_column).add(events.time_column);
  digest.add(static_cast<uint64_t>(events.time_format)).add(catalog.timezone);
  for (const catalog::Column& column : events.columns) {
    add(digest, column, files);
  }
  const catalog::Table& users = *catalog.table(events.user_table);
  digest.add(table_inputs(users, files)).add(users.unknown ? 1 : 0);
  digest.add(table_inputs(*catalog.table(events.item_table), files));
  return digest.value();
}

void add(Digest& digest, const catalog::Statistic& statistic, uint64_t events) {
  digest.add(statistic.column).add(events).add(static_cast<uint64_t>(statistic.value));
  add(digest, statistic.where);
  add(digest, statistic.of);
  digest.add(statistic.window_us ? std::to_string(*statistic.window_us) : "");
}

std::string option_text(const catalog::OptionValue& value) {
  return std::visit([](const auto& v) { return fmt::format("{}", v); }, value);
}

}  // namespace

uint64_t Digest::value() const {
  return XXH64(bytes_.data(), bytes_.size(), 0);
}

bool is_built(const catalog::Catalog& catalog, const catalog::Index& index) {
  return index.sequence.has_value() || vectors_of(catalog, index).column != nullptr ||
         vectors_of(catalog, index).index != nullptr;
}

VectorsOf vectors_of(const catalog::Catalog& catalog, const catalog::Index& index) {
  const auto option = index.options.find("vectors");
  if (option == index.options.end()) {
    return {};
  }
  const auto& name = std::get<std::string>(option->second);
  const std::string owner = name.substr(0, name.find('.'));
  if (const catalog::Table* table = catalog.table(owner)) {
    return {.table = table, .column = table->column(name.substr(owner.size() + 1)), .index = nullptr};
  }
  return {.table = nullptr, .column = nullptr, .index = catalog.index(owner)};
}

std::optional<RawFiles> hash_raw_files(const std::string& directory, const catalog::Catalog& catalog,
                                       const std::map<std::string, store::RawFile>& before,
                                       diagnostics::Diagnostics& diagnostics) {
  RawFiles out;
  auto& files = out.files;
  const auto hash = [&](const std::string& path, source::Span span) {
    if (path.empty() || files.contains(path)) {
      return;
    }
    struct stat info{};
    const std::string full = directory + "/" + path;
    bool read = ::stat(full.c_str(), &info) == 0;
    if (read && !S_ISREG(info.st_mode)) {
      read = false;
      errno = S_ISDIR(info.st_mode) ? EISDIR : EINVAL;
    }
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    store::RawFile file{.size = static_cast<uint64_t>(info.st_size),
                        .modified_ns = nanoseconds(info.st_mtim),
                        .changed_ns = nanoseconds(info.st_ctim),
                        .inode = info.st_ino,
                        .hashed_ns = std::chrono::duration_cast<std::chrono::nanoseconds>(now).count(),
                        .hash = 0};
    const auto known = before.find(path);
    const uint64_t part = known == before.end() ? 0 : known->second.size;
    if (read && known != before.end() && unchanged(file, known->second)) {
      file = known->second;
    } else if (const auto hashes = read ? hash_file(full, file.size, part) : std::nullopt) {
      file.hash = hashes->whole;
      if (part > 0 && part < file.size && hashes->part == known->second.hash) out.grown.insert(path);
    } else {
      diagnostics.error(diagnostics::Code::raw_file, span,
                        fmt::format("cannot read {}: {}", full, std::strerror(errno)));
    }
    files[path] = file;
  };
  const size_t errors = diagnostics.errors();
  for (const catalog::Table& table : catalog.tables) {
    hash(table.source.path, table.source.span);
    for (const catalog::Column& column : table.columns) {
      hash(column.npy, column.span);
    }
  }
  for (const catalog::Events& events : catalog.events) {
    hash(events.source.path, events.source.span);
  }
  return diagnostics.errors() == errors ? std::optional(std::move(out)) : std::nullopt;
}

std::map<std::string, uint64_t> part_inputs(const catalog::Catalog& catalog,
                                            const std::map<std::string, store::RawFile>& raw_files,
                                            const std::vector<ingest::Holdout>& without) {
  std::map<std::string, uint64_t> parts;
  for (const catalog::Table& table : catalog.tables) {
    parts["table " + table.name] = table_inputs(table, raw_files);
  }
  std::vector<uint64_t> logs;
  Digest all_logs;
  for (const catalog::Events& events : catalog.events) {
    Digest log;
    log.add(event_inputs(catalog, events, raw_files));
    for (const ingest::Holdout& holdout : without) {
      log.add(ingest::to_text(holdout));
    }
    logs.push_back(log.value());
    all_logs.add(logs.back());
    if (without.empty()) parts["log " + events.name] = logs.back();
  }
  parts["events"] = all_logs.value();
  std::map<std::string, Digest> statistics;
  for (const catalog::Statistic& statistic : catalog.statistics) {
    Digest& digest = statistics[statistic.table];
    digest.add(parts["table " + statistic.table]);
    add(digest, statistic, logs[statistic.events]);
  }
  for (const auto& [table, digest] : statistics) {
    parts["statistics " + table] = digest.value();
  }
  for (const catalog::Table& table : catalog.tables) {
    Digest digest;
    digest.add(parts["table " + table.name]);
    if (const auto computed = parts.find("statistics " + table.name); computed != parts.end()) {
      digest.add(computed->second);
    }
    bool any = false;
    for (const catalog::Column& column : table.columns) {
      digest.add(column.name).add(column.indexed ? 1 : 0).add(column.sorted ? 1 : 0);
      any = any || column.indexed || column.sorted;
    }
    if (any) {
      parts["lookups " + table.name] = digest.value();
    }
  }
  Digest sequences;
  for (const catalog::Sequence& sequence : catalog.sequences) {
    sequences.add(sequence.name).add(logs[sequence.events]).add(sequence.keep);
    add(sequences, sequence.where);
  }
  if (!catalog.sequences.empty()) {
    parts["sequences"] = sequences.value();
  }
  for (const catalog::Index& index : catalog.indexes) {
    if (!is_built(catalog, index)) {
      continue;
    }
    Digest digest;
    digest.add(index.algorithm);
    if (index.sequence) {
      const catalog::Sequence& sequence = catalog.sequences[*index.sequence];
      digest.add(logs[sequence.events]).add(sequence.keep);
      add(digest, sequence.where);
      add(digest, index.weight);
    } else if (const VectorsOf from = vectors_of(catalog, index); from.index != nullptr) {
      digest.add(parts.at("index " + from.index->name));
    } else {
      digest.add(parts.at("table " + from.table->name));
    }
    for (const auto& [name, value] : index.options) {
      digest.add(name).add(option_text(value));
    }
    parts["index " + index.name] = digest.value();
  }
  return parts;
}

std::map<std::string, uint64_t> part_words(const catalog::Catalog& catalog,
                                           const std::map<std::string, store::RawFile>& raw_files,
                                           const std::vector<ingest::Holdout>& without) {
  auto files = raw_files;
  for (auto& [path, file] : files) file.hash = 0;
  return part_inputs(catalog, files, without);
}

}  // namespace rec::build
