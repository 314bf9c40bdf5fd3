// Similarity rows: products over tiles of vectors, equal values, overlaps of sets.
#include "operators/rerank/similarity.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "operators/numerics/vectors.h"

namespace rec::operators {
namespace {

constexpr uint32_t kTile = 64;  // eight registers of sums: as many as hide how long an addition takes

/// What a vector is multiplied with when it is copied: 1, or 1/|v|; 0 for one that is similar to nothing.
float scale_of(const SimilarityTerm& term, const float* vector) {
  if (vector == nullptr) return 0;
  if (term.kind == SimilarityTerm::Kind::dot) return 1;
  const double squares = numerics::dot(vector, vector, term.dimension);
  return std::isfinite(squares) && squares > 0 ? static_cast<float>(1 / std::sqrt(squares)) : 0.0F;
}

void add_same(const SimilarityTerm& term, uint32_t candidate, std::span<float> out) {
  const auto has = [&](size_t i) { return term.present.empty() || term.present[i] != 0; };
  if (!has(candidate)) return;
  const int64_t value = term.values[candidate];
  for (size_t i = 0; i < out.size(); ++i) {
    if (term.values[i] == value && has(i)) out[i] += term.weight;
  }
}

/// |a ∩ b| / |a ∪ b| of ascending sets; 0 for two empty ones.
float jaccard(std::span<const int64_t> a, std::span<const int64_t> b) {
  size_t both = 0;
  for (size_t i = 0, j = 0; i < a.size() && j < b.size();) {
    both += a[i] == b[j] ? 1 : 0;
    const bool step_a = a[i] <= b[j], step_b = b[j] <= a[i];
    i += step_a ? 1 : 0;
    j += step_b ? 1 : 0;
  }
  const size_t either = a.size() + b.size() - both;
  return either == 0 ? 0.0F : static_cast<float>(static_cast<double>(both) / static_cast<double>(either));
}

void add_jaccard(const SimilarityTerm& term, uint32_t candidate, std::span<float> out) {
  const auto own = term.lists[candidate].as<int64_t>();
  for (size_t i = 0; i < out.size(); ++i) out[i] += term.weight * jaccard(own, term.lists[i].as<int64_t>());
}

}  // namespace

Similarity::Similarity(std::span<const SimilarityTerm> terms, uint32_t candidates, column::Arena& arena)
    : terms_(terms), tiled_(terms.size()) {
  const size_t tiles = (candidates + size_t{kTile} - 1) / kTile;
  uint32_t longest = 0;
  for (size_t t = 0; t < terms.size(); ++t) {
    const SimilarityTerm& term = terms[t];
    if (term.kind != SimilarityTerm::Kind::cosine && term.kind != SimilarityTerm::Kind::dot) continue;
    tiled_[t] = {arena.allocate<float>(tiles * term.dimension * kTile), term.dimension};
    for (uint32_t tile = 0; tile < tiles; ++tile) fill_tile(term, tile * kTile, candidates, tiled_[t]);
    longest = std::max(longest, term.dimension);
  }
  own_ = arena.allocate<float>(longest);
}

/// Copies the vectors from candidate `first` on into their tile.
void Similarity::fill_tile(const SimilarityTerm& term, uint32_t first, uint32_t candidates, const Tiled& tiled) {
  float* const tile = tiled.values.data() + size_t{first} * term.dimension;
  std::array<float, kTile> scales{};
  std::array<const float*, kTile> vectors;
  vectors.fill(nullptr);
  for (uint32_t lane = 0; lane < kTile && first + lane < candidates; ++lane) {
    scales[lane] = scale_of(term, term.vectors[first + lane]);
    if (scales[lane] != 0) vectors[lane] = term.vectors[first + lane];
  }
  // A lane without a vector is any other times 0.
  const auto any = std::ranges::find_if(vectors, [](const float* vector) { return vector != nullptr; });
  if (any == vectors.end()) {
    std::fill_n(tile, size_t{term.dimension} * kTile, 0.0F);
    return;
  }
  std::ranges::replace(vectors, static_cast<const float*>(nullptr), *any);
  for (uint32_t lane = 0; lane < kTile; ++lane) {
    const float* vector = vectors[lane];
    float* to = tile + lane;
    for (uint32_t e = 0; e < term.dimension; ++e) to[size_t{e} * kTile] = vector[e] * scales[lane];
  }
}

void Similarity::add_products(const Tiled& tiled, uint32_t candidate, float weight, std::span<float> out) {
  const size_t tile_size = size_t{tiled.dimension} * kTile;
  const float* lane_of_own = tiled.values.data() + candidate / kTile * tile_size + candidate % kTile;
  for (size_t e = 0; e < tiled.dimension; ++e) own_[e] = lane_of_own[e * kTile];
  for (size_t first = 0; first < out.size(); first += kTile) {
    const float* tile = tiled.values.data() + first / kTile * tile_size;
    std::array<float, kTile> sums{};
    for (size_t e = 0; e < tiled.dimension; ++e) {
      for (size_t lane = 0; lane < kTile; ++lane) sums[lane] = std::fma(own_[e], tile[e * kTile + lane], sums[lane]);
    }
    const size_t lanes = std::min<size_t>(kTile, out.size() - first);
    for (size_t lane = 0; lane < lanes; ++lane) out[first + lane] += weight * sums[lane];
  }
}

void Similarity::add_squares(const Tiled& tiled, float weight, std::span<float> out) const {
  const size_t tile_size = size_t{tiled.dimension} * kTile;
  for (size_t first = 0; first < out.size(); first += kTile) {
    const float* tile = tiled.values.data() + first / kTile * tile_size;
    std::array<float, kTile> sums{};
    for (size_t e = 0; e < tiled.dimension; ++e) {
      for (size_t lane = 0; lane < kTile; ++lane)
        sums[lane] = std::fma(tile[e * kTile + lane], tile[e * kTile + lane], sums[lane]);
    }
    const size_t lanes = std::min<size_t>(kTile, out.size() - first);
    for (size_t lane = 0; lane < lanes; ++lane) out[first + lane] += weight * (sums[lane] == 0 ? 1.0F : sums[lane]);
  }
}

void Similarity::diagonal(std::span<float> out) const {
  std::ranges::fill(out, 0.0F);
  for (size_t t = 0; t < terms_.size(); ++t) {
    const bool vectors = terms_[t].kind == SimilarityTerm::Kind::cosine || terms_[t].kind == SimilarityTerm::Kind::dot;
    if (vectors) {
      add_squares(tiled_[t], terms_[t].weight, out);
    } else {
      for (float& sum : out) sum += terms_[t].weight;  // what is there is like itself
    }
  }
}

void Similarity::row(uint32_t candidate, std::span<float> out) {
  std::ranges::fill(out, 0.0F);
  for (size_t t = 0; t < terms_.size(); ++t) {
    switch (terms_[t].kind) {
      case SimilarityTerm::Kind::cosine:
      case SimilarityTerm::Kind::dot:
        add_products(tiled_[t], candidate, terms_[t].weight, out);
        break;
      case SimilarityTerm::Kind::same:
        add_same(terms_[t], candidate, out);
        break;
      case SimilarityTerm::Kind::jaccard:
        add_jaccard(terms_[t], candidate, out);
        break;
    }
  }
}

}  // namespace rec::operators
