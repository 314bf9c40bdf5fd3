// A data directory of its own for a benchmark, built; gone at the end.
#pragma once

#include <fmt/format.h>

#include <cstdlib>
#include <memory>
#include <string>

#include "bench/folder.h"
#include "compiler/compile.h"
#include "offline/build/build.h"
#include "runtime/engine/engine.h"

namespace rec::bench {

class Built : public Folder {
 public:
  /// Builds what was written. Ends the program, as all else here, where something is wrong.
  void build() {
    build::build(path(), {}, sources, diagnostics_);
    if (!diagnostics_.has_errors()) generation = store::open_generation(path(), sources, diagnostics_);
    if (generation == nullptr) give_up();
  }
  std::shared_ptr<const graph::Plan> plan(const std::string& name, const std::string& text) {
    write(name + ".rec", text);
    auto plan = compiler::compile(path(name + ".rec"), generation->catalog(), registry, sources, diagnostics_)
                    .pipeline("", diagnostics_);
    if (plan == nullptr) give_up();
    return plan;
  }

  source::Sources sources;
  operators::Registry registry;
  std::shared_ptr<const store::Generation> generation;

 private:
  [[noreturn]] void give_up() {
    fmt::print(stderr, "{}", render_text(diagnostics_, sources));
    std::exit(3);
  }
  diagnostics::Diagnostics diagnostics_;
};

}  // namespace rec::bench
