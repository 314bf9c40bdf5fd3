// A generation of a few tables, rows and events with every kind of column, written to a folder of its own; plans
// compiled against it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "compiler/compile.h"
#include "operators/registry.h"
#include "runtime/interpreter/evaluate.h"
#include "runtime/store/generation.h"
#include "tests/store/temporary_directory.h"

namespace rec::interpreter {

class SmallWorld {
 public:
  static constexpr uint32_t kNotes = 2500;
  static constexpr int64_t kNow = 1'790'000'000'000'000;

  /// `unused_strings`: so many more are in the dictionary of the notes.
  explicit SmallWorld(uint32_t unused_strings = 0);

  const store::Generation& generation() const { return *generation_; }
  const source::Sources& sources() const { return sources_; }
  /// The pipeline `p` of a text, as written unless `passes` says more; an empty pointer and the diagnostics on the
  /// error stream where it does not compile.
  std::shared_ptr<const graph::Plan> compile(const std::string& text,
                                             const passes::Options& passes = {.without = {"all"}});
  /// A pipeline that emits the expressions, after `steps`; their ids are plan.emits[i].value.
  std::shared_ptr<const graph::Plan> compile_expressions(const std::vector<std::string>& expressions,
                                                         const std::string& steps = "");
  /// User 1 has events, user 2 none; 99 has no row.
  RequestInputs inputs(const graph::Plan& plan, int64_t user = 1) const;

 private:
  void write_tables(uint32_t unused_strings);
  void write_manifest(uint64_t epoch);
  void write_events();
  void open();

  TemporaryDirectory directory_;
  source::Sources sources_;
  diagnostics::Diagnostics diagnostics_;
  operators::Registry registry_;
  std::unique_ptr<store::Generation> generation_;
  int compiled_ = 0;
};

/// One for all tests of the program.
SmallWorld& small_world();

/// The same inputs, `block` rows processed at a time.
inline RequestInputs in_blocks_of(size_t block, RequestInputs inputs) {
  inputs.block = block;
  return inputs;
}

}  // namespace rec::interpreter
