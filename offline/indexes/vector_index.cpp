// Faiss finds the clusters; distances are ours, compiled for the machine: the library's own are for any x86-64.
#include "offline/indexes/vector_index.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "offline/indexes/faiss.h"
#include "offline/indexes/work.h"
#include "operators/numerics/float_lanes.h"

namespace rec::indexes {
namespace {

using Id = faiss::Index::idx_t;

/// Runs Faiss on so many threads, and puts things back as they were.
class Threads {
 public:
  explicit Threads(unsigned wanted) : before_(omp_get_max_threads()) { omp_set_num_threads(static_cast<int>(wanted)); }
  ~Threads() { omp_set_num_threads(before_); }
  Threads(const Threads&) = delete;

 private:
  int before_;
};

/// Finds the centroid nearest to each vector, eight at a time.
class Assigner : public faiss::Index {
 public:
  explicit Assigner(size_t dimension) : faiss::Index(static_cast<Id>(dimension), faiss::METRIC_L2) {}

  void add(Id n, const float* x) override {
    const size_t dimension = static_cast<size_t>(d);
    ntotal = n;
    padded_ = (static_cast<size_t>(n) + kBlock - 1) / kBlock * kBlock;
    turned_.assign(padded_ * dimension, 0.0F);
    half_.assign(padded_, std::numeric_limits<float>::infinity());
    for (size_t c = 0; c < static_cast<size_t>(n); ++c) {
      for (size_t k = 0; k < dimension; ++k) turned_[k * padded_ + c] = x[c * dimension + k];
      half_[c] = numerics::float_dot(x + c * dimension, x + c * dimension, dimension) / 2;
    }
  }
  void reset() override { ntotal = 0; }

  void search(Id n, const float* x, Id, float* distances, Id* labels, const faiss::SearchParameters*) const override {
    const size_t dimension = static_cast<size_t>(d);
    share_out(static_cast<uint64_t>(n), 1024, {.threads = static_cast<unsigned>(omp_get_max_threads())}, [&] {
      return [&](uint64_t, uint64_t begin, uint64_t end) {
        for (uint64_t i = begin; i < end; ++i) {
          const float* one = x + i * dimension;
          const auto [best, place] = nearest(one);
          labels[i] = static_cast<Id>(place);
          distances[i] = numerics::float_dot(one, one, dimension) + 2 * best;
        }
      };
    });
  }

 private:
  static constexpr size_t kBlock = 4 * numerics::kFloats;

  /// |c|²/2 − ⟨x, c⟩ at its smallest, and where.
  std::pair<float, size_t> nearest(const float* x) const {
    float best = std::numeric_limits<float>::infinity();
    size_t place = 0;
    for (size_t c = 0; c < padded_; c += kBlock) {
      numerics::Floats sums[4];
      for (size_t s = 0; s < 4; ++s) sums[s] = numerics::load(half_.data() + c + s * numerics::kFloats);
      for (size_t k = 0; k < static_cast<size_t>(d); ++k) {
        const numerics::Floats factor = numerics::all(-x[k]);
        const float* row = turned_.data() + k * padded_ + c;
        for (size_t s = 0; s < 4; ++s)
          sums[s] = numerics::fused(factor, numerics::load(row + s * numerics::kFloats), sums[s]);
      }
      for (size_t j = 0; j < kBlock; ++j) {
        const float value = sums[j / numerics::kFloats][j % numerics::kFloats];
        if (value < best) best = value, place = c + j;
      }
    }
    return {best, place};
  }

  size_t padded_ = 0;
  std::vector<float> turned_{}, half_{};
};

std::vector<float> k_means(const std::vector<float>& vectors, size_t dimension, size_t clusters) {
  faiss::ClusteringParameters how;
  how.niter = 20;
  how.seed = 1;
  how.min_points_per_centroid = 1;
  faiss::Clustering clustering(static_cast<int>(dimension), static_cast<int>(clusters), how);
  Assigner assigner(dimension);
  clustering.train(static_cast<Id>(vectors.size() / dimension), vectors.data(), assigner);
  return clustering.centroids;
}

std::vector<Id> assign(const std::vector<float>& vectors, size_t dimension, const std::vector<float>& centroids) {
  Assigner assigner(dimension);
  assigner.add(static_cast<Id>(centroids.size() / dimension), centroids.data());
  const size_t count = vectors.size() / dimension;
  std::vector<Id> labels(count);
  std::vector<float> distances(count);
  assigner.search(static_cast<Id>(count), vectors.data(), 1, distances.data(), labels.data(), nullptr);
  return labels;
}

/// Puts the vectors, and `places` where there are any, in the order of their cells.
void put_in_cells(VectorSet& set, Places& places, const std::vector<Id>& labels, Cells& cells) {
  const size_t count = set.row.size(), d = set.dimension;
  std::vector<uint32_t> order(count);
  std::iota(order.begin(), order.end(), 0U);
  std::ranges::stable_sort(order, {}, [&](uint32_t at) { return labels[at]; });
  VectorSet sorted{.dimension = set.dimension};
  Places moved;
  cells.offsets.assign(cells.centroids.size() / d + 1, 0);
  for (const uint32_t at : order) {
    sorted.row.push_back(set.row[at]);
    const auto begin = set.vectors.begin() + static_cast<std::ptrdiff_t>(at * d);
    sorted.vectors.insert(sorted.vectors.end(), begin, begin + static_cast<std::ptrdiff_t>(d));
    if (!places.empty()) moved.push_back(places[at]);
    ++cells.offsets[static_cast<size_t>(labels[at]) + 1];
  }
  std::partial_sum(cells.offsets.begin(), cells.offsets.end(), cells.offsets.begin());
  set = std::move(sorted);
  places = std::move(moved);
}

/// What is left of each vector after its cell's centroid.
std::vector<float> rests(const VectorSet& set, const Cells& cells) {
  const size_t d = set.dimension;
  std::vector<float> rest(set.vectors);
  for (size_t cell = 0; cell + 1 < cells.offsets.size(); ++cell) {
    for (uint64_t at = cells.offsets[cell]; at < cells.offsets[cell + 1]; ++at) {
      for (size_t k = 0; k < d; ++k) rest[at * d + k] -= cells.centroids[cell * d + k];
    }
  }
  return rest;
}

}  // namespace

Cells build_cells(VectorSet& set, uint32_t cells, unsigned threads) {
  Cells out;
  if (set.row.empty()) return out;
  const Threads limit(threads);
  out.centroids = k_means(set.vectors, set.dimension, std::min<size_t>(cells, set.row.size()));
  Places none;
  put_in_cells(set, none, assign(set.vectors, set.dimension, out.centroids), out);
  return out;
}

Cells grow_cells(VectorSet& set, Places& places, const Cells& before, unsigned threads) {
  const Threads limit(threads);
  const size_t d = set.dimension;
  std::vector<float> fresh;
  for (size_t at = 0; at < places.size(); ++at) {
    const auto begin = set.vectors.begin() + static_cast<std::ptrdiff_t>(at * d);
    if (places[at] == kNoPlace) fresh.insert(fresh.end(), begin, begin + static_cast<std::ptrdiff_t>(d));
  }
  const auto nearest = assign(fresh, d, before.centroids);
  std::vector<Id> labels;
  size_t next = 0;
  for (const uint32_t place : places) {
    const auto behind = std::ranges::upper_bound(before.offsets, uint64_t{place});
    labels.push_back(place == kNoPlace ? nearest[next++] : static_cast<Id>(behind - before.offsets.begin()) - 1);
  }
  Cells out{.centroids = before.centroids};
  put_in_cells(set, places, labels, out);
  return out;
}

Codes build_codes(const VectorSet& set, const Cells& cells, uint32_t subvectors, uint32_t bits, unsigned threads) {
  const size_t count = set.row.size(), d = set.dimension, part = d / subvectors;
  Codes out{.subvectors = subvectors,
            .words = static_cast<uint32_t>(std::min<size_t>(size_t{1} << bits, std::max<size_t>(count, 1)))};
  out.book.resize(subvectors * size_t{out.words} * part);
  out.code.resize(count * subvectors);
  if (count == 0) return out;
  const Threads limit(threads);
  const std::vector<float> rest = rests(set, cells);
  std::vector<float> parts(count * part);
  for (size_t s = 0; s < subvectors; ++s) {
    for (size_t at = 0; at < count; ++at) {
      for (size_t k = 0; k < part; ++k) parts[at * part + k] = rest[at * d + s * part + k];
    }
    const auto words = k_means(parts, part, out.words);
    std::ranges::copy(words, out.book.begin() + static_cast<std::ptrdiff_t>(s * out.words * part));
    const auto labels = assign(parts, part, words);
    for (size_t at = 0; at < count; ++at) out.code[at * subvectors + s] = static_cast<uint16_t>(labels[at]);
  }
  return out;
}

Codes grow_codes(const VectorSet& set, const Places& places, const Cells& cells, const Codes& before,
                 unsigned threads) {
  const Threads limit(threads);
  const size_t count = set.row.size(), d = set.dimension, subvectors = before.subvectors, part = d / subvectors;
  Codes out{.subvectors = before.subvectors, .words = before.words, .book = before.book};
  out.code.resize(count * subvectors);
  const std::vector<float> rest = rests(set, cells);
  for (size_t s = 0; s < subvectors; ++s) {
    std::vector<float> parts;
    for (size_t at = 0; at < count; ++at) {
      if (places[at] != kNoPlace) {
        out.code[at * subvectors + s] = before.code[places[at] * subvectors + s];
      } else {
        const auto begin = rest.begin() + static_cast<std::ptrdiff_t>(at * d + s * part);
        parts.insert(parts.end(), begin, begin + static_cast<std::ptrdiff_t>(part));
      }
    }
    const auto words = before.book.begin() + static_cast<std::ptrdiff_t>(s * before.words * part);
    const auto labels = assign(parts, part, {words, words + static_cast<std::ptrdiff_t>(before.words * part)});
    size_t next = 0;
    for (size_t at = 0; at < count; ++at) {
      if (places[at] == kNoPlace) out.code[at * subvectors + s] = static_cast<uint16_t>(labels[next++]);
    }
  }
  return out;
}

}  // namespace rec::indexes
