// CsvWriter: fields quoted only where a reader would need it.
#include <cassert>
#include <utility>

#include "compiler/types/text.h"
#include "offline/ingest/csv.h"
#include "offline/ingest/output_file.h"

namespace rec::ingest {

struct CsvWriter::State {
  OutputFile file;
  size_t columns;
  std::string row{};
  size_t fields = 0;

  void add(std::string_view field) {
    if (fields++ > 0) row += ',';
    // The only field of a row is quoted when empty: an empty line is no record.
    if (field.find_first_of(",\"\r\n") == std::string_view::npos && !(field.empty() && columns == 1)) {
      row += field;
      return;
    }
    row += '"';
    for (const char c : field) {
      if (c == '"') row += '"';
      row += c;
    }
    row += '"';
  }

  void end_row() {
    assert(fields == columns);
    row += '\n';
    file.write(row);
    row.clear();
    fields = 0;
  }
};

CsvWriter::CsvWriter(std::unique_ptr<State> state) : state_(std::move(state)) {}
CsvWriter::CsvWriter(CsvWriter&&) noexcept = default;
CsvWriter::~CsvWriter() = default;

std::expected<CsvWriter, FileError> CsvWriter::create(const std::string& path, const std::vector<std::string>& names) {
  auto file = OutputFile::create(path);
  if (!file) return std::unexpected(std::move(file.error()));
  CsvWriter writer(std::make_unique<State>(State{.file = std::move(*file), .columns = names.size()}));
  for (const std::string& name : names) writer << name;
  writer.end_row();
  return writer;
}

CsvWriter& CsvWriter::operator<<(std::string_view field) {
  state_->add(field);
  return *this;
}

CsvWriter& CsvWriter::operator<<(int64_t field) {
  return *this << std::string_view(std::to_string(field));
}
CsvWriter& CsvWriter::operator<<(float field) {
  return *this << std::string_view(types::format_float(field));
}
void CsvWriter::end_row() {
  state_->end_row();
}
std::expected<void, FileError> CsvWriter::close() {
  return state_->file.close();
}

}  // namespace rec::ingest
