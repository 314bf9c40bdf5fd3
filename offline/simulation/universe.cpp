// Topics are directions in a 64-dimensional space; authors have topics, notes lie near theirs, users between theirs.
#include "offline/simulation/universe.h"

#include <algorithm>
#include <cmath>

#include "offline/simulation/random.h"
#include "offline/simulation/vocabulary.h"

namespace rec::simulation {

namespace {

constexpr uint32_t kNotesPerAuthor = 20;
constexpr double kNoteSpread = 0.8;  // length of a note's own part beside its topic's
constexpr double kUserSpread = 0.3;
constexpr int64_t kNoteDays = 60;  // the oldest note's age at the log's end

Random generator(const DemoOptions& options, Purpose purpose, uint64_t index) {
  return Random::of(options.seed, static_cast<uint64_t>(purpose), index);
}

using Direction = std::array<double, kDimensions>;

void normalise(Direction& direction) {
  double square = 0;
  for (const double x : direction) square += x * x;
  const double length = std::sqrt(square);
  for (double& x : direction) x /= length;
}

Direction random_direction(Random& random) {
  Direction direction;
  for (double& x : direction) x = random.normal();
  normalise(direction);
  return direction;
}

void add(Direction& sum, const Direction& other, double weight) {
  for (size_t i = 0; i < kDimensions; ++i) sum[i] += weight * other[i];
}

Latent to_latent(Direction direction) {
  normalise(direction);
  Latent latent;
  for (size_t i = 0; i < kDimensions; ++i) latent[i] = static_cast<float>(direction[i]);
  return latent;
}

void write_words(Note& note, Random& random) {
  const Topic& topic = kTopics[note.topic];
  const uint32_t first = random.below(6);
  const uint32_t count = 2 + random.below(3);
  for (uint32_t i = 0; i < count; ++i) {
    if (i > 0) note.tags += '|';
    note.tags += topic.tags[(first + i) % 6];
  }
  note.title = kTitles[random.below(kTitles.size())];
  const size_t place = note.title.find('%');
  note.title.replace(place, 1, topic.tags[first]);
  if (place == 0 && note.title[0] >= 'a' && note.title[0] <= 'z')
    note.title[0] = static_cast<char>(note.title[0] - 'a' + 'A');
}

Note make_note(const DemoOptions& options, uint32_t index, const std::vector<Author>& authors,
               const std::vector<Direction>& topics) {
  Random random = generator(options, Purpose::notes, index);
  Note note{};
  const double u = random.uniform();  // squared: the first authors write the most
  note.author = std::min(static_cast<uint32_t>(u * u * static_cast<double>(authors.size())),
                         static_cast<uint32_t>(authors.size() - 1));
  note.topic = random.chance(0.8) ? authors[note.author].topic : authors[note.author].side_topic;
  Direction direction = topics[note.topic];
  add(direction, random_direction(random), kNoteSpread);
  note.latent = to_latent(direction);
  note.quality = random.normal();
  note.video = random.chance(0.4);
  note.boosted = random.chance(0.05);
  note.video_seconds = 8 + 172 * random.uniform() * random.uniform();
  if (random.chance(0.15)) {
    const double v = random.uniform();
    note.price = static_cast<float>(std::floor((5 + 495 * v * v * v) * 10)) / 10.0F;
  }
  // A tenth of the notes is older than the log, so that there is something to see from its first moment on.
  const double age = random.uniform();
  const auto span = static_cast<double>(kNoteDays * kDaySeconds);
  const auto log = static_cast<double>(kLogDays * kDaySeconds);
  note.created_seconds = kEndSeconds - static_cast<int64_t>(index % 10 == 0 ? log + age * (span - log) : age * span);
  write_words(note, random);
  return note;
}

double dot(const Latent& a, const Direction& b) {
  double sum = 0;
  for (size_t i = 0; i < kDimensions; ++i) sum += static_cast<double>(a[i]) * b[i];
  return sum;
}

/// Follows the best liked of some authors the user came across, blocks the least liked.
void choose_authors(User& user, Random& random, const std::vector<Author>& authors,
                    const std::vector<Direction>& topics) {
  constexpr uint32_t kSeen = 40;
  std::vector<std::pair<double, uint32_t>> seen;
  for (uint32_t i = 0; i < kSeen; ++i) {
    const uint32_t author = random.below(static_cast<uint32_t>(authors.size()));
    seen.emplace_back(-dot(user.latent, topics[authors[author].topic]), author);
  }
  std::ranges::sort(seen);
  const auto repeats = std::ranges::unique(seen);
  seen.erase(repeats.begin(), repeats.end());
  const size_t follows = std::min<size_t>(random.below(13), seen.size() / 2);
  const size_t blocks = std::min<size_t>(random.below(4), seen.size() / 4);
  for (size_t i = 0; i < follows; ++i) user.followed.push_back(seen[i].second);
  for (size_t i = 0; i < blocks; ++i) user.blocked.push_back(seen[seen.size() - 1 - i].second);
  std::ranges::sort(user.followed);
  std::ranges::sort(user.blocked);
}

User make_user(const DemoOptions& options, uint32_t index, const std::vector<Author>& authors,
               const std::vector<Direction>& topics) {
  Random random = generator(options, Purpose::users, index);
  User user{};
  if (!random.chance(0.1)) user.age = 16 + random.below(30) + random.below(20);
  user.city = kCities[random.below(kCities.size())];
  Direction direction{};
  double weight = 1;
  for (uint32_t count = 2 + random.below(4); count > 0; --count) {
    const uint32_t topic = random.below(kTopics.size());
    add(direction, topics[topic], weight);
    user.topics.push_back(topic);
    weight *= 0.8;
  }
  add(direction, random_direction(random), kUserSpread);
  user.latent = to_latent(direction);
  choose_authors(user, random, authors, topics);
  return user;
}

}  // namespace

float affinity(const User& user, const Note& note) {
  double sum = 0;
  for (size_t i = 0; i < kDimensions; ++i)
    sum += static_cast<double>(user.latent[i]) * static_cast<double>(note.latent[i]);
  return static_cast<float>(sum);
}

Universe make_universe(const DemoOptions& options) {
  std::vector<Direction> topics;
  for (size_t i = 0; i < kTopics.size(); ++i) {
    Random random = generator(options, Purpose::topics, i);
    topics.push_back(random_direction(random));
  }
  Universe universe;
  for (uint32_t i = 0; i < std::max(options.items / kNotesPerAuthor, 1U); ++i) {
    Random random = generator(options, Purpose::authors, i);
    const uint32_t topic = random.below(kTopics.size());
    universe.authors.push_back({topic, random.below(kTopics.size())});
  }
  universe.notes_of_topic.resize(kTopics.size());
  universe.notes_of_author.resize(universe.authors.size());
  for (uint32_t i = 0; i < options.items; ++i) {
    universe.notes.push_back(make_note(options, i, universe.authors, topics));
    universe.notes_of_topic[universe.notes.back().topic].push_back(i);
    universe.notes_of_author[universe.notes.back().author].push_back(i);
  }
  for (uint32_t i = 0; i < options.users; ++i)
    universe.users.push_back(make_user(options, i, universe.authors, topics));
  return universe;
}

}  // namespace rec::simulation
