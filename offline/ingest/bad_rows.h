// Rows of raw files that were left out: counted by file and reason, with the first few places.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace rec::ingest {

class BadRows {
 public:
  /// `reason` is what rows are counted by ("`year` is no int"); `seen`, which may be empty, is the text of this one.
  void add(const std::string& file, const std::string& reason, uint64_t line, std::string_view seen = {});
  void append(const BadRows& other);
  uint64_t total() const;
  /// One line a file and reason: "movies.csv: 2 rows left out, `year` is no int: line 4 (`19x4`), line 9 (``)".
  std::vector<std::string> notes() const;

 private:
  struct Reason {
    uint64_t rows = 0;
    std::vector<std::string> places;
  };
  std::map<std::pair<std::string, std::string>, Reason> reasons_;
};

}  // namespace rec::ingest
