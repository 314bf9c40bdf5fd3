// The golden vectors, where this machine has them: brute-force results computed outside the project.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

namespace rec::tests {

/// REC_SHARED, or the folder `shared` beside the project. Nothing where the file is not there: the test is then
/// skipped.
inline std::optional<nlohmann::json> golden(const std::string& name) {
  const char* shared = std::getenv("REC_SHARED");
  const std::filesystem::path folder =
      shared != nullptr ? std::filesystem::path(shared) : std::filesystem::path(REC_SOURCE_DIR) / ".." / "shared";
  std::ifstream in(folder / "golden" / name);
  if (!in) return std::nullopt;
  return nlohmann::json::parse(in);
}

}  // namespace rec::tests
