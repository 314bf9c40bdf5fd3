// A data directory of a test's own, built by the builder itself: how any test comes by a generation.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "offline/build/build.h"
#include "runtime/store/generation.h"
#include "tests/offline/temporary_folder.h"

namespace rec::testing {

class DataDirectory : public TemporaryFolder {
 public:
  build::BuildReport build(build::BuildOptions options = {}) {
    diagnostics_ = {};
    return build::build(path(), options, sources_, diagnostics_);
  }
  std::shared_ptr<const store::Generation> open() {
    diagnostics_ = {};
    return store::open_generation(path(), sources_, diagnostics_);
  }
  bool check() {
    diagnostics_ = {};
    return build::check(path(), sources_, diagnostics_);
  }
  /// What the last call reported, with the folder's name replaced.
  std::string report() {
    diagnostics_.sort();
    std::string text = diagnostics::render_text(diagnostics_, sources_);
    for (size_t at = 0; (at = text.find(path(), at)) != std::string::npos;) {
      text.replace(at, path().size(), "DIR");
    }
    return text;
  }
  const diagnostics::Diagnostics& diagnostics() const { return diagnostics_; }

 private:
  source::Sources sources_;
  diagnostics::Diagnostics diagnostics_;
};

}  // namespace rec::testing
