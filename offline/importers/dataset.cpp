// RowReader and the output folder.
#include "offline/importers/dataset.h"

#include <filesystem>
#include <system_error>

#include "compiler/types/text.h"

namespace rec::importers {

namespace {

constexpr size_t kMostWarnings = 20;

}  // namespace

void note_skipped(ImportSummary& summary, const std::string& warning) {
  ++summary.skipped_rows;
  if (summary.warnings.size() < kMostWarnings) summary.warnings.push_back(warning);
}

std::expected<void, ingest::FileError> create_folder(const std::string& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (error) return std::unexpected(ingest::FileError{path, "cannot be created: " + error.message()});
  return {};
}

bool is_file(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::is_regular_file(path, ignored);
}

std::expected<RowReader, ingest::FileError> RowReader::open(const std::string& path,
                                                            ingest::DelimitedReader::Options options,
                                                            const std::vector<std::string>& fields,
                                                            ImportSummary& summary) {
  auto reader = ingest::DelimitedReader::open(path, std::move(options));
  if (!reader) return std::unexpected(std::move(reader.error()));
  RowReader rows(std::move(*reader), std::filesystem::path(path).filename().string(), summary);
  rows.fields_ = fields;
  for (const std::string& field : fields) {
    const int place = rows.reader_.field(field);
    if (place < 0) return std::unexpected(ingest::FileError{path, "has no field `" + field + "`"});
    rows.places_.push_back(static_cast<size_t>(place));
  }
  return rows;
}

bool RowReader::next() {
  while (reader_.next()) {
    if (reader_.problem() == ingest::RowProblem::none) return true;
    skip(reader_.problem_text());
  }
  return false;
}

std::string_view RowReader::text(size_t field) const {
  return reader_.fields()[places_[field]];
}

std::optional<int64_t> RowReader::integer(size_t field) {
  const auto value = types::parse_int(text(field));
  if (!value) skip(fields_[field] + " is no whole number");
  return value;
}

std::optional<double> RowReader::number(size_t field) {
  const auto value = types::parse_double(text(field));
  if (!value) skip(fields_[field] + " is no number");
  return value;
}

void RowReader::skip(const std::string& reason) {
  note_skipped(*summary_, name_ + ":" + std::to_string(reader_.line()) + ": " + reason);
}

}  // namespace rec::importers
