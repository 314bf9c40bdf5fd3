// How a source hands its candidates, best first, through the channel's conditions until enough qualify.
#pragma once

#include <algorithm>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "operators/operator.h"

namespace rec::operators {

/// Rows that go through the conditions at once when nothing is known about how many will pass.
inline constexpr size_t kAdmissionBlock = 1024;

/// Collects what qualifies, in the order in which it is offered, up to the channel's `take`.
class Admission {
 public:
  explicit Admission(const SourceCall& call) : Admission(call.admit, call.reordered ? std::nullopt : call.take) {}
  Admission(const AdmitFn& admit, std::optional<uint32_t> wanted) : admit_(admit), wanted_(wanted) {}

  /// No further candidate is needed.
  bool done() const { return wanted_ && found_.rows.size() >= *wanted_; }
  /// How many rows to offer next: twice what is missing, as some will not qualify; more each time.
  size_t block(size_t left) {
    if (!wanted_) return std::min(left, kAdmissionBlock);
    next_block_ =
        std::min(std::max<size_t>(next_block_ * 2, 2 * (*wanted_ - found_.rows.size()) + 16), kAdmissionBlock);
    return std::min(left, next_block_);
  }
  /// `scores`: one a row, or empty.
  void offer(std::span<const uint32_t> rows, std::span<const float> scores = {}) {
    keep_.assign(rows.size(), 1);
    admit_(rows, keep_);
    found_.looked_at += rows.size();
    size_t count = found_.rows.size();
    const size_t most = std::min<size_t>(wanted_.value_or(UINT32_MAX), count + rows.size());
    found_.rows.resize(count + rows.size());
    if (!scores.empty()) found_.scores.resize(count + rows.size());
    for (size_t i = 0; i < rows.size() && count < most; ++i) {  // one that does not qualify is written over
      found_.rows[count] = rows[i];
      if (!scores.empty()) found_.scores[count] = scores[i];
      count += keep_[i] != 0 ? 1 : 0;
    }
    found_.rows.resize(count);
    if (!scores.empty()) found_.scores.resize(count);
  }
  /// What was found since the last call.
  Candidates take() { return std::exchange(found_, {}); }

 private:
  const AdmitFn& admit_;
  std::optional<uint32_t> wanted_;
  size_t next_block_ = 0;
  std::vector<uint8_t> keep_;
  Candidates found_;
};

}  // namespace rec::operators
