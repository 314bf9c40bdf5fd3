// A million candidates and a user, built as any data directory is; their columns as Rec maps them, for all who do the
// works.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "bench/built.h"
#include "bench/peers/columns.h"

namespace rec::bench {

inline constexpr uint32_t kCandidates = 1'000'000;
inline constexpr int64_t kNow = 1'793'836'800'000'000;  // microseconds
/// The strategy's eight categories, as a list of the language.
inline constexpr const char* kCategories = R"(["k00", "k01", "k03", "k04", "k06", "k07", "k09", "k10"])";

class World {
 public:
  World();

  const store::Generation& generation() const { return *built_.generation; }
  std::shared_ptr<const graph::Plan> plan(const std::string& name, const std::string& text) {
    return built_.plan(name, text);
  }
  const Columns& columns() const { return columns_; }
  const Question& question() const { return question_; }
  /// Where files for other programs may be put; gone at the end.
  std::string path(const std::string& name) const { return built_.path(name); }

 private:
  void write_files();
  void read_back();

  Built built_;
  Columns columns_;
  Question question_;
  std::vector<int32_t> categories_, languages_;
  std::vector<uint32_t> clicks_;
};

}  // namespace rec::bench
