// What the importers share: opening and checking columns, numbers with warnings, and the output folder.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "offline/importers/importers.h"

namespace rec::importers {

/// Rows of one raw file; what is wrong with a row is counted, and the first ones are described, in the summary.
class RowReader {
 public:
  /// Fails where the file cannot be read or lacks one of the fields.
  static std::expected<RowReader, ingest::FileError> open(const std::string& path,
                                                          ingest::DelimitedReader::Options options,
                                                          const std::vector<std::string>& fields,
                                                          ImportSummary& summary);

  /// Moves to the next row that is whole.
  bool next();
  /// The field as it was named at `open`, by position there.
  std::string_view text(size_t field) const;
  std::optional<int64_t> integer(size_t field);
  std::optional<double> number(size_t field);
  /// Counts the row as skipped.
  void skip(const std::string& reason);

 private:
  RowReader(ingest::DelimitedReader reader, std::string name, ImportSummary& summary)
      : reader_(std::move(reader)), name_(std::move(name)), summary_(&summary) {}

  ingest::DelimitedReader reader_;
  std::string name_;
  std::vector<std::string> fields_{};
  std::vector<size_t> places_{};
  ImportSummary* summary_;
};

/// Counts a skipped row; the first ones are described.
void note_skipped(ImportSummary& summary, const std::string& warning);
/// Creates the folder that the data set is written to.
std::expected<void, ingest::FileError> create_folder(const std::string& path);
bool is_file(const std::string& path);

}  // namespace rec::importers
