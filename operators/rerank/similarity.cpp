// Similarity rows: products over tiles of vectors, equal values, overlaps of sets.
#include "operators/rerank/similarity.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>

#include "operators/numerics/lanes.h"
#include "operators/numerics/vectors.h"

namespace rec::operators {
namespace {

constexpr size_t kBits = 64;  // values that a set of bits can tell apart
using numerics::kFloats;
constexpr size_t kAhead = 24;  // vectors asked for before they are read
constexpr size_t kTile = 64;   // eight registers of sums: as many as hide how long an addition takes

/// What a vector is multiplied with when it is copied: 1, or 1/|v|; 0 for one that is similar to nothing.
float scale_of(const SimilarityTerm& term, const float* vector) {
  if (vector == nullptr) return 0;
  if (term.kind == SimilarityTerm::Kind::dot) return 1;
  const double squares = numerics::dot(vector, vector, term.dimension);
  const auto scale = static_cast<float>(1 / std::sqrt(squares));
  return std::isfinite(squares) && std::isfinite(scale) ? scale : 0.0F;
}

bool has_vectors(const SimilarityTerm& term) {
  return term.kind == SimilarityTerm::Kind::cosine || term.kind == SimilarityTerm::Kind::dot;
}

/// Asks for a vector's memory: vectors of a table are far apart, and waiting for one need not be waiting for the next.
void ask_for(const float* vector, uint32_t dimension) {
  constexpr uint32_t kLine = 64 / sizeof(float);
  for (uint32_t e = 0; vector != nullptr && e < dimension; e += kLine) __builtin_prefetch(vector + e);
}

/// Calls body(tile, lane, part) for each tile that a part of `out` lies in: the tile's first place, and the part's
/// first lane there. out[0] is the place `first`.
template <typename Body>
void for_tiles(size_t first, std::span<float> out, Body body) {
  for (size_t done = 0; done < out.size();) {
    const size_t lane = (first + done) % kTile, count = std::min(kTile - lane, out.size() - done);
    body(first + done - lane, lane, out.subspan(done, count));
    done += count;
  }
}

/// `both` / `either`; 0 of nothing.
float share(size_t both, size_t either) {
  return either == 0 ? 0.0F : static_cast<float>(static_cast<double>(both) / static_cast<double>(either));
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
  return share(both, a.size() + b.size() - both);
}

/// Scaled vectors into neighbouring lanes, eight by eight: read and written along, not across.
void transpose_eight(const float* const vectors[kFloats], const float* scales, uint32_t dimension, float* lane) {
  uint32_t e = 0;
  for (; e + kFloats <= dimension; e += kFloats) {
    numerics::Floats square[kFloats];
    for (size_t v = 0; v < kFloats; ++v) square[v] = numerics::load(vectors[v] + e) * scales[v];
    numerics::transpose(square);
    for (size_t k = 0; k < kFloats; ++k) numerics::store(square[k], lane + (e + k) * kTile);
  }
  for (; e < dimension; ++e) {
    for (size_t v = 0; v < kFloats; ++v) lane[e * kTile + v] = vectors[v][e] * scales[v];
  }
}

/// Sums of products of a tile's elements with `factor(element)`, lane by lane.
template <typename Factor>
std::array<float, kTile> sums_of(const float* tile, uint32_t dimension, Factor factor) {
  std::array<float, kTile> sums{};
  for (size_t e = 0; e < dimension; ++e) {
    for (size_t lane = 0; lane < kTile; ++lane)
      sums[lane] = std::fma(factor(e, lane), tile[e * kTile + lane], sums[lane]);
  }
  return sums;
}

}  // namespace

float* Similarity::Tiled::lane(size_t place) const {
  return values.data() + place / kTile * dimension * kTile + place % kTile;
}

Similarity::Similarity(std::span<const SimilarityTerm> terms, size_t most, column::Arena& arena)
    : terms_(terms), tiled_(terms.size()), bits_(terms.size()) {
  places_.reserve(most);
  const size_t tiles = (most + kTile - 1) / kTile;
  uint32_t longest = 0;
  for (size_t t = 0; t < terms.size(); ++t) {
    if (!has_vectors(terms[t])) continue;
    tiled_[t] = {arena.allocate<float>(tiles * terms[t].dimension * kTile), terms[t].dimension};
    longest = std::max(longest, terms[t].dimension);
  }
  own_ = arena.allocate<float>(longest);
}

void Similarity::add(std::span<const uint32_t> candidates) {
  const size_t first = places_.size();
  places_.insert(places_.end(), candidates.begin(), candidates.end());
  for (size_t t = 0; t < terms_.size(); ++t) {
    if (terms_[t].kind == SimilarityTerm::Kind::jaccard) {
      for (const uint32_t candidate : candidates) add_bits(terms_[t], candidate, bits_[t]);
    }
    if (tiled_[t].dimension == 0) continue;
    size_t asked = first;
    for (size_t place = first; place < places_.size();) {
      for (; asked < std::min(place + kAhead, places_.size()); ++asked)
        ask_for(terms_[t].vectors[places_[asked]], terms_[t].dimension);
      place += copy(terms_[t], tiled_[t], place);
    }
  }
}

/// Copies the vector at `place`, or those of the eight from there on; says how many.
size_t Similarity::copy(const SimilarityTerm& term, const Tiled& tiled, size_t place) {
  if (place % kTile == 0 && place + kTile > places_.size())  // lanes that nobody takes
    std::fill_n(tiled.lane(place), size_t{tiled.dimension} * kTile, 0.0F);
  const size_t count = place % kFloats == 0 && place + kFloats <= places_.size() ? kFloats : 1;
  const float* vectors[kFloats];
  float scales[kFloats];
  bool all = count == kFloats;
  for (size_t v = 0; v < count; ++v) {
    vectors[v] = term.vectors[places_[place + v]];
    scales[v] = scale_of(term, vectors[v]);
    all = all && scales[v] != 0;
  }
  if (all) {
    transpose_eight(vectors, scales, term.dimension, tiled.lane(place));
    return kFloats;
  }
  for (size_t v = 0; v < count; ++v) {
    float* const lane = tiled.lane(place + v);
    for (uint32_t e = 0; e < term.dimension; ++e)
      lane[size_t{e} * kTile] = scales[v] == 0 ? 0.0F : vectors[v][e] * scales[v];
  }
  return count;
}

void Similarity::add_bits(const SimilarityTerm& term, uint32_t candidate, Bits& bits) {
  if (bits.values.size() > kBits) return;
  uint64_t set = 0;
  for (const int64_t value : term.lists[candidate].as<int64_t>()) {
    const size_t at = bits.number_of(value);
    if (at == kBits) return bits.sets.clear();  // one more than there are bits
    set |= uint64_t{1} << at;
  }
  bits.sets.push_back(set);
}

size_t Similarity::Bits::number_of(int64_t value) {
  size_t slot = static_cast<uint64_t>(value) * 0x9E3779B97F4A7C15 >> 56;
  for (; numbers[slot] != 0; slot = (slot + 1) % numbers.size()) {
    if (values[numbers[slot] - 1U] == value) return numbers[slot] - 1U;
  }
  values.push_back(value);
  numbers[slot] = static_cast<uint8_t>(values.size());
  return values.size() - 1;
}

void Similarity::add_products(const Tiled& tiled, uint32_t place, float weight, size_t first, std::span<float> out) {
  const float* const own = tiled.lane(place);
  for (size_t e = 0; e < tiled.dimension; ++e) own_[e] = own[e * kTile];
  for_tiles(first, out, [&](size_t tile, size_t lane, std::span<float> part) {
    const auto sums = sums_of(tiled.lane(tile), tiled.dimension, [&](size_t e, size_t) { return own_[e]; });
    for (size_t i = 0; i < part.size(); ++i) part[i] += weight * sums[lane + i];
  });
}

void Similarity::add_squares(const Tiled& tiled, float weight, size_t first, std::span<float> out) const {
  for_tiles(first, out, [&](size_t tile, size_t lane, std::span<float> part) {
    const float* const values = tiled.lane(tile);
    const auto sums = sums_of(values, tiled.dimension, [&](size_t e, size_t l) { return values[e * kTile + l]; });
    for (size_t i = 0; i < part.size(); ++i) part[i] += weight * (sums[lane + i] == 0 ? 1.0F : sums[lane + i]);
  });
}

void Similarity::add_same(const SimilarityTerm& term, uint32_t place, size_t first, std::span<float> out) const {
  const auto has = [&](uint32_t candidate) { return term.present.empty() || term.present[candidate] != 0; };
  if (!has(places_[place])) return;
  const int64_t value = term.values[places_[place]];
  const uint32_t* const others = places_.data() + first;
  if (term.present.empty()) {
    for (size_t i = 0; i < out.size(); ++i) out[i] = term.values[others[i]] == value ? out[i] + term.weight : out[i];
    return;
  }
  for (size_t i = 0; i < out.size(); ++i) {
    if (term.values[others[i]] == value && has(others[i])) out[i] += term.weight;
  }
}

void Similarity::add_jaccard(size_t term, uint32_t place, size_t first, std::span<float> out) const {
  const float weight = terms_[term].weight;
  if (const auto& sets = bits_[term].sets; !sets.empty()) {
    const uint64_t own = sets[place];
    for (size_t i = 0; i < out.size(); ++i) {
      const uint64_t other = sets[first + i];
      out[i] += weight *
                share(static_cast<size_t>(std::popcount(own & other)), static_cast<size_t>(std::popcount(own | other)));
    }
    return;
  }
  const auto& lists = terms_[term].lists;
  const auto own = lists[places_[place]].as<int64_t>();
  for (size_t i = 0; i < out.size(); ++i) out[i] += weight * jaccard(own, lists[places_[first + i]].as<int64_t>());
}

void Similarity::diagonal(size_t first, std::span<float> out) const {
  std::ranges::fill(out, 0.0F);
  for (size_t t = 0; t < terms_.size(); ++t) {
    if (has_vectors(terms_[t])) {
      add_squares(tiled_[t], terms_[t].weight, first, out);
    } else {
      for (float& sum : out) sum += terms_[t].weight;  // what is there is like itself
    }
  }
}

void Similarity::row(uint32_t place, size_t first, std::span<float> out) {
  std::ranges::fill(out, 0.0F);
  for (size_t t = 0; t < terms_.size(); ++t) {
    switch (terms_[t].kind) {
      case SimilarityTerm::Kind::cosine:
      case SimilarityTerm::Kind::dot:
        add_products(tiled_[t], place, terms_[t].weight, first, out);
        break;
      case SimilarityTerm::Kind::same:
        add_same(terms_[t], place, first, out);
        break;
      case SimilarityTerm::Kind::jaccard:
        add_jaccard(t, place, first, out);
        break;
    }
  }
}

}  // namespace rec::operators
