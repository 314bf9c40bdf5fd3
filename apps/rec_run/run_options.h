// The options of rec-run run.
#pragma once

#include <string>
#include <vector>

namespace rec::rec_run {

struct RunOptions {
  std::string file, data, user, fields, now, id, pipeline, requests, record;
  std::string engine = "interpreter", format = "table";
  std::vector<std::string> set, without_passes;
  bool trace = false, watch = false;
};

}  // namespace rec::rec_run
