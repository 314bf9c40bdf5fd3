// A small data directory, built, and strategies run on it in one call.
#pragma once

#include <expected>
#include <memory>
#include <string>

#include "compiler/compile.h"
#include "operators/registry.h"
#include "runtime/engine/engine.h"
#include "tests/store/temporary_directory.h"

namespace rec::tests {

/// Things 10 to 60 in six rows; user 1 liked 10 and then 20, user 2 did nothing; events of 2026-11-01.
class Feed {
 public:
  Feed();

  const store::Generation& generation() const { return *generation_; }
  std::shared_ptr<const store::Generation> generation_pointer() const { return generation_; }
  /// For sources of a test, added before it compiles.
  operators::Registry& registry() { return registry_; }
  const source::Sources& sources() const { return sources_; }
  /// The pipeline of a text; the test fails where it does not compile.
  std::shared_ptr<const graph::Plan> plan(const std::string& text);
  /// `body`: what stands between the braces of the pipeline, here with `header` before it.
  std::shared_ptr<const graph::Plan> pipeline(const std::string& body, const std::string& header = "");
  /// The page of user 1; the test fails where there is none.
  engine::Page page(const std::string& body, engine::Request request = {.user = "1"});
  /// Its keys, "10 20 30".
  std::string keys(const std::string& body, engine::Request request = {.user = "1"});

 private:
  TemporaryDirectory directory_;
  source::Sources sources_;
  operators::Registry registry_;
  std::shared_ptr<const store::Generation> generation_;
};

/// One for all tests of the program.
Feed& feed();

std::string keys_of(const engine::Page& page);

}  // namespace rec::tests
