// Vertices join in batches. Those of a batch look for their neighbours in the graph as it was before, side by side;
// then the neighbours link back, target by target. No thread waits for another, and none changes the result.
#include "offline/indexes/graph.h"

#include <atomic>
#include <cassert>
#include <numeric>
#include <optional>
#include <span>

#include "offline/indexes/beam.h"
#include "offline/indexes/mix.h"
#include "operators/numerics/float_lanes.h"
#include "operators/recall/graph_walk.h"

namespace rec::indexes {
namespace {

constexpr uint32_t kNoLink = Graph::kNoLink;

/// `from` chose `target` as a neighbour.
struct Link {
  uint32_t layer, target, from;
};

/// kKnown: the dimension where the compiler is to know it, or 0.
template <size_t kKnown>
class Builder {
 public:
  Builder(const VectorSet& set, const GraphOptions& options)
      : set_(set), options_(options), count_(static_cast<uint32_t>(set.row.size())) {
    assert(count_ > 0 && count_ <= Beam::kMostVertices);
  }

  Graph build(const Work& work) {
    lay_out();
    return join_all(1, work);
  }

  /// At least one vertex of `before` has a place in `places`.
  Graph grow(const Places& places, const Graph& before, const Work& work) {
    std::vector<uint32_t> now(before.upper_offsets.size() - 1, kNoLink);
    for (uint32_t v = 0; v < count_; ++v) {
      if (places[v] != kNoPlace) now[places[v]] = v;
    }
    const uint32_t carried = lay_out_anew(places, before);
    for (uint32_t i = 0; i < carried; ++i) carry_over(order_[i], places[order_[i]], before, now);
    return join_all(carried, work);
  }

 private:
  class Walker;
  static constexpr uint64_t kShare = 32;  // vertices that a thread takes at once

  /// The first `begin` of the order are part of the graph; all others join.
  Graph join_all(uint32_t begin, const Work& work) {
    while (begin < count_) {
      // Of a batch, none becomes a neighbour of another: it stays small beside what there is.
      const uint32_t end = std::min(count_, begin + std::clamp<uint32_t>(begin / 64, 1, 1024));
      join(begin, end, work.threads);
      begin = end;
      if (work.progress) work.progress(static_cast<double>(end) / count_);
    }
    return std::move(graph_);
  }

  size_t dimension() const { return kKnown > 0 ? kKnown : set_.dimension; }
  const float* vector(uint32_t v) const { return set_.vectors.data() + v * dimension(); }
  void fetch(uint32_t v) const { operators::fetch_vector(vector(v), dimension()); }
  float score(uint32_t a, uint32_t b) const { return numerics::float_dot(vector(a), vector(b), dimension()); }

  /// The links of a vertex in a layer, all the room there is.
  std::span<uint32_t> room(uint32_t v, uint32_t layer) {
    const size_t links = options_.links;
    if (layer == 0) return {graph_.links0.data() + v * 2 * links, 2 * links};
    return {graph_.upper.data() + graph_.upper_offsets[v] + (layer - 1) * links, links};
  }
  /// Those that are taken.
  std::span<const uint32_t> linked(uint32_t v, uint32_t layer) {
    const auto all = room(v, layer);
    return {all.begin(), std::ranges::find(all, kNoLink)};
  }

  /// Draws the highest layer of each vertex: one in `links` of a layer is in the next as well. The highest join first,
  /// so that what is above a vertex is whole when it joins; of equal ones in an order without regard to their rows,
  /// because what is alike may stand together there.
  void lay_out() {
    top_.resize(count_);
    order_.resize(count_);
    std::iota(order_.begin(), order_.end(), 0U);
    for (uint32_t v = 0; v < count_; ++v) top_[v] = draw_top(v);
    std::ranges::sort(order_, [&](uint32_t a, uint32_t b) { return joins_before(a, b); });
    make_room();
  }
  uint8_t draw_top(uint32_t v) const {
    uint8_t top = 0;
    const double drawn = static_cast<double>((mix(v * kMixStep) >> 11) + 1) * 0x1p-53;
    for (double bound = 1.0 / options_.links; drawn <= bound; bound /= options_.links) ++top;
    return top;
  }
  bool joins_before(uint32_t a, uint32_t b) const {
    return top_[a] != top_[b] ? top_[a] > top_[b] : mix(~(a * kMixStep)) < mix(~(b * kMixStep));
  }
  void make_room() {
    graph_.links = options_.links;
    graph_.upper_offsets.assign(count_ + size_t{1}, 0);
    for (uint32_t v = 0; v < count_; ++v)
      graph_.upper_offsets[v + size_t{1}] = graph_.upper_offsets[v] + size_t{top_[v]} * options_.links;
    graph_.links0.assign(count_ * size_t{2} * options_.links, kNoLink);
    graph_.upper.assign(graph_.upper_offsets.back(), kNoLink);
    graph_.entry = order_.front();
    graph_.layers = top_[graph_.entry] + 1U;
  }

  /// Those that stay keep their layers and come first in the order; what is new is in none that they are not in. How
  /// many stay.
  uint32_t lay_out_anew(const Places& places, const Graph& before) {
    top_.resize(count_);
    uint8_t most = 0;
    for (uint32_t v = 0; v < count_; ++v) {
      if (places[v] == kNoPlace) continue;
      const uint64_t room = before.upper_offsets[places[v] + size_t{1}] - before.upper_offsets[places[v]];
      top_[v] = static_cast<uint8_t>(room / options_.links);
      most = std::max(most, top_[v]);
      order_.push_back(v);
    }
    const auto carried = static_cast<uint32_t>(order_.size());
    for (uint32_t v = 0; v < count_; ++v) {
      if (places[v] != kNoPlace) continue;
      top_[v] = std::min(most, draw_top(v));
      order_.push_back(v);
    }
    const auto joins = [&](uint32_t a, uint32_t b) { return joins_before(a, b); };
    std::sort(order_.begin(), order_.begin() + carried, joins);
    std::sort(order_.begin() + carried, order_.end(), joins);
    make_room();
    return carried;
  }

  /// Links of a vertex that was at `place` before; `now`: where what was linked is.
  void carry_over(uint32_t v, uint32_t place, const Graph& before, std::span<const uint32_t> now) {
    for (uint32_t layer = 0; layer <= top_[v]; ++layer) {
      const auto all = room(v, layer);
      size_t kept = 0;
      bool lost = false;
      for (const uint32_t other : links_before(before, place, layer)) {
        if (other == kNoLink) break;
        lost = lost || now[other] == kNoLink;
        if (now[other] != kNoLink) all[kept++] = now[other];
      }
      if (lost) mend(v, links_before(before, place, layer), layer, before, now);
    }
  }
  static std::span<const uint32_t> links_before(const Graph& before, uint32_t place, uint32_t layer) {
    const size_t links = before.links;
    if (layer == 0) return {before.links0.data() + place * 2 * links, 2 * links};
    return {before.upper.data() + before.upper_offsets[place] + (layer - 1) * links, links};
  }

  void mend(uint32_t v, std::span<const uint32_t> was, uint32_t layer, const Graph& before,
            std::span<const uint32_t> now) {
    const auto all = room(v, layer);
    std::vector<uint32_t> others(linked(v, layer).begin(), linked(v, layer).end());
    for (const uint32_t gone : was) {
      if (gone == kNoLink) break;
      if (now[gone] != kNoLink) continue;
      for (const uint32_t next : links_before(before, gone, layer)) {
        if (next == kNoLink) break;
        if (now[next] != kNoLink && now[next] != v) others.push_back(now[next]);
      }
    }
    std::ranges::sort(others);
    others.erase(std::ranges::unique(others).begin(), others.end());
    std::vector<ScoredVertex> candidates;
    for (const uint32_t other : others) candidates.push_back({score(v, other), other});
    std::ranges::sort(candidates, [](const ScoredVertex& a, const ScoredVertex& b) {
      return a.score != b.score ? a.score > b.score : a.vertex < b.vertex;
    });
    std::vector<uint32_t> kept;
    choose(v, candidates, all.size(), kept);
    std::fill(std::ranges::copy(kept, all.begin()).out, all.end(), kNoLink);
  }

  /// order_[begin … end) become part of the graph.
  void join(uint32_t begin, uint32_t end, unsigned threads) {
    std::vector<std::vector<Link>> parts((end - begin + kShare - 1) / kShare);
    std::atomic<size_t> taken = 0;
    const Work work{.threads = threads};
    while (walkers_.size() < work.most_threads()) walkers_.push_back(std::make_unique<Walker>(*this));
    share_out(end - begin, kShare, work, [&] {
      return [&, &walker = *walkers_[taken.fetch_add(1)]](uint64_t part, uint64_t from, uint64_t to) {
        for (uint64_t i = from; i < to; ++i) walker.choose_neighbours(order_[begin + i], parts[part]);
      };
    });
    std::vector<Link> links;
    for (const auto& part : parts) links.insert(links.end(), part.begin(), part.end());
    for (const Link& link : links) *std::ranges::find(room(link.from, link.layer), kNoLink) = link.target;
    link_back(std::move(links), work);
  }

  void link_back(std::vector<Link> links, const Work& work) {
    std::ranges::stable_sort(links, [](const Link& a, const Link& b) {
      return a.layer != b.layer ? a.layer < b.layer : a.target < b.target;
    });
    std::vector<size_t> begins;
    for (size_t i = 0; i < links.size(); ++i) {
      if (i == 0 || links[i].target != links[i - 1].target || links[i].layer != links[i - 1].layer) begins.push_back(i);
    }
    begins.push_back(links.size());
    share_out(begins.size() - 1, 8 * kShare, work, [&] {
      return [&, candidates = std::vector<ScoredVertex>(), kept = std::vector<uint32_t>()](uint64_t, uint64_t from,
                                                                                           uint64_t to) mutable {
        for (uint64_t i = from; i < to; ++i)
          take_in(std::span(links).subspan(begins[i], begins[i + 1] - begins[i]), candidates, kept);
      };
    });
  }

  /// The target of `links` links to those that chose it; where there is no room for all, its neighbours are chosen
  /// anew.
  void take_in(std::span<const Link> links, std::vector<ScoredVertex>& candidates, std::vector<uint32_t>& kept) {
    const auto [layer, target, ignored] = links.front();
    const auto all = room(target, layer);
    const auto before = linked(target, layer);
    if (before.size() + links.size() <= all.size()) {
      std::ranges::transform(links, all.begin() + std::ssize(before), &Link::from);
      return;
    }
    for (const uint32_t other : before) fetch(other);
    candidates.clear();
    for (const uint32_t other : before) candidates.push_back({score(target, other), other});
    for (const Link& link : links) candidates.push_back({score(target, link.from), link.from});
    std::ranges::sort(candidates, [](const ScoredVertex& a, const ScoredVertex& b) {
      return a.score != b.score ? a.score > b.score : a.vertex < b.vertex;
    });
    choose(target, candidates, all.size(), kept);
    std::fill(std::ranges::copy(kept, all.begin()).out, all.end(), kNoLink);
  }

  /// Of `candidates`, best first, those to which none chosen before is nearer than `v` is; at most `most` (algorithm 4
  /// of the paper): links in all directions rather than many in one. Of vectors that are equal to its own half as many,
  /// so that they do not keep to themselves.
  template <typename Candidates>
  void choose(uint32_t v, const Candidates& candidates, size_t most, std::vector<uint32_t>& chosen) const {
    chosen.clear();
    size_t equal = 0;
    for (size_t i = 0; i < candidates.size() && chosen.size() < most; ++i) {
      const ScoredVertex one = candidates[i];
      if (std::equal(vector(v), vector(v) + dimension(), vector(one.vertex)) && ++equal > most / 2) continue;
      if (std::ranges::none_of(chosen, [&](uint32_t other) { return score(other, one.vertex) > one.score; }))
        chosen.push_back(one.vertex);
    }
  }

  const VectorSet& set_;
  const GraphOptions& options_;
  const uint32_t count_;
  std::vector<uint8_t> top_{};     // highest layer of each vertex
  std::vector<uint32_t> order_{};  // in which vertices join
  Graph graph_{};
  std::vector<std::unique_ptr<Walker>> walkers_{};  // one a thread
};

/// Looks for what is near to a vertex, in the graph as it is.
template <size_t kKnown>
class Builder<kKnown>::Walker {
 public:
  explicit Walker(Builder& builder) : b_(builder), beam_(builder.options_.ef_construction) {}

  /// Of a vertex that is not part of the graph yet, in each of its layers.
  void choose_neighbours(uint32_t v, std::vector<Link>& out) {
    ScoredVertex nearest{b_.score(v, b_.graph_.entry), b_.graph_.entry};
    for (uint32_t layer = b_.graph_.layers - 1; layer > b_.top_[v]; --layer) nearest = descend(v, layer, nearest);
    for (uint32_t layer = b_.top_[v] + 1U; layer-- > 0;) {
      walk(v, layer, nearest);
      nearest = beam_[0];
      b_.choose(v, beam_, b_.options_.links, chosen_);
      for (const uint32_t other : chosen_) out.push_back({.layer = layer, .target = other, .from = v});
    }
  }

 private:
  /// From neighbour to neighbour as long as one is nearer.
  ScoredVertex descend(uint32_t v, uint32_t layer, ScoredVertex best) {
    for (std::optional<uint32_t> at = best.vertex; at;) {
      const auto links = b_.linked(*at, layer);
      at.reset();
      for (const uint32_t next : links) b_.fetch(next);
      for (const uint32_t next : links) {
        if (const float own = b_.score(v, next); own > best.score) {
          best = {own, next};
          at = next;
        }
      }
    }
    return best;
  }

  /// Fills the beam with the nearest of a layer.
  void walk(uint32_t v, uint32_t layer, ScoredVertex from) {
    met_.begin(b_.count_);
    met_.add(from.vertex);
    beam_.clear();
    beam_.add(from);
    for (uint32_t at = from.vertex; at != Beam::kNone; at = beam_.next()) {
      beam_.walk();
      const auto links = b_.room(at, layer);
      for (size_t i = 0; i < links.size() && links[i] != kNoLink; ++i) met_.fetch(links[i]);
      fresh_.clear();
      for (const uint32_t next : links) {
        if (next == kNoLink) break;
        if (!met_.add(next)) continue;
        fresh_.push_back(next);
        b_.fetch(next);
      }
      // What would be walked next, unless nearer ones turn up.
      if (const uint32_t next = beam_.next(); next != Beam::kNone) __builtin_prefetch(b_.room(next, layer).data());
      for (const uint32_t next : fresh_) {
        if (const float own = b_.score(v, next); beam_.takes(own)) beam_.add({own, next});
      }
    }
  }

  Builder& b_;
  operators::Met met_{};
  Beam beam_;
  std::vector<uint32_t> fresh_{}, chosen_{};
};

}  // namespace

namespace {

/// Calls `use` with a builder that knows the dimension where it is a usual one.
template <typename Use>
Graph with_builder(const VectorSet& set, const GraphOptions& options, Use use) {
  switch (set.dimension) {
    case 32:
      return use(Builder<32>(set, options));
    case 64:
      return use(Builder<64>(set, options));
    case 128:
      return use(Builder<128>(set, options));
    default:
      return use(Builder<0>(set, options));
  }
}

}  // namespace

Graph build_graph(const VectorSet& set, const GraphOptions& options, const Work& work) {
  if (set.row.empty()) return {.links = options.links, .upper_offsets = {0}};
  return with_builder(set, options, [&](auto&& builder) { return builder.build(work); });
}

Graph grow_graph(const VectorSet& set, const Places& places, const Graph& before, const GraphOptions& options,
                 const Work& work) {
  if (std::ranges::all_of(places, [](uint32_t place) { return place == kNoPlace; }))
    return build_graph(set, options, work);
  return with_builder(set, options, [&](auto&& builder) { return builder.grow(places, before, work); });
}

}  // namespace rec::indexes
