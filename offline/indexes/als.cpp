// ALS with a few steps of conjugate gradients a row, warm from the iteration before.
#include "offline/indexes/als.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "offline/indexes/mix.h"
#include "operators/numerics/float_lanes.h"
#include "operators/recall/graph_walk.h"

namespace rec::indexes {
namespace {

using numerics::add_scaled;
using numerics::float_dot;

/// Σ y·yᵀ over all rows, in blocks whose sums are added up in order.
std::vector<float> gram(std::span<const float> rows, size_t f, const Work& work) {
  constexpr uint64_t kBlock = 1024;
  const uint64_t count = rows.size() / f;
  std::vector<std::vector<float>> parts((count + kBlock - 1) / kBlock);
  share_out(count, kBlock, {.threads = work.threads}, [&] {
    return [&](uint64_t block, uint64_t begin, uint64_t end) {
      std::vector<float> part(f * f);
      uint64_t row = begin;
      for (; row + 4 <= end; row += 4) {
        const float* y = rows.data() + row * f;
        const float* const four[4] = {y, y + f, y + 2 * f, y + 3 * f};
        for (size_t k = 0; k < f; ++k) {
          const float own[4] = {four[0][k], four[1][k], four[2][k], four[3][k]};
          numerics::add_scaled_four(own, four, part.data() + k * f, f);
        }
      }
      for (; row < end; ++row) {
        const float* y = rows.data() + row * f;
        for (size_t k = 0; k < f; ++k) add_scaled(y[k], y, part.data() + k * f, f);
      }
      parts[block] = std::move(part);
    };
  });
  std::vector<double> sums(f * f);
  for (const auto& part : parts) {
    for (size_t i = 0; i < sums.size(); ++i) sums[i] += double{part[i]};
  }
  return {sums.begin(), sums.end()};
}

/// Solves (base + Σ c·y·yᵀ + λ·I)·x = b for one row at a time.
class Solver {
 public:
  Solver(const Side& side, std::span<const float> others, const std::vector<float>& base, size_t f,
         const AlsOptions& options, uint32_t steps)
      : side_(side),
        others_(others),
        base_(base),
        f_(f),
        options_(options),
        steps_(steps),
        residual_(f),
        direction_(f),
        image_(f) {}

  /// Asks for the others of a row that is to be solved soon.
  void fetch(uint32_t row) const {
    constexpr uint64_t kMost = 128;
    const uint64_t begin = side_.offsets[row], end = std::min(side_.offsets[row + size_t{1}], begin + kMost);
    for (uint64_t at = begin; at < end; ++at) operators::fetch_vector(others_.data() + side_.id[at] * f_, f_);
  }

  void solve(uint32_t row, float* x) {
    const uint64_t begin = side_.offsets[row], end = side_.offsets[row + size_t{1}];
    if (begin == end) {
      std::fill_n(x, f_, 0.0F);
      return;
    }
    weigh(begin, end);
    gather(begin, end);
    subtract_from_target(x, residual_.data());
    direction_ = residual_;
    float squared = float_dot(residual_.data(), residual_.data(), f_);
    const float enough = squared * 1e-12F;
    for (uint32_t step = 0; step < steps_ && squared > enough; ++step) {
      apply(direction_.data(), image_.data());
      const float curvature = float_dot(direction_.data(), image_.data(), f_);
      if (!(curvature > 0)) break;
      const float length = squared / curvature;
      add_scaled(length, direction_.data(), x, f_);
      if (step + 1 == steps_) break;
      add_scaled(-length, image_.data(), residual_.data(), f_);
      const float next = float_dot(residual_.data(), residual_.data(), f_);
      const float turn = next / squared;
      for (size_t k = 0; k < f_; ++k) direction_[k] = std::fma(turn, direction_[k], residual_[k]);
      squared = next;
    }
  }

 private:
  const float* other(size_t i) const { return near_.data() + i * f_; }

  /// The others of this row side by side: they are read once a step.
  void gather(uint64_t begin, uint64_t end) {
    near_.resize((end - begin) * f_);
    for (uint64_t at = begin; at < end; ++at)
      std::copy_n(others_.data() + side_.id[at] * f_, f_, near_.data() + (at - begin) * f_);
  }

  /// What an observed cell adds to the matrix and to the right-hand side, and λ.
  void weigh(uint64_t begin, uint64_t end) {
    extra_.resize(end - begin);
    target_.resize(end - begin);
    const size_t cells = options_.implicit ? others_.size() / f_ : 0;
    auto total = static_cast<double>(cells);
    for (uint64_t at = begin; at < end; ++at) {
      const double r = double{side_.weight_at(at)};
      const double extra = options_.implicit ? options_.alpha * r : 1;
      total += extra;
      extra_[at - begin] = static_cast<float>(extra);
      target_[at - begin] = static_cast<float>(options_.implicit ? 1 + extra : r);
    }
    lambda_ = static_cast<float>(options_.regularisation * std::pow(total, options_.regularisation_exponent));
  }

  /// out = A·x.
  void apply(const float* x, float* out) const {
    apply_base(x, out);
    add_cells(x, out, [&](size_t i, float product) { return extra_[i] * product; });
  }
  /// out = b − A·x: what an observed cell adds to both is taken together.
  void subtract_from_target(const float* x, float* out) const {
    apply_base(x, out);
    for (size_t k = 0; k < f_; ++k) out[k] = -out[k];
    add_cells(x, out, [&](size_t i, float product) { return std::fma(-extra_[i], product, target_[i]); });
  }

  void apply_base(const float* x, float* out) const {
    for (size_t k = 0; k < f_; ++k) out[k] = lambda_ * x[k];
    if (!base_.empty()) numerics::add_matrix_times(base_.data(), x, out, f_);
  }

  /// out += Σ factor(i, ⟨y_i, x⟩) · y_i.
  template <typename Factor>
  void add_cells(const float* x, float* out, Factor factor) const {
    size_t i = 0;
    for (; i + 4 <= extra_.size(); i += 4) {
      const float* rows[4] = {other(i), other(i + 1), other(i + 2), other(i + 3)};
      float products[4];
      numerics::dot_four(rows, x, f_, products);
      for (size_t k = 0; k < 4; ++k) products[k] = factor(i + k, products[k]);
      numerics::add_scaled_four(products, rows, out, f_);
    }
    for (; i < extra_.size(); ++i) {
      const float* y = other(i);
      add_scaled(factor(i, float_dot(y, x, f_)), y, out, f_);
    }
  }

  const Side& side_;
  std::span<const float> others_;
  const std::vector<float>& base_;
  const size_t f_;
  const AlsOptions& options_;
  const uint32_t steps_;
  float lambda_ = 0;
  std::vector<float> residual_, direction_, image_, extra_{}, target_{}, near_{};
};

/// Normal numbers of deviation 1/√f, by Box and Muller from a hash of the place.
std::vector<float> random_rows(const Side& side, size_t f, uint64_t seed) {
  std::vector<float> rows(side.rows() * f);
  uint64_t state = seed;
  const auto unit = [&] {
    const uint64_t bits = mix(state);
    state += kMixStep;
    return (static_cast<double>(bits >> 11) + 0.5) * 0x1p-53;
  };
  const double deviation = 1 / std::sqrt(static_cast<double>(f));
  for (uint32_t row = 0; row < side.rows(); ++row) {
    for (size_t k = 0; k < f; ++k) {
      const double length = std::sqrt(-2 * std::log(unit())), angle = 2 * std::numbers::pi * unit();
      if (side.count(row) > 0) rows[row * f + k] = static_cast<float>(deviation * length * std::cos(angle));
    }
  }
  return rows;
}

}  // namespace

void als_half_step(const Side& side, std::span<const float> others, std::span<float> rows, const AlsOptions& options,
                   uint32_t steps, const Work& work) {
  const size_t f = options.factors;
  const std::vector<float> base = options.implicit ? gram(others, f, work) : std::vector<float>();
  share_out(side.rows(), 256, work, [&] {
    return [&, solver = Solver(side, others, base, f, options, steps)](uint64_t, uint64_t begin, uint64_t end) mutable {
      for (uint64_t row = begin; row < end; ++row) {
        if (row + 1 < end) solver.fetch(static_cast<uint32_t>(row + 1));
        solver.solve(static_cast<uint32_t>(row), rows.data() + row * f);
      }
    };
  });
}

Factors build_als(InteractionList interactions, uint32_t users, uint32_t items, const AlsOptions& options,
                  const Work& work) {
  constexpr uint32_t kLastSteps = 20;  // users are fitted to the items that are served, to the end
  const Interactions all = arrange(std::move(interactions), users, items, {}, work.memory);
  const size_t f = options.factors;
  Factors out{.factors = options.factors,
              .users = std::vector<float>(users * f),
              .items = random_rows(all.of_item, f, options.seed)};
  const double half_steps = 2.0 * options.iterations + 1;
  double done = 0;
  const auto half_step = [&](const Side& side, std::span<const float> others, std::span<float> rows, uint32_t steps) {
    Work part{.threads = work.threads};
    if (work.progress) part.progress = [&](double share) { work.progress((done + share) / half_steps); };
    als_half_step(side, others, rows, options, steps, part);
    ++done;
  };
  for (uint32_t iteration = 0; iteration < options.iterations; ++iteration) {
    half_step(all.of_user, out.items, out.users, options.steps);
    half_step(all.of_item, out.users, out.items, options.steps);
  }
  half_step(all.of_user, out.items, out.users, kLastSteps);
  return out;
}

}  // namespace rec::indexes
