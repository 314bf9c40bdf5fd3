// Answers requests, a line of JSON each, and takes a new strategy between two of them: `reload FILE.rec`.
#include <iostream>
#include <memory>
#include <string>

#include "runtime/engine/engine.h"
#include "runtime/engine/pool.h"
#include "runtime/native/tier.h"

using namespace rec;

/// What a request runs on. Nothing of it changes; whoever runs on it keeps it alive.
struct Strategy {
  source::Sources sources;  // the .rec files, for messages
  std::shared_ptr<const store::Generation> generation;
  std::shared_ptr<const graph::Plan> plan;
};

/// The newest data and the strategy of a file. Null where there is a mistake, which is then said with file and line.
std::shared_ptr<const Strategy> load(const std::string& file, const std::string& data,
                                     const operators::Registry& registry) {
  auto made = std::make_shared<Strategy>();
  diagnostics::Diagnostics diagnostics;
  made->generation = store::open_generation(data, made->sources, diagnostics);
  if (made->generation != nullptr) {
    const auto& catalog = made->generation->catalog();
    made->plan = compiler::compile(file, catalog, registry, made->sources, diagnostics).pipeline("", diagnostics);
  }
  std::cerr << diagnostics::render_text(diagnostics, made->sources);
  return made->plan == nullptr ? nullptr : made;
}

std::string answer(const Strategy& strategy, const engine::Serving& serving, const std::string& line) {
  const auto request = engine::parse_request(line, *strategy.plan, strategy.generation->catalog());
  if (!request) return engine::error_json(request.error());
  const auto page = engine::recommend(strategy.plan, strategy.generation, *request, serving);
  return page ? engine::page_json(*page, false) : engine::error_json(page.error());
}

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "serve FILE.rec DATA\n";
    return 2;
  }
  const operators::Registry registry;  // outlives every plan
  auto strategy = load(argv[1], argv[2], registry);
  if (strategy == nullptr) return 1;

  engine::Pool pool;  // for channels with a `timeout` and sources that wait
  std::unique_ptr<native::Tiers> tiers;
  if (auto compiler = native::make_compiler({})) {
    tiers = std::make_unique<native::Tiers>(*compiler);
  } else {
    std::cerr << compiler.error() << "; the interpreter serves\n";
  }

  const std::string reload = "reload ";
  for (std::string line; std::getline(std::cin, line);) {
    if (line.starts_with(reload)) {
      if (auto next = load(line.substr(reload.size()), argv[2], registry)) strategy = next;  // else the old one stays
    } else {
      std::cout << answer(*strategy, {.pool = &pool, .tiers = tiers.get()}, line) << std::endl;
    }
  }
}
