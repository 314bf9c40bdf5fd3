// A formula as C, compiled by clang while the benchmark runs, and loaded.
#include <dlfcn.h>
#include <fmt/format.h>

#include <cstdlib>
#include <fstream>
#include <regex>

#include "bench/peers/peers.h"

namespace rec::bench::peers {
namespace {

using Function = void (*)(const float*, const float*, const float*, const float*, size_t, float*);

/// Numbers get an f, columns an index.
std::string as_c(const std::string& formula) {
  const std::string floats = std::regex_replace(formula, std::regex(R"((\d+\.\d+))"), "$1f");
  return std::regex_replace(floats, std::regex(R"(\b([plcs])\b)"), "$1[i]");
}

}  // namespace

std::vector<Entry> compiled_formula(const Task& task) {
  const std::string who = "C loop, clang 19", source = task.world.path(task.work.name + ".c"),
                    object = task.world.path(task.work.name + ".so");
  std::ofstream(source) << "#include <stddef.h>\nvoid work(const float *p, const float *l, const float *c, const float "
                           "*s, size_t n, float *restrict out) {\n  for (size_t i = 0; i < n; ++i) out[i] = "
                        << as_c(task.work.formula) << ";\n}\n";
  const std::string command =
      fmt::format("clang-19 -O3 -march=native -ffp-contract=off -shared -fPIC -o {} {} 2>/dev/null", object, source);
  if (std::system(command.c_str()) != 0) return {Absent{who, "apt install clang-19"}};
  void* library = dlopen(object.c_str(), RTLD_NOW);
  const auto function = library == nullptr ? nullptr : reinterpret_cast<Function>(dlsym(library, "work"));
  if (function == nullptr) return {Absent{who, "what it compiled does not load"}};
  const auto values = std::make_shared<std::vector<float>>(task.candidates);
  return {Contender{.who = who,
                    .run = [=, &in = task.world.columns(),
                            n = task.candidates] { function(in.p, in.l, in.c, in.s, n, values->data()); },
                    .outputs = [values] { return Outputs{.values = *values, .rows = {}}; }}};
}

}  // namespace rec::bench::peers
