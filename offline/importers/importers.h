// Public data sets into a data directory: catalog.yaml and tidy CSV files.
#pragma once

#include <expected>
#include <string>

#include "offline/ingest/csv.h"

namespace rec::importers {

/// What was written, for the command to print.
struct ImportSummary {
  uint64_t users = 0, items = 0, events = 0, skipped_rows = 0;
  std::vector<std::string> warnings;  // "ratings.csv:17: rating is no number"
};

/// `from`: a folder in ml-latest-small's layout (CSV) or MovieLens 1M's (`::`). Writes users, movies (title, year,
/// genres), ratings.
std::expected<ImportSummary, ingest::FileError> import_movielens(const std::string& from, const std::string& to);
/// `from`: the tab-separated file, or the folder that holds it. Videos are derived from their events; a duration of 0
/// is missing.
std::expected<ImportSummary, ingest::FileError> import_kuairand(const std::string& from, const std::string& to);
/// `from`: a folder with train.txt and test.txt; only train becomes data, test is kept beside it as test.csv. The k-th
/// item of a user gets time k seconds.
std::expected<ImportSummary, ingest::FileError> import_lightgcn(const std::string& from, const std::string& to);

}  // namespace rec::importers
