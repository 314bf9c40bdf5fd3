// Comparing with all, walking a graph, scanning cells. Each goes on from where it stopped when more are wanted.
#include "operators/recall/vector_search.h"

#include <algorithm>
#include <limits>
#include <queue>

#include "operators/numerics/float_lanes.h"
#include "operators/recall/graph_walk.h"

namespace rec::operators {
namespace {

/// Takes the `wanted` best out of `left`.
std::vector<ScoredRow> take_best(std::vector<ScoredRow>& left, size_t wanted) {
  if (wanted >= left.size()) return std::exchange(left, {});
  const auto middle = left.end() - static_cast<std::ptrdiff_t>(wanted);
  std::nth_element(left.begin(), middle, left.end(), [](const auto& a, const auto& b) { return comes_before(b, a); });
  std::vector<ScoredRow> out(middle, left.end());
  left.erase(middle, left.end());
  return out;
}

// ---- all ----

class Flat : public VectorSearch {
 public:
  Flat(const store::VectorIndex& index, const float* query) : index_(index), query_(query) {}

  /// Products are kept: where conditions want more than was thought, the vectors are not read again.
  std::vector<ScoredRow> more(size_t wanted) override {
    wanted = std::min<size_t>(wanted, index_.count - handed_);
    if (wanted == 0) return {};
    const bool first = scores_ == nullptr;
    if (first) scores_ = std::make_unique_for_overwrite<float[]>(index_.count);
    std::vector<ScoredRow> kept;
    kept.reserve(std::min<size_t>(2 * wanted, index_.count));
    float least = -std::numeric_limits<float>::infinity();
    for (size_t begin = 0; begin < index_.count; begin += kBlock) {
      const size_t end = std::min<size_t>(begin + kBlock, index_.count);
      if (first) score(begin, end);
      for (size_t eight = begin; eight < end; eight += numerics::kFloats) {
        const size_t behind = std::min(eight + numerics::kFloats, end);
        if (behind - eight == numerics::kFloats && !numerics::any_not_below(scores_.get() + eight, least)) continue;
        for (size_t at = eight; at < behind; ++at) {
          const ScoredRow one{index_.row[at], scores_[at]};
          if (one.score < least || (!first && !comes_before(last_, one))) continue;
          kept.push_back(one);
          if (kept.size() == 2 * wanted) least = cut(kept, wanted);
        }
      }
    }
    if (kept.size() > wanted) cut(kept, wanted);
    handed_ += kept.size();
    last_ = *std::ranges::max_element(kept, comes_before);
    return kept;
  }

 private:
  static constexpr size_t kBlock = 1024;

  void score(size_t begin, size_t end) {
    for (size_t at = begin; at < end; ++at)
      scores_[at] = numerics::float_dot(query_, index_.vector(static_cast<uint32_t>(at)), index_.dimension);
  }
  /// Keeps the best; the least score among them.
  static float cut(std::vector<ScoredRow>& kept, size_t wanted) {
    std::nth_element(kept.begin(), kept.begin() + static_cast<std::ptrdiff_t>(wanted) - 1, kept.end(), comes_before);
    kept.resize(wanted);
    return kept.back().score;
  }

  const store::VectorIndex& index_;
  const float* query_;
  std::unique_ptr<float[]> scores_{};
  size_t handed_ = 0;
  ScoredRow last_{};  // of those handed over
};

// ---- graph ----

class GraphSearch : public VectorSearch {
 public:
  GraphSearch(const store::VectorIndex& index, const float* query, size_t ef) : index_(index), query_(query), ef_(ef) {}

  std::vector<ScoredRow> more(size_t wanted) override {
    if (index_.count == 0) return {};
    ef_ = std::max(ef_, handed_ + wanted);
    // Where a good part of the vertices is wanted, the graph is of no help.
    if (ef_ > index_.count / 4) return the_rest();
    if (met_ == nullptr) start();
    walk();
    std::vector<ScoredRow> out;
    // The best ef are in `found_`; most of them were handed over before, unless nearer ones turned up since.
    if (found_.size() > ef_) {
      std::ranges::nth_element(found_, found_.begin() + static_cast<std::ptrdiff_t>(ef_), std::ranges::greater{},
                               &Vertex::score);
    }
    out.reserve(std::min(found_.size(), ef_));
    for (size_t i = 0; i < std::min(found_.size(), ef_); ++i) {
      Vertex& one = found_[i];
      if (one.handed) continue;
      one.handed = true;
      out.push_back({index_.row[one.at], one.score});
    }
    handed_ += out.size();
    if (out.empty()) return the_rest();
    ef_ = 2 * ef_;
    return out;
  }

 private:
  struct Vertex {
    float score;
    uint32_t at;
    bool walked = false, handed = false;
  };

  float score(uint32_t at) const { return numerics::float_dot(query_, index_.vector(at), index_.dimension); }

  void start() {
    thread_local Met met;
    met_ = &met;
    met_->begin(index_.count);
    Vertex best{score(index_.graph.entry), index_.graph.entry};
    for (uint32_t layer = index_.graph.layers - 1; layer > 0; --layer) {
      for (bool nearer = true; nearer;) {
        nearer = false;
        for (const uint32_t next : index_.graph.links_of(best.at, layer)) {
          if (next == store::VectorGraph::kNoLink) break;
          if (const float value = score(next); value > best.score) {
            best = {value, next};
            nearer = true;
          }
        }
      }
    }
    met_->add(best.at);
    found_.push_back(best);
  }

  /// Best-first in the lowest layer until the best ef are all walked.
  void walk() {
    // What was too far for a smaller ef may be near enough now.
    found_.insert(found_.end(), passed_.begin(), passed_.end());
    passed_.clear();
    std::priority_queue<std::pair<float, uint32_t>> open;  // score, place in found_
    std::priority_queue<float, std::vector<float>, std::greater<>> best;
    const auto keep = [&](float value) {
      if (best.size() < ef_) {
        best.push(value);
      } else if (value > best.top()) {
        best.pop();
        best.push(value);
      }
    };
    for (uint32_t place = 0; place < found_.size(); ++place) {
      keep(found_[place].score);
      if (!found_[place].walked) open.emplace(found_[place].score, place);
    }
    while (!open.empty()) {
      const auto [value, place] = open.top();
      if (best.size() >= ef_ && value < best.top()) break;
      open.pop();
      found_[place].walked = true;
      const auto links = index_.graph.links_of(found_[place].at, 0);
      next_.clear();
      for (const uint32_t next : links) {
        if (next == store::VectorGraph::kNoLink) break;
        met_->fetch(next);
      }
      for (const uint32_t next : links) {
        if (next == store::VectorGraph::kNoLink) break;
        if (!met_->add(next)) continue;
        next_.push_back(next);
        fetch_vector(index_.vector(next), index_.dimension);
      }
      for (const uint32_t next : next_) {
        const float own = score(next);
        if (best.size() >= ef_ && own <= best.top()) {
          passed_.push_back({own, next});
          continue;
        }
        keep(own);
        open.emplace(own, static_cast<uint32_t>(found_.size()));
        found_.push_back({own, next});
      }
    }
  }

  /// Everything that was not handed over yet.
  std::vector<ScoredRow> the_rest() {
    if (done_) return {};
    done_ = true;
    std::vector<uint8_t> handed(index_.count);
    for (const Vertex& one : found_) handed[one.at] = one.handed ? 1 : 0;
    std::vector<ScoredRow> out;
    for (uint32_t at = 0; at < index_.count; ++at) {
      if (handed[at] == 0) out.push_back({index_.row[at], score(at)});
    }
    return out;
  }

  const store::VectorIndex& index_;
  const float* query_;
  size_t ef_;
  size_t handed_ = 0;
  bool done_ = false;
  Met* met_ = nullptr;
  std::vector<Vertex> found_{}, passed_{};
  std::vector<uint32_t> next_{};
};

// ---- cells ----

class CellSearch : public VectorSearch {
 public:
  CellSearch(const store::VectorIndex& index, const float* query, size_t probe)
      : index_(index), query_(query), probe_(probe) {
    const auto& cells = index_.cells;
    for (uint32_t cell = 0; cell < cells.count; ++cell)
      cells_.push_back(
          {cell, numerics::float_dot(query, cells.centroids + size_t{cell} * index.dimension, index.dimension)});
    std::ranges::sort(cells_, comes_before);
    if (index_.codes.subvectors > 0) make_table();
  }

  std::vector<ScoredRow> more(size_t wanted) override {
    if (const size_t end = std::min(cells_.size(), next_ + probe_); end > next_) {
      for (; next_ < end; ++next_) scan(cells_[next_]);
    }
    while (left_.empty() && next_ < cells_.size()) scan(cells_[next_++]);
    return take_best(left_, wanted);
  }

 private:
  /// ⟨q, word⟩ of each part's words.
  void make_table() {
    const auto& codes = index_.codes;
    const size_t part = index_.dimension / codes.subvectors;
    for (size_t s = 0; s < codes.subvectors; ++s) {
      for (size_t w = 0; w < codes.words; ++w)
        table_.push_back(numerics::float_dot(query_ + s * part, codes.book + (s * codes.words + w) * part, part));
    }
  }

  void scan(const ScoredRow& cell) {
    const auto& codes = index_.codes;
    for (uint64_t at = index_.cells.offsets[cell.row]; at < index_.cells.offsets[cell.row + size_t{1}]; ++at) {
      float score = cell.score;
      if (codes.subvectors == 0) {
        score = numerics::float_dot(query_, index_.vector(static_cast<uint32_t>(at)), index_.dimension);
      } else {
        const uint16_t* code = codes.code + at * codes.subvectors;
        for (size_t s = 0; s < codes.subvectors; ++s) score += table_[s * codes.words + code[s]];
      }
      left_.push_back({index_.row[at], score});
    }
  }

  const store::VectorIndex& index_;
  const float* query_;
  size_t probe_, next_ = 0;
  std::vector<ScoredRow> cells_{}, left_{};
  std::vector<float> table_{};
};

}  // namespace

std::unique_ptr<VectorSearch> search_vectors(const store::VectorIndex& index, const float* query, size_t effort) {
  const size_t wanted = effort > 0 ? effort : index.effort;
  if (index.cells.count > 0) return std::make_unique<CellSearch>(index, query, std::max<size_t>(wanted, 1));
  if (index.graph.layers > 0) return std::make_unique<GraphSearch>(index, query, std::max<size_t>(wanted, 1));
  return std::make_unique<Flat>(index, query);
}

}  // namespace rec::operators
