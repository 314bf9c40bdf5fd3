// Whole pages, from recall to what is emitted, of strategies that ship: the engine beside programs written by hand for
// the same strategy and the same mapped data (bench/handwritten). Fails where two pages differ.
#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>
#include <stdexcept>

#include "bench/built.h"
#include "bench/handwritten/home_feed_rules.h"
#include "bench/handwritten/movies.h"
#include "bench/measure.h"
#include "offline/importers/importers.h"
#include "offline/simulation/demo.h"
#include "runtime/native/tier.h"

namespace {

using namespace rec;

constexpr size_t kUsers = 300;
constexpr int kSamples = 15;

using Plan = std::shared_ptr<const graph::Plan>;
using Position = std::span<const uint32_t>;

Plan compile(bench::Built& built, const std::string& file) {
  diagnostics::Diagnostics diagnostics;
  const std::string path = std::string(REC_SOURCE_DIR) + "/pipelines/" + file;
  auto plan = compiler::compile(path, built.generation->catalog(), built.registry, built.sources, diagnostics)
                  .pipeline("", diagnostics);
  if (plan == nullptr) {
    fmt::print(stderr, "{}", render_text(diagnostics, built.sources));
    std::exit(1);
  }
  return plan;
}

/// Keys of users from all over the table.
std::vector<int64_t> some_users(const store::Generation& generation) {
  const store::Table& users = *generation.table("users");
  std::vector<int64_t> out;
  const uint32_t step = std::max<uint32_t>(1, users.rows() / kUsers);
  for (uint32_t row = 0; row < users.rows() && out.size() < kUsers; row += step)
    out.push_back(std::get<int64_t>(users.key(row)));
  return out;
}

// ---- equality ----

template <typename T>
bool has(const engine::Item& item, size_t value, const T& wanted) {
  const T* found = std::get_if<T>(&item.values[value].value);
  return found != nullptr && *found == wanted;
}

/// The channels that an item came from, with its place in each and its score where `scores` has one.
bool from_equal(const engine::Item& item, const graph::RecallStep& recall, Position position,
                std::span<const float> scores) {
  size_t at = 0;
  for (size_t c = 0; c < position.size(); ++c) {
    if (position[c] == 0) continue;
    if (at == item.channels.size()) return false;
    const engine::ItemChannel& from = item.channels[at++];
    if (from.channel != recall.channels[c].name || from.position != position[c]) return false;
    if (from.score != (c < scores.size() ? std::optional(scores[c]) : std::nullopt)) return false;
  }
  return at == item.channels.size();
}

bool equal(const engine::Item& a, const handwritten::HomeFeedRules::Item& b, const graph::RecallStep& recall,
           const store::Generation&) {
  const float scores[] = {b.clicked, b.liked};
  return a.key == std::to_string(b.key) && has(a, 0, std::string(b.title)) && has(a, 1, b.value) &&
         has(a, 2, b.click) && has(a, 3, b.like) && has(a, 4, std::string(b.topic)) && has(a, 5, b.author) &&
         from_equal(a, recall, b.position, scores);
}

bool equal(const engine::Item& a, const handwritten::Movies::Item& b, const graph::RecallStep& recall,
           const store::Generation& generation) {
  std::vector<std::string> genres;
  for (const int32_t code : b.genres) genres.emplace_back(generation.table("movies")->strings().text(code));
  const bool stars = b.stars ? has(a, 3, *b.stars) : has(a, 3, std::monostate{});
  const float scores[] = {b.similar, b.loved};
  return a.key == std::to_string(b.key) && has(a, 0, std::string(b.title)) && has(a, 1, b.value) &&
         has(a, 2, b.taste) && stars && has(a, 4, genres) && from_equal(a, recall, b.position, scores);
}

// ---- the race ----

template <typename Program>
class Race {
 public:
  Race(std::string name, Plan plan, std::shared_ptr<const store::Generation> generation)
      : name_(std::move(name)), plan_(std::move(plan)), generation_(std::move(generation)), program_(*generation_) {
    auto compiler = native::make_compiler({.in_background = false});
    if (!compiler) throw std::runtime_error(compiler.error());
    tiers_ = std::make_unique<native::Tiers>(std::move(*compiler));
    for (const int64_t user : users_ = some_users(*generation_))
      requests_.push_back({.pipeline = {}, .user = std::to_string(user)});
  }

  bool equal_pages() {
    const auto& recall = std::get<graph::RecallStep>(plan_->steps.front().what);
    size_t items = 0;
    for (size_t u = 0; u < users_.size(); ++u) {
      const auto ours = engine::recommend(plan_, generation_, requests_[u], {});
      const auto native = engine::recommend(plan_, generation_, requests_[u], {.tiers = tiers_.get()});
      const auto theirs = program_.page(users_[u]);
      if (!native || native->engine != "jit") return differ(u, native, theirs);
      for (const auto* page : {&ours, &native}) {
        bool same = *page && theirs && (*page)->items.size() == theirs->size();
        for (size_t i = 0; same && i < theirs->size(); ++i)
          same = equal((*page)->items[i], (*theirs)[i], recall, *generation_);
        if (!same) return differ(u, *page, theirs);
      }
      items += theirs->size();
    }
    fmt::print("{}: {} users, {} items, equal in ids, order, values, channels and scores\n", name_, users_.size(),
               items);
    return items > 0;
  }

  void run() {
    size_t sink = 0;
    const auto run = [&](const engine::Serving& serving) {
      for (const auto& request : requests_)
        sink += engine::recommend(plan_, generation_, request, serving)->items.size();
    };
    const auto ours = [&] { run({}); };
    const auto native = [&] { run({.tiers = tiers_.get()}); };
    const auto theirs = [&] {
      for (const int64_t user : users_) sink += program_.page(user)->size();
    };
    bench::compare(fmt::format("{}, {} requests", name_, requests_.size()), {"rec, interpreter", ours},
                   {"written by hand", theirs}, kSamples, 1, requests_.size());
    bench::compare(name_, {"rec, native code", native}, {"written by hand", theirs}, kSamples, 1, requests_.size());
    bench::compare(name_, {"rec, native code", native}, {"rec, interpreter", ours}, kSamples, 1, requests_.size());
    if (sink == 0) std::abort();
  }

 private:
  template <typename Ours, typename Theirs>
  bool differ(size_t u, const Ours& ours, const Theirs& theirs) const {
    fmt::print(stderr, "{}: the pages of user {} differ\n", name_, users_[u]);
    if (!ours) fmt::print(stderr, "  {}\n", ours.error().message);
    for (size_t i = 0; ours && theirs && i < std::max(ours->items.size(), theirs->size()); ++i) {
      const std::string a = i < ours->items.size() ? ours->items[i].key : "",
                        b = i < theirs->size() ? std::to_string((*theirs)[i].key) : "";
      const float va = i < ours->items.size() ? std::get<float>(ours->items[i].values[1].value) : 0;
      fmt::print(stderr, "  {}: {} {} {} {}\n", i + 1, a, va, b, i < theirs->size() ? (*theirs)[i].value : 0);
    }
    return false;
  }

  std::string name_;
  Plan plan_;
  std::shared_ptr<const store::Generation> generation_;
  Program program_;
  std::vector<int64_t> users_;
  std::vector<engine::Request> requests_;
  std::unique_ptr<native::Tiers> tiers_;
};

template <typename Program>
bool race(bench::Built& built, const std::string& name) {
  built.build();
  Race<Program> race(name, compile(built, name + ".rec"), built.generation);
  if (!race.equal_pages()) return false;
  race.run();
  return true;
}

std::string movielens() {
  const char* shared = std::getenv("REC_SHARED");
  const std::string folder = shared != nullptr ? shared : std::string(REC_SOURCE_DIR) + "/../shared";
  return folder + "/data/ml-latest-small";
}

}  // namespace

int main() {
  bench::Built demo, films;
  if (!simulation::write_demo(demo.path(""), {})) return 3;
  bool equal = race<handwritten::HomeFeedRules>(demo, "home_feed_rules");
  if (std::filesystem::exists(movielens())) {
    if (!importers::import_movielens(movielens(), films.path(""))) return 3;
    equal = race<handwritten::Movies>(films, "movies") && equal;
  } else {
    fmt::print("movies: skipped, {} is not there\n", movielens());
  }
  return equal ? 0 : 1;
}
