// From text to plan: home_feed.rec, parsed, checked, with and without passes, beside the 5 ms that a saved file may
// take; then from plan to native code.
#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>

#include "bench/compile_native.h"
#include "bench/measure.h"
#include "compiler/catalog/catalog.h"
#include "compiler/compile.h"
#include "compiler/syntax/parse.h"
#include "offline/simulation/catalog_text.h"

namespace rec::bench {
namespace {

constexpr double kBar = 5'000;  // microseconds

int run(const std::string& path) {
  source::Sources sources;
  diagnostics::Diagnostics diagnostics;
  const auto catalog =
      catalog::parse_catalog(sources.add("catalog.yaml", std::string(simulation::kCatalogText)), sources, diagnostics);
  const operators::Registry registry;
  const auto compiled = [&](std::vector<std::string> without) {
    source::Sources read;
    auto out =
        compiler::compile(path, catalog, registry, read, diagnostics, {.passes = {.without = std::move(without)}});
    if (diagnostics.has_errors()) std::exit(1);
    return out;
  };
  if (diagnostics.has_errors()) return 3;
  const auto sample = [](auto work) {
    std::vector<double> times;
    for (int s = -3; s < 31; ++s) {
      const double begin = thread_seconds();
      work();
      if (s >= 0) times.push_back((thread_seconds() - begin) * 1e6);
    }
    return spread(times);
  };
  const auto show = [](std::string_view what, const Spread& us) {
    fmt::print("  {:<36} {:>8.0f} us  ({:.0f} .. {:.0f})\n", what, us.median, us.least, us.most);
  };
  fmt::print("home_feed.rec, from text to plan (CPU time)\n");
  show("read and parsed", sample([&] {
         source::Sources read;
         syntax::parse_module(*read.read(path), read, diagnostics);
       }));
  show("with names, types, levels", sample([&] { compiled({"all"}); }));
  const Spread whole = sample([&] { compiled({}); });
  show("with passes", whole);
  fmt::print("  of the 5 ms it may take: {:.2f}\n", whole.median / kBar);
  return whole.median <= kBar ? 0 : 1;
}

}  // namespace
}  // namespace rec::bench

int main() {
  const int exit = rec::bench::run(std::string(REC_SOURCE_DIR) + "/pipelines/home_feed.rec");
  return rec::bench::compile_native() ? exit : 1;
}
