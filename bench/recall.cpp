// Recall from lists beside a hand-written accumulator loop over the same lists: similar items of 200 seeds, ten each,
// and what 50 similar users did, 20 each; the best 100 of both, equal results. Fails where it takes more than 1.5 times
// as long.
#include <fmt/format.h>

#include <algorithm>
#include <random>

#include "bench/measure.h"
#include "operators/recall/neighbours.h"

namespace {

using namespace rec;
using operators::ScoredRow;

constexpr uint32_t kItems = 100'000, kUsers = 50'000, kBest = 100;

struct Lists {
  Lists(uint32_t rows, uint32_t of, uint32_t length, uint64_t seed) {
    std::mt19937_64 random(seed);
    for (uint32_t row = 0; row < rows; ++row) {
      for (uint32_t k = 0; k < length; ++k) {
        const double u = static_cast<double>(random() >> 11) * 0x1p-53;
        entry.push_back(static_cast<uint32_t>(u * u * of));  // the low ones are popular
        value.push_back(1.0F / static_cast<float>(k + 1 + random() % 8));
      }
      offsets.push_back(entry.size());
    }
  }
  std::vector<uint64_t> offsets{0};
  std::vector<uint32_t> entry;
  std::vector<float> value;
};

std::vector<ScoredRow> best(std::vector<ScoredRow> all) {
  const auto end = all.begin() + std::min<std::ptrdiff_t>(kBest, std::ssize(all));
  std::nth_element(all.begin(), end, all.end(), operators::comes_before);
  std::sort(all.begin(), end, operators::comes_before);
  all.erase(end, all.end());
  return all;
}

/// One sum an item, and a list of those that are not 0.
struct Accumulators {
  std::vector<double> sums = std::vector<double>(kItems);
  std::vector<uint32_t> touched;

  void add(uint32_t item, double term) {
    if (sums[item] == 0) touched.push_back(item);
    sums[item] += term;
  }
  std::vector<ScoredRow> take() {
    std::vector<ScoredRow> all;
    for (const uint32_t item : touched) {
      if (sums[item] > 0) all.push_back({item, static_cast<float>(sums[item])});
      sums[item] = 0;
    }
    touched.clear();
    return best(std::move(all));
  }
};

bool equal(const std::vector<ScoredRow>& a, const std::vector<ScoredRow>& b) {
  return std::ranges::equal(a, b, [](const auto& x, const auto& y) { return x.row == y.row && x.score == y.score; });
}

bool race(const std::string& what, const std::function<std::vector<ScoredRow>(size_t)>& ours,
          const std::function<std::vector<ScoredRow>(size_t)>& theirs) {
  constexpr size_t kRequests = 50;
  for (size_t r = 0; r < kRequests; ++r) {
    if (!equal(ours(r), theirs(r))) {
      fmt::print("{}: results differ\n", what);
      return false;
    }
  }
  size_t next = 0;
  const double ratio = bench::compare(what, {"Rec", [&] { ours(next++ % kRequests); }},
                                      {"accumulator loop", [&] { theirs(next++ % kRequests); }}, 15, 100);
  return ratio <= 1.5;
}

}  // namespace

int main() {
  std::mt19937_64 random(5);
  Accumulators sums;
  const Lists neighbours(kItems, kItems, 30, 1);
  store::NeighbourIndex items;
  items.items = kItems;
  items.offsets = neighbours.offsets.data();
  items.neighbour = neighbours.entry.data();
  items.similarity = neighbours.value.data();
  std::vector<std::vector<uint32_t>> seeds(50);
  for (auto& one : seeds) {
    while (one.size() < 200) {
      const auto item = static_cast<uint32_t>(random() % kItems);
      if (std::ranges::find(one, item) == one.end()) one.push_back(item);
    }
  }
  bool good = race(
      "similar items of 200 seeds, 10 each",
      [&](size_t r) { return best(operators::score_neighbours(items, {.rows = seeds[r], .weights = {}}, 10)); },
      [&](size_t r) {
        for (const uint32_t seed : seeds[r]) {
          for (size_t k = 0; k < 10; ++k) sums.add(items.neighbours(seed)[k], double{items.similarities(seed)[k]});
        }
        for (const uint32_t seed : seeds[r]) sums.sums[seed] = 0;
        return sums.take();
      });
  const Lists people(kUsers, kUsers, 100, 2), history(kUsers, kItems, 60, 3);
  store::UserIndex users;
  users.users = kUsers;
  users.offsets = people.offsets.data();
  users.neighbour = people.entry.data();
  users.similarity = people.value.data();
  users.history_offsets = history.offsets.data();
  users.history_item = history.entry.data();
  users.history_weight = history.value.data();
  good = race(
             "what 100 similar users did, 50 each",
             [&](size_t r) { return best(operators::score_users(users, static_cast<uint32_t>(r), 100, 50)); },
             [&](size_t r) {
               const auto user = static_cast<uint32_t>(r);
               for (size_t k = 0; k < 100; ++k) {
                 const uint32_t other = users.neighbours(user)[k];
                 for (size_t j = 0; j < 50; ++j)
                   sums.add(users.items_of(other)[j],
                            double{users.similarities(user)[k]} * double{users.weights_of(other)[j]});
               }
               return sums.take();
             }) &&
         good;
  return good ? 0 : 1;
}
