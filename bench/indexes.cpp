// Building indexes, beside what one would write with a sparse-matrix library or by hand: ItemCF and UserCF against
// Eigen's sparse product and the top k of its rows, Swing against loops over pairs of items and of their users, a
// half-step of ALS against a Cholesky factorisation a row. Results are compared first; fails where one differs.
#include <fmt/format.h>

#include <Eigen/Cholesky>
#include <Eigen/Sparse>
#include <chrono>
#include <cmath>
#include <map>
#include <random>

#include "bench/measure.h"
#include "offline/indexes/als.h"
#include "offline/indexes/item_cf.h"
#include "offline/indexes/swing.h"
#include "offline/indexes/user_cf.h"

namespace {

using namespace rec::indexes;
using Matrix = Eigen::SparseMatrix<double, Eigen::RowMajor>;

double wall() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// Users of Zipf-like activity, items of Zipf-like popularity; each pair once.
std::vector<Interaction> generated(uint32_t users, uint32_t items, size_t count, uint64_t seed) {
  std::mt19937_64 random(seed);
  const auto skewed = [&](uint32_t n, double power) {
    const double u = static_cast<double>(random() >> 11) * 0x1p-53;
    return std::min(n - 1, static_cast<uint32_t>(static_cast<double>(n) * std::pow(u, power)));
  };
  std::map<std::pair<uint32_t, uint32_t>, bool> seen;
  while (seen.size() < count) seen[{skewed(users, 1.6), skewed(items, 2.2)}] = true;
  std::vector<Interaction> out;
  for (const auto& [pair, there] : seen) out.push_back({pair.first, pair.second, 1, 0});
  return out;
}

/// Row i of A·diag(factor)·Aᵀ, scaled, without the diagonal, its largest `top_k`.
NeighbourLists by_eigen(const Matrix& a, const std::vector<double>& factor, const std::vector<double>& row_scale,
                        const std::vector<double>& column_scale, uint32_t top_k) {
  Matrix weighted = a;
  for (Eigen::Index k = 0; k < weighted.outerSize(); ++k) {
    for (Matrix::InnerIterator it(weighted, k); it; ++it) it.valueRef() *= factor[static_cast<size_t>(it.col())];
  }
  const Matrix turned = a.transpose();
  NeighbourLists out;
  constexpr Eigen::Index kRows = 1000;  // a part of the product at a time
  for (Eigen::Index begin = 0; begin < a.rows(); begin += kRows) {
    const Matrix product = Matrix(weighted.middleRows(begin, std::min(kRows, a.rows() - begin))) * turned;
    for (Eigen::Index r = 0; r < product.rows(); ++r) {
      const auto row = static_cast<size_t>(begin + r);
      std::vector<std::pair<float, uint32_t>> all;
      for (Matrix::InnerIterator it(product, r); it; ++it) {
        const auto other = static_cast<size_t>(it.col());
        if (other != row)
          all.emplace_back(-static_cast<float>(it.value() / (row_scale[row] * column_scale[other])), it.col());
      }
      const auto kept = static_cast<std::ptrdiff_t>(std::min<size_t>(all.size(), top_k));
      std::partial_sort(all.begin(), all.begin() + kept, all.end());
      for (std::ptrdiff_t k = 0; k < kept; ++k) {
        out.neighbour.push_back(all[static_cast<size_t>(k)].second);
        out.similarity.push_back(-all[static_cast<size_t>(k)].first);
      }
      out.offsets.push_back(out.neighbour.size());
    }
  }
  return out;
}

bool equal(const NeighbourLists& a, const NeighbourLists& b) {
  if (a.offsets != b.offsets) return false;
  size_t swapped = 0;
  for (size_t k = 0; k < a.neighbour.size(); ++k) {
    if (std::abs(a.similarity[k] - b.similarity[k]) > 1e-5F * std::abs(b.similarity[k])) return false;
    swapped += a.neighbour[k] != b.neighbour[k] ? 1 : 0;  // sums in another order may swap what is all but equal
  }
  return swapped * 100 < a.neighbour.size();
}

/// Once each to compare, then in turn.
bool race(const std::string& what, const std::function<NeighbourLists(unsigned)>& ours, const std::string& peer,
          const std::function<NeighbourLists()>& theirs, double wanted) {
  if (!equal(ours(1), theirs())) {
    fmt::print("{}: results differ\n", what);
    return false;
  }
  const double ratio = rec::bench::compare(what, {"one thread", [&] { ours(1); }}, {peer, [&] { theirs(); }}, 5, 1);
  double times[2] = {1e9, 1e9};
  for (int round = 0; round < 5; ++round) {
    for (const unsigned threads : {1U, 2U}) {
      const double begin = wall();
      ours(threads);
      times[threads - 1] = std::min(times[threads - 1], wall() - begin);
    }
  }
  fmt::print("  {:.1f} times as fast (at least {:.0f} wanted); two threads {:.2f} times one\n", 1 / ratio, wanted,
             times[0] / times[1]);
  return 1 / ratio >= wanted;
}

Matrix matrix(const std::vector<Interaction>& list, uint32_t rows, uint32_t columns, uint32_t Interaction::* row,
              uint32_t Interaction::* column) {
  std::vector<Eigen::Triplet<double>> cells;
  for (const auto& one : list) cells.emplace_back(static_cast<int>(one.*row), static_cast<int>(one.*column), 1.0);
  Matrix out(rows, columns);
  out.setFromTriplets(cells.begin(), cells.end());
  return out;
}

std::vector<double> counts(const std::vector<Interaction>& list, uint32_t rows, uint32_t Interaction::* row) {
  std::vector<double> out(rows);
  for (const auto& one : list) ++out[one.*row];
  return out;
}

std::vector<double> mapped(std::vector<double> values, double (*function)(double)) {
  for (double& value : values) value = function(value);
  return values;
}

/// Every pair of items, the users of both, every pair of these, the items of both.
NeighbourLists swing_by_loops(const std::vector<Interaction>& list, uint32_t users, uint32_t items, uint32_t top_k) {
  std::vector<std::vector<uint32_t>> of_user(users), of_item(items);
  for (const auto& one : list) {
    of_user[one.user].push_back(one.item);
    of_item[one.item].push_back(one.user);
  }
  std::vector<double> weight(users);
  for (uint32_t u = 0; u < users; ++u) weight[u] = 1 / std::sqrt(static_cast<double>(of_user[u].size()));
  std::vector<std::vector<std::pair<double, uint32_t>>> similar(items);
  std::vector<uint32_t> both;
  for (uint32_t i = 0; i < items; ++i) {
    for (uint32_t j = i + 1; j < items; ++j) {
      both.clear();
      std::ranges::set_intersection(of_item[i], of_item[j], std::back_inserter(both));
      double sum = 0;
      for (size_t a = 0; a < both.size(); ++a) {
        const auto& x = of_user[both[a]];
        for (size_t b = a + 1; b < both.size(); ++b) {
          const auto& y = of_user[both[b]];
          size_t shared = 0;
          for (size_t p = 0, q = 0; p < x.size() && q < y.size();) {
            shared += x[p] == y[q] ? 1 : 0;
            const bool step = x[p] <= y[q], other = y[q] <= x[p];
            p += step ? 1 : 0;
            q += other ? 1 : 0;
          }
          sum += weight[both[a]] * weight[both[b]] / (1 + static_cast<double>(shared));
        }
      }
      if (sum > 0) {
        similar[i].emplace_back(sum, j);
        similar[j].emplace_back(sum, i);
      }
    }
  }
  NeighbourLists out;
  for (auto& all : similar) {
    std::ranges::sort(
        all, [](const auto& a, const auto& b) { return a.first != b.first ? a.first > b.first : a.second < b.second; });
    const double largest = all.empty() ? 1 : all.front().first;
    for (size_t k = 0; k < std::min<size_t>(all.size(), top_k); ++k) {
      out.neighbour.push_back(all[k].second);
      out.similarity.push_back(static_cast<float>(all[k].first / largest));
    }
    out.offsets.push_back(out.neighbour.size());
  }
  return out;
}

bool race_als(const std::vector<Interaction>& list, uint32_t users, uint32_t items) {
  const AlsOptions options{.iterations = 4, .regularisation = 0.003, .alpha = 40};
  const auto from = build_als(list, users, items, options, {.threads = 1});
  const Side side = arrange(list, users, items, {}).of_user;
  constexpr int kFactors = 64;
  using Rows = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  const Eigen::Map<const Rows> y(from.items.data(), items, kFactors);
  std::vector<float> ours(from.users);
  Rows theirs(users, kFactors);
  const auto exact = [&] {
    const Eigen::MatrixXf gram = y.transpose() * y;
    Eigen::MatrixXf a(kFactors, kFactors);
    Eigen::VectorXf b(kFactors);
    for (uint32_t u = 0; u < users; ++u) {
      a = gram;
      b.setZero();
      for (const uint32_t item : side.ids(u)) {
        a.selfadjointView<Eigen::Lower>().rankUpdate(y.row(item).transpose(), 40.0F);
        b += 41.0F * y.row(item).transpose();
      }
      const float total = static_cast<float>(items) + 40.0F * static_cast<float>(side.count(u));
      a.diagonal().array() += 0.003F * total;
      if (side.count(u) > 0)
        theirs.row(u) = a.selfadjointView<Eigen::Lower>().llt().solve(b).transpose();
      else
        theirs.row(u).setZero();
    }
  };
  // From where an iteration before left them, as in a build.
  std::vector<float> start(from.users);
  for (size_t i = 0; i < start.size(); ++i) start[i] *= i % 2 == 0 ? 0.95F : 1.05F;
  const auto half_step = [&] {
    ours = start;
    als_half_step(side, from.items, ours, options, options.steps, {.threads = 1});
  };
  half_step();
  exact();
  const Eigen::Map<const Rows> x(ours.data(), users, kFactors);
  const float difference = (x - theirs).norm() / theirs.norm();
  fmt::print("ALS, solutions apart by {:.4f} of their length\n", difference);
  const double ratio = rec::bench::compare("a half-step of ALS, 64 factors", {"three steps of CG", half_step},
                                           {"Cholesky a row, Eigen", exact}, 7, 1);
  fmt::print("  {:.1f} times as fast (at least 8 wanted)\n", 1 / ratio);
  return difference < 0.02F && 1 / ratio >= 8;
}

}  // namespace

int main() {
  constexpr uint32_t kUsers = 20'000, kItems = 10'000, kTop = 100;
  const auto list = generated(kUsers, kItems, 500'000, 1);
  const auto of_user = counts(list, kUsers, &Interaction::user), of_item = counts(list, kItems, &Interaction::item);
  const Matrix items = matrix(list, kItems, kUsers, &Interaction::item, &Interaction::user);
  const Matrix users = matrix(list, kUsers, kItems, &Interaction::user, &Interaction::item);
  bool good = true;
  const auto inverse = mapped(of_user, [](double n) { return n > 0 ? 1 / n : 0; });
  const auto own = mapped(of_item, [](double n) { return std::pow(n, 0.7); });
  const auto other = mapped(of_item, [](double n) { return std::pow(n, 0.3); });
  good =
      race(
          "ItemCF, 500,000 interactions, 10,000 items",
          [&](unsigned threads) { return build_item_cf(list, kUsers, kItems, {.top_k = kTop}, {.threads = threads}); },
          "Eigen: product and top k", [&] { return by_eigen(items, inverse, own, other, kTop); }, 5) &&
      good;
  const auto rare = mapped(of_item, [](double n) { return 1 / std::log1p(n); });
  const auto root = mapped(of_user, [](double n) { return std::sqrt(n); });
  good =
      race(
          "UserCF, 500,000 interactions, 20,000 users",
          [&](unsigned threads) { return build_user_cf(list, kUsers, kItems, {.top_k = kTop}, {.threads = threads}); },
          "Eigen: product and top k", [&] { return by_eigen(users, rare, root, root, kTop); }, 5) &&
      good;
  const auto small = generated(3'000, 2'000, 60'000, 2);
  good = race(
             "Swing, 60,000 interactions, 2,000 items",
             [&](unsigned threads) {
               SwingSampled sampled;
               return build_swing(small, 3'000, 2'000, {.top_k = kTop}, sampled, {.threads = threads});
             },
             "loops over pairs", [&] { return swing_by_loops(small, 3'000, 2'000, kTop); }, 3) &&
         good;
  return race_als(list, kUsers, kItems) && good ? 0 : 1;
}
