// Channels over one million items with vectors of 64 numbers: `nearest` beside the search of its index, and what it
// costs a channel to leave out the 1,000 items that its user has seen. Fails where `nearest` takes 10 % longer than the
// search, or a channel 20 % longer than without its condition.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "bench/built.h"
#include "bench/measure.h"
#include "offline/ingest/csv.h"
#include "operators/recall/vector_search.h"

namespace {

using namespace rec;

constexpr uint32_t kItems = 1'000'000, kDimension = 64, kCentres = 1000, kUsers = 400, kSeen = 1000, kTake = 100;
constexpr uint32_t kOthers = 20'000, kSeenByOthers = 100;  // users that ask for nothing, for channels to find

constexpr const char* kCatalog = R"yaml(tables:
  users: {key: id, source: {csv: users.csv}, columns: {taste: {type: "vector(64)", source: {npy: taste.npy}}}}
  films: {key: id, source: {csv: films.csv}, columns: {content: {type: "vector(64)", source: {npy: content.npy}}}}
events:
  plays: {source: {csv: plays.csv}, user: user, item: item, time: ts}
sequences:
  watched: {from: plays, keep: 1000}
indexes:
  all:    {algorithm: flat, vectors: films.content}
  cells:  {algorithm: ivf, vectors: films.content, lists: 1000, probe: 32}
  graph:  {algorithm: hnsw, vectors: films.content, links: 16, ef_construction: 40, ef_search: 256}
  items:  {algorithm: item_cf, from: watched, max_items: 300}
  people: {algorithm: user_cf, from: watched}
)yaml";

std::vector<float> vectors(uint32_t count, uint64_t seed, const std::function<uint32_t(uint32_t)>& centre_of) {
  std::vector<float> centres(size_t{kCentres} * kDimension), out;
  std::mt19937_64 random(seed), of_centres(1);
  std::normal_distribution<float> normal;
  for (float& value : centres) value = normal(of_centres);
  out.reserve(size_t{count} * kDimension);
  for (uint32_t i = 0; i < count; ++i) {
    const float* centre = centres.data() + size_t{centre_of(i)} * kDimension;
    for (uint32_t k = 0; k < kDimension; ++k) out.push_back(centre[k] + 0.5F * normal(random));
  }
  return out;
}

/// Item i is one of the thousand around centre i mod 1,000; a user has seen a hundred of each of ten centres, the
/// popular ones rather, and one of these centres is where the user's own vector is.
void write_files(const bench::Built& built) {
  built.write("catalog.yaml", kCatalog);
  std::string films = "id\n", users = "id\n", plays = "user,item,ts\n";
  for (uint32_t i = 0; i < kItems; ++i) films += fmt::format("{}\n", i);
  std::mt19937_64 random(3);
  for (uint32_t user = 0; user < kUsers + kOthers; ++user) {
    users += fmt::format("{}\n", user);
    const uint32_t of_a_centre = (user < kUsers ? kSeen : kSeenByOthers) / 10;
    for (uint32_t centre = 0; centre < 10; ++centre) {
      std::vector<uint32_t> seen;
      while (seen.size() < of_a_centre) {
        const double u = static_cast<double>(random() >> 11) * 0x1p-53;
        const auto item = static_cast<uint32_t>(u * u * kItems / kCentres) * kCentres + (user + centre * 37) % kCentres;
        if (std::ranges::find(seen, item) == seen.end()) seen.push_back(item);
      }
      for (const uint32_t item : seen) plays += fmt::format("{},{},{}\n", user, item, 1 + random() % 1'000'000);
    }
  }
  built.write("films.csv", films);
  built.write("users.csv", users);
  built.write("plays.csv", plays);
  const auto content = vectors(kItems, 1, [](uint32_t i) { return i % kCentres; });
  const auto taste = vectors(kUsers + kOthers, 2, [](uint32_t user) { return user % kCentres; });
  if (!ingest::write_npy(built.path("content.npy"), content.data(), kItems, kDimension) ||
      !ingest::write_npy(built.path("taste.npy"), taste.data(), kUsers + kOthers, kDimension))
    std::abort();
}

/// The `kTake` best that the index finds, in order.
std::vector<uint32_t> searched(const store::VectorIndex& index, const float* query) {
  auto found = operators::search_vectors(index, query, 0)->more(kTake);
  const size_t kept = std::min<size_t>(kTake, found.size());
  std::partial_sort(found.begin(), found.begin() + static_cast<std::ptrdiff_t>(kept), found.end(),
                    operators::comes_before);
  std::vector<uint32_t> rows;
  for (size_t i = 0; i < kept; ++i) rows.push_back(found[i].row);
  return rows;
}

/// The operator, with a channel that has no conditions.
std::vector<uint32_t> by_operator(const bench::Built& built, const std::string& index, std::span<const float> query) {
  static const operators::AdmitFn all = [](std::span<const uint32_t>, std::span<uint8_t>) {};
  const std::vector<operators::ArgumentValue> arguments{std::monostate{}, query, std::monostate{}};
  column::Arena arena;
  const operators::SourceCall call{.generation = *built.generation,
                                   .item_table = 1,
                                   .user_row = 0,
                                   .index = index,
                                   .arguments = arguments,
                                   .admit = all,
                                   .take = kTake,
                                   .arena = arena,
                                   .stop = {}};
  return std::get<operators::SourceDef>(built.registry.source("nearest")->what).run(call)->rows;
}

bool race_search(const bench::Built& built, const std::string& index, int repeat) {
  const store::VectorIndex& own = *built.generation->vector_index(index);
  const auto queries = vectors(kUsers, 5, [](uint32_t user) { return user * 7 % kCentres; });
  const auto query = [&](size_t q) { return std::span(queries).subspan(q % kUsers * kDimension, kDimension); };
  for (size_t q = 0; q < 20; ++q) {
    if (searched(own, query(q).data()) != by_operator(built, index, query(q))) {
      fmt::print("nearest({}): results differ\n", index);
      return false;
    }
  }
  size_t next[2] = {0, 0};
  const double ratio = bench::compare(
      fmt::format("nearest({}) over {} vectors of {}, take {}", own.algorithm, kItems, kDimension, kTake),
      {"operator", [&] { by_operator(built, index, query(next[0]++)); }},
      {"search of the index", [&] { searched(own, query(next[1]++).data()); }}, 15, repeat);
  return ratio <= 1.1;
}

/// One channel as a page, with what the user has seen and without.
bool race_condition(bench::Built& built, const std::string& name, const std::string& channel, int repeat) {
  const auto pipeline = [&](const std::string& eligible) {
    return "pipeline page(user: users, item: films) {\n" + eligible + "\n  recall { one = " + channel +
           " }\n  emit item.id\n}\n";
  };
  const auto plain = built.plan(name + "_plain", pipeline(""));
  const auto unseen = built.plan(name + "_unseen", pipeline("  eligible item not in user.watched"));
  const auto page = [&](const graph::Plan& plan, size_t user) {
    engine::Request request;
    request.user = std::to_string(user % kUsers);
    request.now = 2'000'000'000'000;
    return engine::recommend(plan, *built.generation, request);
  };
  size_t seen = 0;
  for (size_t user = 0; user < 20; ++user) {
    const auto all = page(*plain, user), left = page(*unseen, user);
    if (!all || !left || all->items.empty() || left->items.empty()) {
      fmt::print("{}: no page\n", name);
      return false;
    }
    for (const auto& item : all->items)
      seen += std::ranges::find(left->items, item.key, &engine::Item::key) == left->items.end() ? 1 : 0;
  }
  size_t next[2] = {0, 0};
  const double ratio = bench::compare(
      fmt::format("{}, take {}; of these {:.1f} seen before", name, kTake, static_cast<double>(seen) / 20),
      {"without 1,000 seen items", [&] { page(*unseen, next[0]++); }},
      {"without the condition", [&] { page(*plain, next[1]++); }}, 15, repeat);
  return ratio <= 1.2;
}

}  // namespace

int main() {
  bench::Built built;
  write_files(built);
  built.build();
  bool good = true;
  for (const auto& [index, repeat] :
       std::vector<std::pair<std::string, int>>{{"all", 3}, {"cells", 20}, {"graph", 200}})
    good = race_search(built, index, repeat) && good;
  good = race_condition(built, "nearest_flat", "nearest(all, query: user.taste) take 100", 3) && good;
  good = race_condition(built, "nearest_ivf", "nearest(cells, query: user.taste) take 100", 20) && good;
  good = race_condition(built, "nearest_hnsw", "nearest(graph, query: user.taste) take 100", 200) && good;
  good = race_condition(built, "similar_items",
                        "similar_items(items, seeds: user.watched.last(200), per_seed: 10) take 100", 200) &&
         good;
  good = race_condition(built, "similar_users", "similar_users(people, neighbours: 100, per_user: 50) take 100", 200) &&
         good;
  return good ? 0 : 1;
}
