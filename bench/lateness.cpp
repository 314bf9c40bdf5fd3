// Sources that hang, are slow, throw or compute, under load: how late after its cut-off a page is merged, and how many
// workers are left behind. Fails where the 99th percentile is above 5 ms, a bound is passed, or a page lacks what the
// quick sources have.
#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <vector>

#include "bench/built.h"
#include "runtime/engine/pool.h"

namespace {

using namespace rec;
using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;
using Found = std::expected<operators::Candidates, std::string>;

constexpr milliseconds kCutOff{20};
constexpr double kMostLate = 5;               // ms, at the 99th percentile
constexpr int kThreads = 4, kRequests = 300;  // a thread
constexpr uint32_t kTake = 50;

// ---- sources and a merge policy that notes when it begins ----

std::mutex dead_mutex;
std::condition_variable dead_changed;
bool dead_ended = false;

Found answers(const operators::SourceCall&) {
  operators::Candidates out;
  for (uint32_t row = 0; row < kTake; ++row) out.rows.push_back(row);
  return out;
}
Found computes(const operators::SourceCall& call) {
  for (const auto end = Clock::now() + milliseconds(1); Clock::now() < end;) continue;
  return answers(call);
}
/// Looks at its stop token every millisecond.
Found slow(const operators::SourceCall& call) {
  for (int ms = 0; ms < 200 && !call.stop.stop_requested(); ++ms) std::this_thread::sleep_for(milliseconds(1));
  return answers(call);
}
/// Does not look at it.
Found hangs(const operators::SourceCall& call) {
  std::this_thread::sleep_for(milliseconds(300));
  return answers(call);
}
Found dead(const operators::SourceCall& call) {
  std::unique_lock lock(dead_mutex);
  dead_changed.wait(lock, [] { return dead_ended; });
  return answers(call);
}
Found throws(const operators::SourceCall&) {
  throw std::runtime_error("out of order");
}

operators::Merge in_order = nullptr;
thread_local Clock::time_point merge_began;
std::vector<operators::MergePick> noted(std::span<const operators::MergeInput> channels, std::optional<uint32_t> take) {
  merge_began = Clock::now();
  return in_order(channels, take);
}

void add_operators(operators::Registry& registry) {
  const auto add = [&](const char* name, operators::Source run) {
    registry.add({.name = name, .doc = {}, .example = {}, .parameters = {}, .what = operators::SourceDef{.run = run}});
  };
  add("answers", answers);
  add("computes", computes);
  add("slow", slow);
  add("hangs", hangs);
  add("dead", dead);
  add("throws", throws);
  in_order = std::get<operators::MergeDef>(registry.merge("in_order")->what).run;
  registry.add(
      {.name = "noted", .doc = {}, .example = {}, .parameters = {}, .what = operators::MergeDef{.run = noted}});
}

// ---- load ----

using Plans = std::vector<std::shared_ptr<const graph::Plan>>;  // taken in turn

struct Seen {
  std::vector<double> late_ms;
  size_t most_abandoned = 0;
  uint64_t wrong = 0, refused = 0;
};

/// Whether a page has what can be had, and says what it lacks.
bool is_right(const engine::Page& page) {
  const auto told = [&](std::string_view channel) {
    return std::ranges::find(page.degraded, channel, &engine::Degradation::what) != page.degraded.end();
  };
  return told("channel broken") && told("channel late") && page.items.size() == kTake;
}

Seen run(const bench::Built& data, engine::Pool& pool, const Plans& plans) {
  Seen seen;
  std::mutex mutex;
  const auto requests = [&](int thread) {
    Seen own;
    for (int i = 0; i < kRequests; ++i) {
      const auto& plan = plans[static_cast<size_t>(thread * 3 + i) % plans.size()];
      const auto begin = Clock::now();
      const auto page =
          engine::recommend(plan, data.generation, {.user = "1"}, {.pool = &pool, .sources = &data.sources});
      if (!page || !is_right(*page)) {
        ++own.wrong;
        continue;
      }
      const bool refused =
          std::ranges::any_of(page->degraded, [](const auto& d) { return d.reason.starts_with("no worker"); });
      own.refused += refused ? 1 : 0;
      own.late_ms.push_back(std::chrono::duration<double, std::milli>(merge_began - begin - kCutOff).count());
      own.most_abandoned = std::max(own.most_abandoned, pool.counts().abandoned);
    }
    const std::lock_guard lock(mutex);
    seen.late_ms.insert(seen.late_ms.end(), own.late_ms.begin(), own.late_ms.end());
    seen.most_abandoned = std::max(seen.most_abandoned, own.most_abandoned);
    seen.wrong += own.wrong;
    seen.refused += own.refused;
  };
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) threads.emplace_back(requests, t);
  for (auto& thread : threads) thread.join();
  return seen;
}

bool report(const char* what, Seen seen, const engine::Pool& pool, size_t bound) {
  std::ranges::sort(seen.late_ms);
  const auto at = [&](double share) {
    return seen.late_ms.empty()
               ? 0
               : seen.late_ms[static_cast<size_t>(share * static_cast<double>(seen.late_ms.size() - 1))];
  };
  const bool good = seen.wrong == 0 && at(.99) <= kMostLate && seen.most_abandoned <= bound;
  fmt::print(
      "{}: {} pages, {} threads, cut off at {} ms\n"
      "  merged late by {:.2f} ms (median), {:.2f} (p99; at most {} wanted), {:.2f} (most)\n"
      "  workers left behind: {} at most, {} allowed, {} ever; pages without a worker for a channel: {}; wrong pages: "
      "{}{}\n",
      what, seen.late_ms.size(), kThreads, static_cast<int>(kCutOff.count()), at(.5), at(.99), kMostLate, at(1),
      seen.most_abandoned, bound, pool.counts().abandoned_ever, seen.refused, seen.wrong, good ? "" : "\n  FAILED");
  return good;
}

std::string pipeline(const char* deadline, const char* timeout, const char* further) {
  return fmt::format(
      "pipeline page(user: users, item: notes) {{\n  {}\n  recall {{\n    quick = answers take 50 {}\n"
      "    heavy = computes take 50 {}\n    late = slow take 50 {}\n    broken = throws take 50 {}\n    {}\n  }}\n"
      "  merge noted\n}}\n",
      deadline, timeout, timeout, timeout, timeout, further);
}

}  // namespace

int main() {
  bench::Built data;
  data.write("catalog.yaml",
             "tables:\n  users: {key: id, source: {csv: users.csv}, columns: {age: int}}\n"
             "  notes: {key: id, source: {csv: notes.csv}, columns: {likes: int}}\n");
  data.write("users.csv", "id,age\n1,30\n");
  std::string notes = "id,likes\n";
  for (int i = 0; i < 200; ++i) notes += fmt::format("{},{}\n", i, i);
  data.write("notes.csv", notes);
  data.build();
  add_operators(data.registry);
  const auto timed = data.plan("timed", pipeline("", "timeout 20ms", ""));
  const auto limited = data.plan("limited", pipeline("deadline 20ms", "", ""));
  const auto hanging = data.plan("hanging", pipeline("", "timeout 20ms", "stuck = hangs take 50 timeout 20ms"));
  const auto hopeless = data.plan("hopeless", pipeline("", "timeout 20ms", "stuck = dead take 50 timeout 20ms"));

  // What is refused from here on may still run once a request thread; slow sources take a moment to stop.
  constexpr engine::Pool::Limits kLimits{};
  constexpr size_t kBound = kLimits.of_a_kind + 2 * kThreads;
  bool good = true;
  {
    engine::Pool pool(kLimits);
    const auto seen = run(data, pool, {timed, limited, timed, limited, hanging});
    good = report("a source that hangs for 300 ms, on one page in five", seen, pool, kBound) && good;
  }
  engine::Pool pool(kLimits);
  good = report("a source that never answers, on every page", run(data, pool, {hopeless}), pool, kBound) && good;
  {
    const std::lock_guard lock(dead_mutex);
    dead_ended = true;
  }
  dead_changed.notify_all();
  while (pool.counts().abandoned > 0) std::this_thread::sleep_for(milliseconds(1));
  good = report("the same, once it answers again", run(data, pool, {hopeless}), pool, kBound) && good;
  return good ? 0 : 1;
}
