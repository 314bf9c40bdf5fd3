// Where the requests of a run come from: the command line, or the lines of a file.
#pragma once

#include <cstdint>
#include <expected>
#include <fstream>
#include <istream>
#include <memory>
#include <optional>
#include <string>

#include "apps/rec_run/run_options.h"
#include "compiler/compile.h"
#include "runtime/engine/engine.h"

namespace rec::rec_run {

struct NextRequest {
  std::shared_ptr<const graph::Plan> plan;  // set where the request is
  std::expected<engine::Request, engine::Error> request;
  uint64_t line = 0;  // of the file, from 1; 0: the command line
};

class RequestSource {
 public:
  RequestSource(const RunOptions& options, const compiler::Compilation& compilation,
                const store::Generation& generation)
      : options_(options), compilation_(compilation), generation_(generation) {}

  /// Says on standard error what cannot be opened.
  bool open();
  /// Nothing at the end. Empty lines are passed over.
  std::optional<NextRequest> next();

 private:
  NextRequest parsed(const std::string& json, uint64_t line) const;
  std::expected<std::string, engine::Error> from_options() const;
  std::optional<engine::Error> apply_options(const graph::Plan& plan, engine::Request& request) const;

  const RunOptions& options_;
  const compiler::Compilation& compilation_;
  const store::Generation& generation_;
  std::ifstream file_;
  std::istream* lines_ = nullptr;  // null: the command line
  uint64_t line_ = 0;
  bool done_ = false;
};

}  // namespace rec::rec_run
