// The subcommands of rec-build, one a file. Data goes to stdout, messages to stderr; each returns the exit code.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "compiler/diagnostics/diagnostics.h"
#include "compiler/source/source.h"
#include "offline/ingest/csv.h"
#include "offline/simulation/demo.h"

namespace rec::rec_build {

enum Exit : int { kOk = 0, kDiagnostics = 1, kUsage = 2, kData = 3, kBug = 70 };

struct EvaluateArguments {
  std::string file, data, pipeline;
  std::string truth, holdout = "random:10%", validation;
  std::vector<uint32_t> at{20};
  std::vector<std::string> set, grid;
  std::string by = "ndcg", diversity, format = "table";
  uint32_t users = 0;
  uint64_t seed = 1;
};
int run_evaluate(const EvaluateArguments& arguments);

struct BuildArguments {
  bool strict = false, full = false;
  unsigned threads = 0, vector_threads = 1;
  uint64_t memory = 0;  // bytes; 0: half of the machine's
};
int run_build(const std::string& directory, const BuildArguments& arguments);
int run_import(const std::string& kind, const std::string& from, const std::string& to);
int run_demo(const std::string& directory, const simulation::DemoOptions& options);
int run_check(const std::string& directory);
int run_inspect(const std::string& directory, const std::string& user);

/// Prints all diagnostics to stderr. The exit code they ask for: 3 where data or files are at fault, 1 for mistakes in
/// what was written.
int show(diagnostics::Diagnostics& diagnostics, const source::Sources& sources);
/// Prints "error: PATH: MESSAGE" to stderr; returns 3.
int show(const ingest::FileError& error);

}  // namespace rec::rec_build
