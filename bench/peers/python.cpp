// numpy and numexpr: a process of its own that reads the columns from files, and is asked line by line (arrays.py).
#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>

#include "bench/peers/peers.h"

namespace rec::bench::peers {
namespace {

template <typename T>
void write(const World& world, const char* name, const T* values) {
  std::ofstream(world.path(std::string(name) + ".column"), std::ios::binary)
      .write(reinterpret_cast<const char*>(values), kCandidates * sizeof(T));
}

void write_columns(const World& world) {
  const Columns& in = world.columns();
  write(world, "p", in.p);
  write(world, "l", in.l);
  write(world, "c", in.c);
  write(world, "s", in.s);
  write(world, "created", in.created);
  write(world, "price", in.price);
  write(world, "category", in.category);
  const Question& asked = world.question();
  std::ofstream(world.path("asked")) << fmt::format("after={}\nprice={}\ncodes={}\ncategories={}\n",
                                                    asked.now - asked.age, asked.price, asked.codes,
                                                    fmt::join(asked.categories, ","));
}

template <typename T>
std::vector<T> read(const std::string& path) {
  std::ifstream in(path, std::ios::binary | std::ios::ate);
  std::vector<T> out(static_cast<size_t>(in.tellg()) / sizeof(T));
  in.seekg(0).read(reinterpret_cast<char*>(out.data()), static_cast<std::streamsize>(out.size() * sizeof(T)));
  return out;
}

/// A program that answers a line with a line.
class Process {
 public:
  explicit Process(const std::vector<std::string>& command) {
    int in[2], out[2];
    if (pipe2(in, O_CLOEXEC) != 0 || pipe2(out, O_CLOEXEC) != 0) std::abort();  // no end is left in the next one
    child_ = fork();
    if (child_ == 0) {
      dup2(in[0], 0);
      dup2(out[1], 1);
      std::vector<char*> words;
      for (const std::string& word : command) words.push_back(const_cast<char*>(word.c_str()));
      words.push_back(nullptr);
      execvp(words[0], words.data());
      _exit(127);
    }
    close(in[0]);
    close(out[1]);
    to_ = fdopen(in[1], "w");
    from_ = fdopen(out[0], "r");
  }
  ~Process() {
    std::fclose(to_);
    std::fclose(from_);
    waitpid(child_, nullptr, 0);
  }
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  std::string ask(const std::string& line) {
    fmt::print(to_, "{}\n", line);
    std::fflush(to_);
    return answer();
  }
  /// Empty where it ended.
  std::string answer() {
    char line[256];
    if (std::fgets(line, sizeof line, from_) == nullptr) return {};
    return std::string(line, std::string_view(line).find('\n'));
  }

 private:
  pid_t child_;
  FILE *to_ = nullptr, *from_ = nullptr;
};

/// SVML's pow is numpy's, libm's numexpr's, which computes formulas with many numbers in double.
uint32_t ulps_of(const Work& work) {
  if (work.kind == Kind::formula) return 256;
  return work.kind == Kind::powers ? 24 : 0;
}

/// The Python that has the tool; empty where none has.
std::string interpreter_with(const std::string& tool) {
  for (const std::string python : {"python3", "/usr/bin/python3"}) {
    if (std::system(fmt::format("{} -c 'import {}' 2>/dev/null", python, tool).c_str()) == 0) return python;
  }
  return {};
}

}  // namespace

Peer python(const World& world, const std::string& tool) {
  signal(SIGPIPE, SIG_IGN);
  const std::string python = interpreter_with(tool);
  if (python.empty()) {
    return [tool](const Task&) -> std::vector<Entry> { return {Absent{tool, "apt install python3-" + tool}}; };
  }
  write_columns(world);
  const auto process = std::make_shared<Process>(std::vector<std::string>{
      python, REC_SOURCE_DIR "/bench/peers/arrays.py", tool, world.path("."), std::to_string(kCandidates)});
  const bool started = process->answer() == "ready";
  // Only the latest task's contender may run: the process knows one work at a time.
  return [=](const Task& task) -> std::vector<Entry> {
    if (!started) return {Absent{tool, "its process ended"}};
    const std::string line = fmt::format("prepare {} {} {}", task.work.name, task.candidates, task.work.formula);
    if (process->ask(line) != "ready") return {};
    return {Contender{
        .who = tool,
        .outputs =
            [process, path = task.world.path("outputs"), selects = task.work.selects()] {
              process->ask("outputs " + path);
              return selects ? Outputs{.values = {}, .rows = read<uint32_t>(path)}
                             : Outputs{.values = read<float>(path), .rows = {}};
            },
        .ulps = ulps_of(task.work),
        .seconds = [process](size_t runs) { return std::stod("0" + process->ask(fmt::format("run {}", runs))); }}};
  };
}

}  // namespace rec::bench::peers
