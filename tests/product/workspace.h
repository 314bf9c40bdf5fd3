// A temporary data directory and the two programs run on it: what a user does, from a test.
#pragma once

#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "tests/store/temporary_directory.h"

namespace rec::product {

using Json = nlohmann::json;

struct Outcome {
  int exit = 0;
  std::string out, err;
};

class Workspace {
 public:
  std::string path(const std::string& name = "") const {
    return name.empty() ? directory_.root() : directory_.path(name);
  }

  void write(const std::string& name, const std::string& text) const {
    std::filesystem::create_directories(std::filesystem::path(path(name)).parent_path());
    std::ofstream(path(name), std::ios::binary) << text;
  }

  /// Float rows as NumPy's .npy, written by hand so that the reader is tested against the format, not against our
  /// writer.
  void write_npy(const std::string& name, const std::vector<std::vector<float>>& rows) const {
    std::string header = "{'descr': '<f4', 'fortran_order': False, 'shape': (" + std::to_string(rows.size()) + ", " +
                         std::to_string(rows.empty() ? 0 : rows[0].size()) + "), }";
    while ((10 + header.size() + 1) % 64 != 0) header += ' ';
    header += '\n';
    std::string bytes = "\x93NUMPY";
    bytes += '\x01';
    bytes += '\0';
    bytes += static_cast<char>(header.size() & 255);
    bytes += static_cast<char>(header.size() >> 8);
    bytes += header;
    for (const auto& row : rows) bytes.append(reinterpret_cast<const char*>(row.data()), row.size() * sizeof(float));
    write(name, bytes);
  }

  Outcome build(const std::string& arguments = "") const {
    return command("rec-build", "'" + path() + "' " + arguments);
  }

  Outcome rec_run(const std::string& arguments) const { return command("rec-run", arguments); }

  /// Runs `text` as page.rec over a file of requests; one JSON object a request. Fails the test where the program does.
  std::vector<Json> pages(const std::string& text, const std::vector<Json>& requests,
                          const std::string& arguments = "") const {
    write("page.rec", text);
    std::string lines;
    for (const auto& request : requests) lines += request.dump() + "\n";
    write("requests.jsonl", lines);
    const Outcome run = rec_run("'" + path("page.rec") + "' --data '" + path() + "' --requests '" +
                                path("requests.jsonl") + "' --format json " + arguments);
    EXPECT_EQ(run.exit, 0) << run.err << run.out;
    std::vector<Json> out;
    std::istringstream in(run.out);
    for (std::string line; std::getline(in, line);) out.push_back(Json::parse(line));
    EXPECT_EQ(out.size(), requests.size()) << run.err;
    return out;
  }

  Outcome command(const std::string& program, const std::string& arguments) const {
    const std::string out = path(".stdout"), err = path(".stderr");
    const std::string line =
        std::string(REC_BINARY_DIR) + "/" + program + " " + arguments + " >'" + out + "' 2>'" + err + "' </dev/null";
    const int status = std::system(line.c_str());
    return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), read(out), read(err)};
  }

  static std::string read(const std::string& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }

 private:
  TemporaryDirectory directory_;
};

/// The folder of golden vectors and real data, or empty.
inline std::string shared_folder() {
  if (const char* given = std::getenv("REC_SHARED")) return given;
  const std::string beside = std::string(REC_SOURCE_DIR) + "/../shared";
  return std::filesystem::exists(beside) ? beside : "";
}

inline Json golden(const std::string& topic) {
  const std::string file = shared_folder() + "/golden/" + topic + ".json";
  if (shared_folder().empty() || !std::filesystem::exists(file)) return {};
  return Json::parse(Workspace::read(file));
}

/// Similarities of golden vectors, {"i,j": value} with i < j, both ways round.
inline std::map<std::pair<int, int>, double> golden_pairs(const Json& by_pair) {
  std::map<std::pair<int, int>, double> out;
  for (const auto& [key, value] : by_pair.items()) {
    const int i = std::stoi(key), j = std::stoi(key.substr(key.find(',') + 1));
    out[{i, j}] = out[{j, i}] = value.get<double>();
  }
  return out;
}

#define REC_GOLDEN_OR_SKIP(NAME, TOPIC)          \
  const Json NAME = rec::product::golden(TOPIC); \
  if (NAME.is_null()) GTEST_SKIP() << "no golden vectors beside the project (REC_SHARED names their folder)"

}  // namespace rec::product
