// Data to measure on: what a pipeline may know, and what the users did that it may not.
#pragma once

#include <expected>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "offline/build/build.h"
#include "offline/ingest/holdout.h"
#include "runtime/store/generation.h"

namespace rec::evaluation {

/// `latest:10%`, `last:1`, `random:10%`, or a file of pairs in the data directory.
struct HoldoutSpec {
  enum class Kind { latest, last, random, file } kind = Kind::random;
  double share = 0.1;
  uint32_t count = 1;
  std::string file{};
  bool operator==(const HoldoutSpec&) const = default;
};
std::expected<HoldoutSpec, std::string> parse_holdout(const std::string& text);

/// What went wrong; without a message, the diagnostics say it. `usage`: in what was asked for.
struct Failure {
  std::string message{};
  bool usage = false;
};

struct Split {
  std::shared_ptr<const store::Generation> generation;
  std::map<std::string, std::set<uint32_t>> truth{};  // items by the user's key as text
  std::vector<uint32_t> users_of{};                   // by item: users who had it in what is known
  uint64_t users = 0;                                 // who had any
  uint64_t pairs = 0;
  uint64_t known_before = 0;  // pairs left out because the user had the item in what is known
  uint64_t gone = 0;          // pairs of a file whose user or item has no row
  std::string text{};         // "random 10 %, seed 1"
};

struct SplitRequest {
  std::string data;                     // the data directory
  std::string truth;                    // the sequence whose events count
  std::vector<HoldoutSpec> holdouts{};  // one after another; the last one's events are the truth
  uint64_t seed = 1;
  std::vector<build::IndexSetting> settings{};
  std::function<void(const std::string&, double)> progress{};
};

/// Builds what is left of the data in DIR/evaluation, or takes the generation that is there for a file alone.
std::expected<Split, Failure> make_split(const SplitRequest& request, source::Sources& sources,
                                         diagnostics::Diagnostics& diagnostics);

}  // namespace rec::evaluation
