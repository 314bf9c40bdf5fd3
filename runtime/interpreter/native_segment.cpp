// Segments: a scan that keeps those ahead of a rising bound, then the columns of the few that are left.
#include "runtime/interpreter/native_segment.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

#include "operators/numerics/first_keys.h"
#include "runtime/interpreter/native_call.h"

namespace rec::interpreter {
namespace {

/// Keys as unsigned numbers, the best first, and with their places no two are equal: any sort is stable.
struct FloatKeys {
  using Key = float;
  using Ranked = uint64_t;  // rank, place
  static constexpr uint32_t kNan = UINT32_MAX, kSign = uint32_t{1} << 31;

  static Ranked rank(float key, uint32_t place, bool ascending) {
    const auto bits = std::bit_cast<uint32_t>(key + 0.0F);  // -0.0 becomes 0.0
    const uint32_t rising = bits ^ ((bits >> 31) != 0 ? UINT32_MAX : kSign);
    const uint32_t rank = key != key ? kNan : ascending ? rising : ~rising;
    return uint64_t{rank} << 32 | place;
  }
  static float key(Ranked ranked, bool ascending) {
    const auto rank = static_cast<uint32_t>(ranked >> 32);
    if (rank == kNan) return std::numeric_limits<float>::quiet_NaN();
    const uint32_t rising = ascending ? rank : ~rank;
    return std::bit_cast<float>(rising ^ ((rising >> 31) != 0 ? kSign : UINT32_MAX));
  }
  static uint32_t place(Ranked ranked) { return static_cast<uint32_t>(ranked); }
  static void bound(native::Ahead& ahead, float key) { ahead.float_bound = key; }
};

struct IntKeys {
  using Key = int64_t;
  struct Ranked {
    uint64_t rank;
    uint32_t at;
    auto operator<=>(const Ranked&) const = default;
  };
  static constexpr uint64_t kSign = uint64_t{1} << 63;

  static Ranked rank(int64_t key, uint32_t place, bool ascending) {
    const uint64_t rising = static_cast<uint64_t>(key) ^ kSign;
    return {ascending ? rising : ~rising, place};
  }
  static int64_t key(Ranked ranked, bool ascending) {
    return static_cast<int64_t>((ascending ? ranked.rank : ~ranked.rank) ^ kSign);
  }
  static uint32_t place(Ranked ranked) { return ranked.at; }
  static void bound(native::Ahead& ahead, int64_t key) {
    ahead.int_bound = key;
    ahead.bounded = 1;
  }
};

/// How many keys are held before those behind the bound are let go. With less room they are cut more often, and fewer
/// come: the bound is nearer to the last key that is wanted. Where there are few rows, to hold all is cheapest.
size_t room_for(size_t rows, size_t wanted) {
  constexpr size_t kLeast = 128, kFewRows = 4;
  const size_t room = wanted + std::max(wanted, kLeast);
  return rows <= kFewRows * room ? rows : room;
}

/// The places of the first `count` of the rows, in order. The code must be ready; `outputs`: of the kernel.
template <typename Keys>
std::vector<uint32_t> first_places(NativeCall& call, column::Arena& arena, const CandidateRows& rows, size_t count,
                                   bool ascending, void* const* outputs) {
  const size_t n = rows.indices.size(), capacity = room_for(n, count), size = capacity + native::kSlack * 2;
  const auto places = arena.allocate<uint32_t>(size);
  const auto keys = arena.allocate<typename Keys::Key>(size);
  const auto ranked = arena.allocate<typename Keys::Ranked>(size);
  native::Ahead ahead{.capacity = capacity,
                      .places = places.data(),
                      .keys = keys.data(),
                      .float_bound = std::numeric_limits<float>::quiet_NaN()};
  for (uint64_t at = 0;;) {
    call.start_at(at);
    call.run(rows, outputs, &ahead);
    at = call.result();
    const std::span found = ranked.first(ahead.count);
    for (size_t i = 0; i < found.size(); ++i) found[i] = Keys::rank(keys[i], places[i], ascending);
    const size_t wanted = std::min<size_t>(count, found.size());
    if (at >= n) {
      numerics::first_keys(found, wanted);
      std::vector<uint32_t> out(wanted);
      for (size_t i = 0; i < wanted; ++i) out[i] = Keys::place(found[i]);
      return out;
    }
    const auto kept = found.first(numerics::cut(found, wanted));
    for (size_t i = 0; i < kept.size(); ++i) {
      places[i] = Keys::place(kept[i]);
      keys[i] = Keys::key(kept[i], ascending);
    }
    ahead.count = kept.size();
    Keys::bound(ahead, Keys::key(*std::ranges::max_element(kept), ascending));
  }
}

/// Columns as kernels write them: values, and whether they are there or null.
class Columns {
 public:
  Columns(const graph::Plan& plan, std::span<const uint32_t> lets, column::Arena& arena, size_t rows) {
    for (const uint32_t let : lets) {
      const types::Type& type = plan.let_columns[let].type;
      columns_.push_back({.values = arena.allocate<std::byte>(rows * types::width(type)),
                          .present = type.optional ? arena.allocate<uint8_t>(rows).data() : nullptr});
      outputs_.push_back(columns_.back().values.data());
      outputs_.push_back(columns_.back().present);
      widths_.push_back(types::width(type));
    }
  }

  void* const* outputs() const { return outputs_.data(); }
  const std::vector<BatchColumn>& columns() const { return columns_; }

  /// What stands at `from` goes to `to`, one after another.
  void move(std::span<const uint32_t> from, std::span<const uint32_t> to, const Columns& into) const {
    for (size_t c = 0; c < columns_.size(); ++c) {
      const BatchColumn &here = columns_[c], &there = into.columns_[c];
      const size_t width = widths_[c];
      for (size_t i = 0; i < from.size(); ++i)
        std::memcpy(there.values.data() + to[i] * width, here.values.data() + from[i] * width, width);
      for (size_t i = 0; here.present != nullptr && i < from.size(); ++i) there.present[to[i]] = here.present[from[i]];
    }
  }

 private:
  std::vector<BatchColumn> columns_;
  std::vector<void*> outputs_;
  std::vector<size_t> widths_;
};

}  // namespace

struct NativeSegment::State {
  Scope& scope;
  const native::Segment& segment;
  std::optional<NativeCall> chosen{}, filled{};

  Columns columns(std::span<const uint32_t> lets, size_t rows) const {
    return {scope.plan(), lets, scope.arena(), rows};
  }
  static void hand_over(std::span<const uint32_t> lets, const Columns& columns, Batch& batch) {
    for (size_t i = 0; i < lets.size(); ++i) batch.lets[lets[i]] = columns.columns()[i];
  }

  std::vector<uint32_t> passing(const CandidateRows& rows) {
    std::vector<uint32_t> order(rows.indices.size() + native::kSlack);
    void* const outputs[] = {order.data()};
    chosen->run(rows, outputs);
    order.resize(chosen->result());
    return order;
  }

  /// The first `count`, and the columns that the kernel writes by place.
  std::vector<uint32_t> first(const CandidateRows& rows, size_t count, Batch& batch) {
    const bool ascending = segment.order->ascending;
    const bool floats = scope.node(segment.order->key).type.kind == types::Kind::floating;
    const Columns by_place = columns(segment.along, rows.indices.size());
    const auto find = floats ? first_places<FloatKeys> : first_places<IntKeys>;
    std::vector<uint32_t> order = find(*chosen, scope.arena(), rows, count, ascending, by_place.outputs());
    if (batch.in_base_order) {  // places are candidates
      hand_over(segment.along, by_place, batch);
      return order;
    }
    const std::vector<uint32_t> places = order;
    std::ranges::transform(places, order.begin(), [&](uint32_t place) { return rows.indices[place]; });
    const Columns by_candidate = columns(segment.along, batch.rows.size());
    by_place.move(places, order, by_candidate);
    hand_over(segment.along, by_candidate, batch);
    return order;
  }
};

NativeSegment::NativeSegment(RequestContext& context, const native::Segment& segment)
    : state_(std::make_unique<State>(State{context.scope(), segment})) {
  if (segment.chosen != nullptr) state_->chosen.emplace(state_->scope, *segment.chosen);
  if (segment.filled != nullptr) state_->filled.emplace(state_->scope, *segment.filled);
}
NativeSegment::~NativeSegment() = default;

bool NativeSegment::run(Batch& batch, size_t count) {
  State& s = *state_;
  const auto rows = [&] {
    return CandidateRows{.batch = &batch, .indices = batch.order, .consecutive = batch.in_base_order};
  };
  if (s.chosen && !s.chosen->is_ready(rows())) return false;
  // What is left need not lie as it did; a chosen few do not.
  const CandidateRows later{.batch = &batch, .indices = {}, .consecutive = !s.chosen && batch.in_base_order};
  if (s.filled && !s.filled->is_ready(later)) return false;
  if (s.chosen) {
    auto order = s.segment.order == nullptr ? s.passing(rows()) : s.first(rows(), count, batch);
    batch.in_base_order = batch.in_base_order && s.segment.order == nullptr && order.size() == batch.order.size();
    batch.order = std::move(order);
  }
  if (!s.filled) return true;
  const Columns columns = s.columns(s.segment.lets, batch.rows.size());
  State::hand_over(s.segment.lets, columns, batch);
  return batch.order.empty() || s.filled->run(rows(), columns.outputs());
}

}  // namespace rec::interpreter
