// Any bytes as a delimited file: every record is whole or has a problem, and all bytes are read.
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <string>

#include "offline/ingest/csv.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace rec::ingest;
  if (size < 1) return -1;
  static const std::string path = "/tmp/rec-fuzz-csv-" + std::to_string(getpid());
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char*>(data + 1), static_cast<std::streamsize>(size - 1));
  static const char* const kSeparators[] = {",", "\t", "::"};
  DelimitedReader::Options options{
      .separator = kSeparators[data[0] % 3], .header = (data[0] & 4) != 0, .quoting = (data[0] & 8) != 0};
  if (!options.header) options.names = {"a", "b"};
  auto reader = DelimitedReader::open(path, options);
  size_t seen = 0;
  if (reader) {
    while (reader->next()) {
      if (++seen > size + 1) std::abort();  // every record takes at least a byte
      if (reader->problem() != RowProblem::none) continue;
      if (reader->fields().size() != reader->names().size()) std::abort();
      for (const auto field : reader->fields()) seen += field.size() > size ? std::abort(), 0U : 0U;
    }
    if (reader->bytes_read() > reader->bytes_total()) std::abort();
  }
  unlink(path.c_str());
  return 0;
}
