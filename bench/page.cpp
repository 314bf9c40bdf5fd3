// A whole page, 3,000 candidates: six formulas, four filters, MMR picking 50 of 500; the interpreter against plain C++
// of the same work.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <unordered_set>

#include "bench/built.h"
#include "bench/measure.h"
#include "offline/ingest/csv.h"

namespace {

using namespace rec;

constexpr uint32_t kItems = 3000, kDimensions = 64;
constexpr int64_t kNow = 1'793'836'800'000'000;  // microseconds

constexpr const char* kCatalog = R"yaml(tables:
  users: {key: id, source: {csv: users.csv}, columns: {blocked: "[int]"}}
  notes:
    key: id
    source: {csv: notes.csv}
    columns:
      author: int
      kind: string
      price: float
      clicks: int
      a: float
      b: float
      c: float
      created_at: {type: time, format: unix_seconds}
      content: {type: "vector(64)", source: {npy: content.npy}}
)yaml";

constexpr const char* kPipeline = R"rec(pipeline page(user: users, item: notes) {
  recall { all = items take 3000 }
  where age(item.created_at) < 30d
  where item.price < 95.0
  where item.kind in ["k0", "k1", "k2", "k3", "k4", "k5", "k6", "k7"]
  where item.author not in user.blocked
  let click   = sigmoid(1.5 * item.a + item.b - 0.3)
  let like    = sigmoid(0.7 * item.b - 1.2 * item.c)
  let quality = log1p(float(item.clicks)) * (0.5 + 0.5 * item.c)
  let fresh   = exp(-(age(item.created_at).days) / 7.0)
  let engaged = click * (1.0 + 2.0 * like) * (0.6 + 0.4 * fresh)
  let value   = engaged ** 0.7 * (1.0 + quality) ** 0.3
  top 500 by value
  rerank mmr(relevance: value, similarity: cosine(item.content), theta: 0.7, window: 10) take 50
}
)rec";

/// The same columns, generated once, for the files and for the plain program.
struct Data {
  std::vector<int64_t> author, clicks, created;
  std::vector<int> kind;
  std::vector<float> price, a, b, c, content;
  std::unordered_set<int64_t> blocked;
};

Data generate() {
  Data d;
  uint64_t state = 1;
  const auto next = [&] {
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    return static_cast<uint32_t>(state >> 33);
  };
  const auto unit = [&] { return static_cast<float>(next() % 65536) / 65536.0F; };
  for (uint32_t i = 0; i < kItems; ++i) {
    d.author.push_back(next() % 500);
    d.kind.push_back(static_cast<int>(next() % 9));
    d.price.push_back(unit() * 100);
    d.clicks.push_back(next() % 5000);
    d.a.push_back(unit());
    d.b.push_back(unit());
    d.c.push_back(unit());
    d.created.push_back(kNow / 1'000'000 - static_cast<int64_t>(next() % (33 * 86400)));
    for (uint32_t k = 0; k < kDimensions; ++k) d.content.push_back(unit() - 0.5F);
  }
  for (int i = 0; i < 50; ++i) d.blocked.insert(next() % 500);
  return d;
}

void write_files(const Data& d, const bench::Built& built) {
  built.write("catalog.yaml", kCatalog);
  std::vector<int64_t> blocked(d.blocked.begin(), d.blocked.end());
  std::sort(blocked.begin(), blocked.end());
  std::string users = "id,blocked\n1,";
  for (size_t i = 0; i < blocked.size(); ++i) users += (i > 0 ? "|" : "") + std::to_string(blocked[i]);
  built.write("users.csv", users + "\n");
  std::string notes = "id,author,kind,price,clicks,a,b,c,created_at\n";
  for (uint32_t i = 0; i < kItems; ++i) {
    notes += fmt::format("{},{},k{},{},{},{},{},{},{}\n", i, d.author[i], d.kind[i], d.price[i], d.clicks[i], d.a[i],
                         d.b[i], d.c[i], d.created[i]);
  }
  built.write("notes.csv", notes);
  if (!ingest::write_npy(built.path("content.npy"), d.content.data(), kItems, kDimensions)) std::abort();
}

/// What an engineer would write by hand for this one strategy.
std::vector<uint32_t> plain(const Data& d) {
  std::vector<uint32_t> rows;
  rows.reserve(kItems);
  for (uint32_t i = 0; i < kItems; ++i) {
    if (kNow - d.created[i] * 1'000'000 >= 30 * 86'400'000'000) continue;
    if (!(d.price[i] < 95.0F) || d.kind[i] >= 8 || d.blocked.contains(d.author[i])) continue;
    rows.push_back(i);
  }
  std::vector<float> value(rows.size());
  const auto sigmoid = [](float x) { return 1.0F / (1.0F + std::exp(-x)); };
  for (size_t k = 0; k < rows.size(); ++k) {
    const uint32_t i = rows[k];
    const float click = sigmoid(1.5F * d.a[i] + d.b[i] - 0.3F), like = sigmoid(0.7F * d.b[i] - 1.2F * d.c[i]);
    const float quality = std::log1p(static_cast<float>(d.clicks[i])) * (0.5F + 0.5F * d.c[i]);
    const auto days = static_cast<float>(static_cast<double>(kNow - d.created[i] * 1'000'000) / 86'400'000'000.0);
    const float fresh = std::exp(-days / 7.0F);
    const float engaged = click * (1.0F + 2.0F * like) * (0.6F + 0.4F * fresh);
    value[k] = std::pow(engaged, 0.7F) * std::pow(1.0F + quality, 0.3F);
  }
  std::vector<uint32_t> order(rows.size());
  std::iota(order.begin(), order.end(), 0U);
  const size_t top = std::min<size_t>(500, order.size());
  std::partial_sort(order.begin(), order.begin() + static_cast<long>(top), order.end(),
                    [&](uint32_t x, uint32_t y) { return value[x] > value[y] || (value[x] == value[y] && x < y); });
  order.resize(top);

  std::vector<float> unit(top * kDimensions);
  for (size_t k = 0; k < top; ++k) {
    const float* v = &d.content[size_t{rows[order[k]]} * kDimensions];
    float norm = 0;
    for (uint32_t j = 0; j < kDimensions; ++j) norm += v[j] * v[j];
    norm = std::sqrt(norm);
    for (uint32_t j = 0; j < kDimensions; ++j) unit[k * kDimensions + j] = v[j] / norm;
  }
  constexpr size_t kWindow = 10;
  std::vector<std::vector<float>> recent;  // similarity rows of the last picks
  std::vector<uint8_t> taken(top);
  std::vector<uint32_t> page;
  while (page.size() < 50 && page.size() < top) {
    size_t best = top;
    float best_value = -INFINITY;
    for (size_t k = 0; k < top; ++k) {
      if (taken[k]) continue;
      float most = recent.empty() ? 0.0F : -INFINITY;
      for (const auto& row : recent) most = std::max(most, row[k]);
      const float objective = 0.7F * value[order[k]] - 0.3F * most;
      if (objective > best_value) best_value = objective, best = k;
    }
    taken[best] = 1;
    page.push_back(rows[order[best]]);
    std::vector<float> row(top);
    for (size_t k = 0; k < top; ++k) {
      float dot = 0;
      for (uint32_t j = 0; j < kDimensions; ++j) dot += unit[best * kDimensions + j] * unit[k * kDimensions + j];
      row[k] = dot;
    }
    if (recent.size() == kWindow) recent.erase(recent.begin());
    recent.push_back(std::move(row));
  }
  return page;
}

}  // namespace

int main() {
  const Data data = generate();
  bench::Built built;
  write_files(data, built);
  built.build();
  const auto plan = built.plan("page", kPipeline);
  const auto& generation = built.generation;
  engine::Request request;
  request.user = "1";
  request.now = kNow;

  const auto page = engine::recommend(*plan, *generation, request);
  if (!page) return 70;
  std::vector<uint32_t> ours;
  for (const auto& item : page->items) ours.push_back(static_cast<uint32_t>(std::stoul(item.key)));
  if (const auto peer = plain(data); ours != peer) {
    fmt::print(stderr, "the two pages differ\n");
    for (size_t i = 0; i < std::min(ours.size(), peer.size()); ++i) {
      if (ours[i] != peer[i]) fmt::print(stderr, "  {}: {} {}\n", i + 1, ours[i], peer[i]);
    }
    return 1;
  }
  size_t sink = 0;
  bench::compare("a page of 50 from 3,000 candidates: 4 filters, 6 formulas, top 500, mmr 50 of 500 x 64, window 10",
                 {"rec, interpreter", [&] { sink += engine::recommend(*plan, *generation, request)->items.size(); }},
                 {"plain C++ (std::exp, pow)", [&] { sink += plain(data).size(); }});
  return sink == 0;
}
