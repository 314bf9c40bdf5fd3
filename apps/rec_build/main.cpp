// rec-build: raw data in, a generation out.
#include <fmt/format.h>
#include <malloc.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <string>

#include "apps/rec_build/commands.h"
#include "offline/memory/size.h"

namespace rec::rec_build {
namespace {

struct Arguments {
  std::string directory, from, to, user;
  BuildArguments build;
  simulation::DemoOptions demo;
  EvaluateArguments evaluate;
};

void add_evaluate(CLI::App& app, EvaluateArguments& arguments) {
  CLI::App* command = app.add_subcommand("evaluate", "measure a pipeline on what users did afterwards");
  command->add_option("FILE", arguments.file, "the strategy (.rec)")->required();
  command->add_option("--data", arguments.data, "the data directory")->required();
  command->add_option("--pipeline", arguments.pipeline, "which pipeline of the file");
  command->add_option("--truth", arguments.truth, "the sequence whose events count as chosen")->required();
  command
      ->add_option("--holdout", arguments.holdout,
                   "what is kept from it: latest:10%, random:10%, last:1 of each user, or a .csv file of pairs in the "
                   "data directory that is no part of the data")
      ->capture_default_str();
  command->add_option("--at", arguments.at, "how many items of a page count; may be several: 20,50")
      ->delimiter(',')
      ->capture_default_str()
      ->check(CLI::Range(1, 100'000));
  command->add_option("--set", arguments.set, "NAME=VALUE, a parameter, or INDEX.OPTION=VALUE; may be repeated")
      ->allow_extra_args(false);
  command->add_option("--grid", arguments.grid, "NAME=V1,V2,..: every combination is tried on a validation part")
      ->allow_extra_args(false);
  command->add_option("--validation", arguments.validation,
                      "the validation part, like --holdout; random:10% for a file, else the same as the holdout");
  command->add_option("--by", arguments.by, "the metric that --grid chooses by")->capture_default_str();
  command->add_option("--users", arguments.users, "measure a sample of so many users");
  command->add_option("--seed", arguments.seed, "of the split, the sample and the intervals")->capture_default_str();
  command->add_option("--diversity", arguments.diversity, "the item column that pages are to be diverse in");
  command->add_option("--format", arguments.format)->check(CLI::IsMember({"table", "json"}))->capture_default_str();
}

void add_import(CLI::App& app, Arguments& arguments) {
  CLI::App* import = app.add_subcommand("import", "turn a public data set into a data directory");
  import->require_subcommand(1);
  for (const char* kind : {"movielens", "kuairand", "lightgcn"}) {
    CLI::App* one = import->add_subcommand(kind);
    one->add_option("FROM", arguments.from, "the data set's folder or file")->required();
    one->add_option("TO", arguments.to, "the data directory to write")->required();
  }
}

void add_demo(CLI::App& app, Arguments& arguments) {
  CLI::App* demo = app.add_subcommand("demo", "generate the demo universe");
  demo->add_option("DIR", arguments.directory, "the data directory to write")->required();
  demo->add_option("--users", arguments.demo.users)->capture_default_str()->check(CLI::Range(1, 10'000'000));
  demo->add_option("--items", arguments.demo.items)->capture_default_str()->check(CLI::Range(1, 10'000'000));
  demo->add_option("--seed", arguments.demo.seed)->capture_default_str();
  demo->add_flag("--truth", arguments.demo.write_truth, "write the latent affinities to truth.csv");
}

int dispatch(CLI::App& app, const Arguments& arguments) {
  if (const CLI::App* import = app.get_subcommand("import"); import->parsed()) {
    return run_import(import->get_subcommands().front()->get_name(), arguments.from, arguments.to);
  }
  if (app.got_subcommand("demo")) {
    return run_demo(arguments.directory, arguments.demo);
  }
  if (app.got_subcommand("evaluate")) {
    return run_evaluate(arguments.evaluate);
  }
  if (app.got_subcommand("check")) {
    return run_check(arguments.directory);
  }
  if (app.got_subcommand("inspect")) {
    return run_inspect(arguments.directory, arguments.user);
  }
  if (arguments.directory.empty()) {
    fmt::print(stderr, "{}", app.help());
    return kUsage;
  }
  return run_build(arguments.directory, arguments.build);
}

int run(int argc, char** argv) {
  Arguments arguments;
  CLI::App app("Makes data for rec-run: raw files and a catalog.yaml become a generation.", "rec-build");
  app.footer("A directory that is named like a subcommand is written with its path: ./check");
  app.set_version_flag("--version", "rec-build 0.1.0");
  app.require_subcommand(0, 1);
  app.add_option("DIR", arguments.directory, "the data directory to build");
  app.add_flag("--strict", arguments.build.strict, "rows that cannot be read are errors");
  app.add_flag("--full", arguments.build.full, "make everything again");
  app.add_option("--threads", arguments.build.threads, "threads for what is the same on any number; 0: one a core")
      ->check(CLI::Range(0, 1024));
  app.add_option("--vector-threads", arguments.build.vector_threads,
                 "threads for hnsw, ivf and pq; the last two then differ a little from build to build")
      ->check(CLI::Range(1, 1024));
  app.add_option_function<std::string>(
         "--memory", [&](const std::string& text) { arguments.build.memory = *memory::parse_size(text); },
         "what a build may hold in memory, as in 4GiB; half of the machine's, unless given. More data than that is "
         "processed in parts, with the same result")
      ->check([](const std::string& text) {
        return memory::parse_size(text) ? std::string() : fmt::format("`{}` is no size; write it like 4GiB", text);
      });
  add_import(app, arguments);
  add_demo(app, arguments);
  add_evaluate(app, arguments.evaluate);
  CLI::App* check = app.add_subcommand("check", "verify every checksum of the current generation");
  check->add_option("DIR", arguments.directory)->required();
  CLI::App* inspect = app.add_subcommand("inspect", "tables, counts, and one user's history");
  inspect->add_option("DIR", arguments.directory)->required();
  inspect->add_option("--user", arguments.user, "the key of the user whose sequences are shown");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kOk : kUsage;
  }
  return dispatch(app, arguments);
}

}  // namespace
}  // namespace rec::rec_build

int main(int argc, char** argv) {
  ::mallopt(M_MMAP_THRESHOLD, 1 << 20);  // what is long goes back to the system when it is freed: --memory counts it
  try {
    return rec::rec_build::run(argc, argv);
  } catch (const std::exception& error) {
    fmt::print(stderr, "error[R9001]: a bug in rec: {}\n", error.what());
    return rec::rec_build::kBug;
  }
}
