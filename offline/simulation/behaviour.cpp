// The logging policy and the users' reactions. docs/demo.md has the formulas.
#include "offline/simulation/behaviour.h"

#include <algorithm>
#include <cmath>
#include <tuple>

#include "offline/simulation/random.h"

namespace rec::simulation {

namespace {

constexpr uint32_t kPageLength = 10;
constexpr uint32_t kPool = 40;         // candidates of a page
constexpr double kExploration = 0.15;  // share of positions that a random candidate gets
constexpr size_t kFatigueWindow = 10;  // exposures that a user remembers

double sigmoid(double x) {
  return 1 / (1 + std::exp(-x));
}

/// One user's way through the log.
class Visitor {
 public:
  Visitor(Universe& universe, const DemoOptions& options, uint32_t index)
      : universe_(universe),
        user_(universe.users[index]),
        index_(index),
        random_(Random::of(options.seed, static_cast<uint64_t>(Purpose::behaviour), index)),
        seen_(universe.notes.size()) {}

  void visit(uint32_t exposures, std::vector<Exposure>& log) {
    std::vector<int64_t> starts;
    for (uint32_t shown = 0; shown < exposures; shown += kPageLength) starts.push_back(page_time());
    std::ranges::sort(starts);
    for (size_t page = 0; page < starts.size(); ++page) {
      const auto shown = static_cast<uint32_t>(page) * kPageLength;
      show_page(starts[page], std::min(kPageLength, exposures - shown), log);
    }
  }

 private:
  /// Any day of the log, more often in the evening (local time): two of three draws of the hour fall between 18 and 24.
  int64_t page_time() {
    const int64_t day = random_.below(kLogDays);
    const double hour = random_.chance(0.5) ? 18 + 6 * random_.uniform() : 7 + 17 * random_.uniform();
    const int64_t start = kEndSeconds - kLogDays * kDaySeconds + day * kDaySeconds + static_cast<int64_t>(hour * 3600);
    return std::min(start, kEndSeconds - 600) * 1000 + random_.below(1000);
  }

  uint32_t any_of(const std::vector<uint32_t>& notes) {
    return notes.empty() ? random_.below(static_cast<uint32_t>(universe_.notes.size()))
                         : notes[random_.below(static_cast<uint32_t>(notes.size()))];
  }

  /// From favourite topics, from followed authors, the better of a few, or anything.
  uint32_t draw_candidate() {
    const double source = random_.uniform();
    if (source < 0.4)
      return any_of(universe_.notes_of_topic[user_.topics[random_.below(static_cast<uint32_t>(user_.topics.size()))]]);
    if (source < 0.5 && !user_.followed.empty()) {
      return any_of(
          universe_.notes_of_author[user_.followed[random_.below(static_cast<uint32_t>(user_.followed.size()))]]);
    }
    uint32_t best = any_of({});
    if (source >= 0.75) return best;
    for (int i = 0; i < 3; ++i) {
      const uint32_t other = any_of({});
      if (universe_.notes[other].quality > universe_.notes[best].quality) best = other;
    }
    return best;
  }

  bool may_show(uint32_t note, int64_t seconds) const {
    const Note& shown = universe_.notes[note];
    return !seen_[note] && shown.created_seconds <= seconds && !std::ranges::binary_search(user_.blocked, shown.author);
  }

  /// What the app knew: affinity and quality, through noise.
  std::vector<uint32_t> choose_page(int64_t seconds, uint32_t length) {
    std::vector<std::pair<double, uint32_t>> pool;
    for (uint32_t i = 0; i < kPool; ++i) {
      const uint32_t note = draw_candidate();
      if (!may_show(note, seconds)) continue;
      seen_[note] = true;  // for the time being: no candidate twice
      const double guess = static_cast<double>(affinity(user_, universe_.notes[note])) +
                           0.1 * universe_.notes[note].quality + 0.25 * random_.normal();
      pool.emplace_back(-guess, note);
    }
    std::ranges::sort(pool);
    for (size_t i = 0; i + 1 < pool.size() && i < length; ++i) {
      if (random_.chance(kExploration))
        std::swap(pool[i], pool[i + random_.below(static_cast<uint32_t>(pool.size() - i))]);
    }
    std::vector<uint32_t> page;
    for (const auto& [guess, note] : pool) {
      if (page.size() < length) {
        page.push_back(note);
      } else {
        seen_[note] = false;
      }
    }
    while (page.size() < length)
      page.push_back(
          10 * random_.below((static_cast<uint32_t>(universe_.notes.size()) + 9) / 10));  // an old one, perhaps again
    return page;
  }

  void show_page(int64_t start, uint32_t length, std::vector<Exposure>& log) {
    const auto page = choose_page(start / 1000, length);
    int64_t now = start;
    for (uint32_t position = 1; position <= length; ++position) {
      now += 500 + random_.below(3000);
      log.push_back(react(page[position - 1], position, now));
      if (log.back().clicked) now += 3000 + random_.below(20000);
    }
  }

  Exposure react(uint32_t index, uint32_t position, int64_t now) {
    const Note& note = universe_.notes[index];
    const auto interest = static_cast<double>(affinity(user_, note));
    const auto tired = static_cast<double>(std::ranges::count(remembered_, note.topic));
    remembered_.push_back(note.topic);
    if (remembered_.size() > kFatigueWindow) remembered_.erase(remembered_.begin());
    const bool follows = std::ranges::binary_search(user_.followed, note.author);
    Exposure exposure{.milliseconds = now,
                      .user = index_,
                      .note = index,
                      .position = position,
                      .clicked = false,
                      .liked = false,
                      .collected = false,
                      .shared = false,
                      .followed = false,
                      .play_seconds = -1};
    const double wish =
        -2.2 + 4 * interest + 0.5 * note.quality + (follows ? 0.4 : 0) - 0.12 * (position - 1) - 0.2 * tired;
    exposure.clicked = random_.chance(sigmoid(wish));
    if (!exposure.clicked) return exposure;
    const double liking = 2.5 * interest + 0.5 * note.quality;
    exposure.liked = random_.chance(sigmoid(-1.8 + liking));
    exposure.collected = random_.chance(sigmoid(-2.4 + liking + (note.price ? 0.4 : 0)));
    exposure.shared = random_.chance(sigmoid(-3.6 + liking));
    exposure.followed = !follows && random_.chance(sigmoid(-4 + liking));
    if (note.video) {
      const double share = std::clamp(0.15 + 0.6 * interest + 0.1 * note.quality + 0.25 * random_.normal(), 0.02, 1.0);
      exposure.play_seconds = static_cast<float>(std::floor(share * note.video_seconds * 10)) / 10.0F;
    }
    if (exposure.followed) user_.followed.insert(std::ranges::lower_bound(user_.followed, note.author), note.author);
    return exposure;
  }

  Universe& universe_;
  User& user_;
  uint32_t index_;
  Random random_;
  std::vector<bool> seen_;
  std::vector<uint32_t> remembered_;  // topics of the last exposures
};

}  // namespace

std::vector<Exposure> simulate(Universe& universe, const DemoOptions& options) {
  std::vector<Exposure> log;
  log.reserve(size_t{options.users} * options.exposures_per_user);
  for (uint32_t user = 0; user < options.users; ++user)
    Visitor(universe, options, user).visit(options.exposures_per_user, log);
  std::ranges::sort(log, [](const Exposure& a, const Exposure& b) {
    return std::tie(a.milliseconds, a.user, a.position, a.note) < std::tie(b.milliseconds, b.user, b.position, b.note);
  });
  return log;
}

}  // namespace rec::simulation
