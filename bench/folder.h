// A folder of a benchmark's own, gone at the end.
#pragma once

#include <fstream>
#include <string>

#include "tests/store/temporary_directory.h"

namespace rec::bench {

class Folder {
 public:
  const std::string& path() const { return directory_.root(); }
  std::string path(const std::string& name) const { return directory_.path(name); }
  void write(const std::string& name, const std::string& text, bool append = false) const {
    std::ofstream(path(name), append ? std::ios::app : std::ios::trunc) << text;
  }

 private:
  TemporaryDirectory directory_;
};

}  // namespace rec::bench
