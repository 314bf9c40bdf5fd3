// Where the pages of a run go: standard output in a format, errors, and the record of requests.
#pragma once

#include <cstdint>
#include <fstream>

#include "apps/rec_run/run_options.h"
#include "runtime/engine/engine.h"

namespace rec::rec_run {

class ResultWriter {
 public:
  ResultWriter(const RunOptions& options, const store::Generation& generation)
      : options_(options), generation_(generation) {}

  /// These say on standard error what cannot be opened or written.
  bool open();
  bool close();

  void write(const engine::Page& page, const engine::Request& request, const graph::Plan& plan);
  /// `line`: of the file of requests; 0: the command line.
  void failed(engine::Error error, uint64_t line);

 private:
  void write_table(const engine::Page& page);
  void record(engine::Request request, const engine::Page& page, const graph::Plan& plan);

  const RunOptions& options_;
  const store::Generation& generation_;
  std::ofstream record_;
};

}  // namespace rec::rec_run
