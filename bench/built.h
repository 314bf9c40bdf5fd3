// A data directory of its own for a benchmark, built; gone at the end.
#pragma once

#include <fmt/format.h>
#include <stdlib.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include "compiler/compile.h"
#include "offline/build/build.h"
#include "runtime/engine/engine.h"

namespace rec::bench {

class Built {
 public:
  Built() {
    std::string pattern = (std::filesystem::temp_directory_path() / "rec-bench-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) std::abort();
    path_ = pattern;
  }
  ~Built() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  Built(const Built&) = delete;
  Built& operator=(const Built&) = delete;

  std::string path(const std::string& name) const { return path_ + "/" + name; }
  void write(const std::string& name, const std::string& text) const { std::ofstream(path(name)) << text; }

  /// Builds what was written. Ends the program, as all else here, where something is wrong.
  void build() {
    build::build(path_, {}, sources, diagnostics_);
    if (!diagnostics_.has_errors()) generation = store::open_generation(path_, sources, diagnostics_);
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
  std::string path_;
  diagnostics::Diagnostics diagnostics_;
};

}  // namespace rec::bench
