// The candidates of the reference while its steps run, each value in memory of its own.
#pragma once

#include <algorithm>
#include <cstring>
#include <vector>

#include "tests/interpreter/reference.h"

namespace rec::interpreter {

/// Columns that grow when rows come in late.
class PageState {
 public:
  PageState(const graph::Plan& plan, size_t channels) : plan_(plan), lets_(plan.let_columns.size()) {
    batch.lets.resize(lets_.size());
    channels_.resize(channels);
    batch.channels.resize(channels);
  }

  uint32_t add(uint32_t row) {
    batch.rows.push_back(row);
    for (auto& let : lets_) let.resize(batch.rows.size());
    for (auto& channel : channels_) channel.resize(batch.rows.size());
    publish();
    return static_cast<uint32_t>(batch.rows.size() - 1);
  }
  void set_let(uint32_t column, uint32_t at, const Cell& cell) {
    lets_[column].resize(batch.rows.size());
    lets_[column].set(at, cell, types::width(plan_.let_columns[column].type));
    publish();
  }
  void set_channel(size_t channel, uint32_t at, int32_t position, const float* score, const std::vector<Cell>& emits) {
    Channel& to = channels_[channel];
    to.position[at] = position;
    to.scored = to.scored || score != nullptr;
    to.score[at] = score == nullptr ? 0 : *score;
    to.emits.resize(std::max(to.emits.size(), emits.size()));
    for (size_t e = 0; e < emits.size(); ++e) {
      to.emits[e].resize(batch.rows.size());
      to.emits[e].set(at, emits[e], sizeof emits[e].bytes);
    }
    publish();
  }
  Batch batch;

 private:
  struct Column {
    std::vector<std::byte> bytes;
    std::vector<uint8_t> present;
    size_t width = 0;

    void resize(size_t rows) {
      present.resize(rows);
      bytes.resize(rows * width);
    }
    void set(uint32_t at, const Cell& cell, size_t cell_width) {
      width = cell_width;
      bytes.resize(present.size() * width);
      present[at] = cell.present ? 1 : 0;
      std::memcpy(bytes.data() + at * width, cell.bytes.data(), width);
    }
  };
  struct Channel {
    std::vector<int32_t> position;
    std::vector<float> score;
    std::vector<Column> emits;
    bool scored = false;

    void resize(size_t rows) {
      position.resize(rows);
      score.resize(rows);
      for (auto& emit : emits) emit.resize(rows);
    }
  };

  void publish() {
    for (size_t i = 0; i < lets_.size(); ++i) {
      if (lets_[i].width > 0) batch.lets[i] = {.values = lets_[i].bytes, .present = lets_[i].present.data()};
    }
    for (size_t c = 0; c < channels_.size(); ++c) {
      batch.channels[c].position = channels_[c].position;
      batch.channels[c].score =
          channels_[c].scored ? std::span<const float>(channels_[c].score) : std::span<const float>{};
      batch.channels[c].emits.resize(channels_[c].emits.size());
      for (size_t e = 0; e < channels_[c].emits.size(); ++e) {
        Column& from = channels_[c].emits[e];
        batch.channels[c].emits[e] = {.values = from.bytes, .present = from.present.data()};
      }
    }
  }

  const graph::Plan& plan_;
  std::vector<Column> lets_;
  std::vector<Channel> channels_;
};

}  // namespace rec::interpreter
