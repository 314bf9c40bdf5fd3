// manifest.json of a generation: what it was made from, part by part, and what a reader must know before it opens
// anything.
#pragma once

#include <cstdint>
#include <expected>
#include <map>
#include <string>
#include <vector>

#include "runtime/store/mapped_file.h"

namespace rec::store {

/// A raw file as it was when it was read. The times tell a file that cannot have changed from one that must be read
/// again.
struct RawFile {
  uint64_t size = 0;
  int64_t modified_ns = 0, changed_ns = 0;
  uint64_t inode = 0;
  int64_t hashed_ns = 0;  // when it was hashed
  uint64_t hash = 0;      // xxhash64 of its bytes
};

/// One part: "table notes", "statistics notes", "sequences", "index item_cf".
struct Part {
  uint64_t inputs = 0;    // hash of everything it was made from
  uint64_t words = 0;     // hash of what the catalog says about it: what it was made from but the raw files
  uint64_t bad_rows = 0;  // rows left out while it was made
  uint64_t grown = 0;     // vectors that joined or left an index of vectors since it was made as a whole
  uint32_t threads = 0;   // that made it, where they leave a trace: a vector index of several is not the same each time
};

struct Manifest {
  uint64_t generation = 0;
  int64_t newest_event = 0;
  uint64_t epoch = 0;             // of users.mdb; 0: no sequences
  uint64_t base_epoch = 0;        // that holds the users whom `epoch` does not; 0: it holds all
  uint64_t user_store_bytes = 0;  // users.mdb had at least that size when the generation was published
  uint64_t catalog_hash = 0;      // of the copy of catalog.yaml
  std::map<std::string, Part> parts;
  std::map<std::string, RawFile> raw_files;  // by path as in the catalog
};

std::string to_json(const Manifest& manifest);
std::expected<Manifest, FileProblem> read_manifest(const std::string& generation_directory);

/// The number in DIR/CURRENT.
std::expected<uint64_t, FileProblem> read_current(const std::string& data_directory);

/// Names of files and folders of a data directory.
std::string generation_path(const std::string& data_directory, uint64_t number);
std::string table_path(const std::string& generation_directory, const std::string& table);
std::string statistics_path(const std::string& generation_directory, const std::string& table);
std::string lookups_path(const std::string& generation_directory, const std::string& table);
std::string index_path(const std::string& generation_directory, const std::string& index);
/// What only the next build reads: the events of a log, those that came after them, and what an index was made from.
std::string events_path(const std::string& generation_directory, const std::string& events);
std::string newer_events_path(const std::string& generation_directory, const std::string& events);
std::string interactions_path(const std::string& generation_directory, const std::string& index);

/// A whole file's bytes; nothing is assumed about them.
std::expected<std::string, FileProblem> read_bytes(const std::string& path);

}  // namespace rec::store
