// What each part of a generation is made from, as hashes: a part is stale when its hash is not the one in the manifest.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "compiler/catalog/catalog.h"
#include "compiler/diagnostics/diagnostics.h"
#include "offline/ingest/holdout.h"
#include "runtime/store/manifest.h"

namespace rec::build {

/// Raw files as they are, and which of them only had something added at their end since.
struct RawFiles {
  std::map<std::string, store::RawFile> files;
  std::set<std::string> grown;
};
/// Raw files of the catalog with their hashes. A file is read again unless size, times and inode are those of `before`
/// and it had been at rest for two seconds when it was hashed.
std::optional<RawFiles> hash_raw_files(const std::string& directory, const catalog::Catalog& catalog,
                                       const std::map<std::string, store::RawFile>& before,
                                       diagnostics::Diagnostics& diagnostics);

/// By part: "table notes", "log clicks", "events", "statistics notes", "lookups notes", "sequences", "index item_cf".
/// Indexes that this version does not build have none, and logs of which something is held out.
std::map<std::string, uint64_t> part_inputs(const catalog::Catalog& catalog,
                                            const std::map<std::string, store::RawFile>& raw_files,
                                            const std::vector<ingest::Holdout>& without);
/// The same of what the catalog says alone, whatever is in the raw files.
std::map<std::string, uint64_t> part_words(const catalog::Catalog& catalog,
                                           const std::map<std::string, store::RawFile>& raw_files,
                                           const std::vector<ingest::Holdout>& without);

/// Whether this version builds the index: those over the vectors of models it does not.
bool is_built(const catalog::Catalog& catalog, const catalog::Index& index);

/// What the vectors of an index are: a column of a table, or the items of an index by als. All null: of a model.
struct VectorsOf {
  const catalog::Table* table = nullptr;
  const catalog::Column* column = nullptr;
  const catalog::Index* index = nullptr;
};
VectorsOf vectors_of(const catalog::Catalog& catalog, const catalog::Index& index);

}  // namespace rec::build
