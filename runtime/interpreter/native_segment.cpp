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
std::span<const uint32_t> first_places(NativeCall& call, column::Arena& arena, const CandidateRows& rows, size_t count,
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
      for (size_t i = 0; i < wanted; ++i) places[i] = Keys::place(found[i]);
      return places.first(wanted);
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

/// Columns as kernels write them: values, and whether they are there or null. In the request's memory.
class Columns {
 public:
  Columns(const graph::Plan& plan, std::span<const uint32_t> lets, column::Arena& arena, size_t rows)
      : lets_(lets),
        columns_(arena.allocate<BatchColumn>(lets.size())),
        outputs_(arena.allocate<void*>(2 * lets.size())),
        widths_(arena.allocate<size_t>(lets.size())) {
    for (size_t i = 0; i < lets.size(); ++i) {
      const types::Type& type = plan.let_columns[lets[i]].type;
      widths_[i] = types::width(type);
      columns_[i] = {.values = arena.allocate<std::byte>(rows * widths_[i]),
                     .present = type.optional ? arena.allocate<uint8_t>(rows).data() : nullptr};
      outputs_[2 * i] = columns_[i].values.data();
      outputs_[2 * i + 1] = columns_[i].present;
    }
  }

  void* const* outputs() const { return outputs_.data(); }
  void hand_over(Batch& batch) const {
    for (size_t i = 0; i < lets_.size(); ++i) batch.lets[lets_[i]] = columns_[i];
  }

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
  std::span<const uint32_t> lets_;
  std::span<BatchColumn> columns_;
  std::span<void*> outputs_;
  std::span<size_t> widths_;
};

/// A segment while it runs.
class Running {
 public:
  Running(Scope& scope, const native::Segment& segment, Batch& batch)
      : scope_(scope), arena_(scope.arena()), segment_(segment), batch_(batch) {
    if (segment.chosen != nullptr) chosen_.emplace(scope, *segment.chosen);
    if (segment.filled != nullptr) filled_.emplace(scope, *segment.filled);
  }

  bool is_ready() {
    if (chosen_ && !chosen_->is_ready(rows())) return false;
    // What is left need not lie as it did; a chosen few do not.
    const CandidateRows later{.batch = &batch_, .indices = {}, .consecutive = !chosen_ && batch_.in_base_order};
    return !filled_ || filled_->is_ready(later);
  }
  void choose(size_t count) {
    if (!chosen_) return;
    const size_t before = batch_.order.size();
    const bool ordered = segment_.order != nullptr;
    const std::span<const uint32_t> left = ordered ? first(count) : passing();
    batch_.in_base_order = batch_.in_base_order && !ordered && left.size() == before;
    batch_.order.assign(left.begin(), left.end());
  }
  void fill() {
    if (!filled_) return;
    const Columns columns = this->columns(segment_.lets, batch_.rows.size());
    columns.hand_over(batch_);
    if (!batch_.order.empty()) filled_->run(rows(), columns.outputs());
  }

 private:
  CandidateRows rows() const {
    return {.batch = &batch_, .indices = batch_.order, .consecutive = batch_.in_base_order};
  }
  Columns columns(std::span<const uint32_t> lets, size_t rows) const { return {scope_.plan(), lets, arena_, rows}; }

  std::span<const uint32_t> passing() {
    const auto order = arena_.allocate<uint32_t>(batch_.order.size() + native::kSlack);
    void* const outputs[] = {order.data()};
    chosen_->run(rows(), outputs);
    return order.first(chosen_->result());
  }

  /// The first `count`, and the columns that the kernel writes by place.
  std::span<const uint32_t> first(size_t count) {
    const CandidateRows rows = this->rows();
    const bool ascending = segment_.order->ascending;
    const bool floats = scope_.node(segment_.order->key).type.kind == types::Kind::floating;
    const Columns by_place = columns(segment_.along, rows.indices.size());
    const auto find = floats ? first_places<FloatKeys> : first_places<IntKeys>;
    const auto places = find(*chosen_, arena_, rows, count, ascending, by_place.outputs());
    if (batch_.in_base_order) {  // places are candidates
      by_place.hand_over(batch_);
      return places;
    }
    const auto order = arena_.allocate<uint32_t>(places.size());
    std::ranges::transform(places, order.begin(), [&](uint32_t place) { return rows.indices[place]; });
    const Columns by_candidate = columns(segment_.along, batch_.rows.size());
    by_place.move(places, order, by_candidate);
    by_candidate.hand_over(batch_);
    return order;
  }

  Scope& scope_;
  column::Arena& arena_;
  const native::Segment& segment_;
  Batch& batch_;
  std::optional<NativeCall> chosen_{}, filled_{};
};

}  // namespace

bool run_native(RequestContext& context, const native::Segment& segment, Batch& batch, size_t count) {
  Running running(context.scope(), segment, batch);
  if (!running.is_ready()) return false;
  running.choose(count);
  running.fill();
  return true;
}

}  // namespace rec::interpreter
