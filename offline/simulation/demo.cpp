// write_demo: the universe and its log as a data directory.
#include "offline/simulation/demo.h"

#include <algorithm>
#include <filesystem>
#include <set>
#include <system_error>

#include "offline/ingest/output_file.h"
#include "offline/simulation/behaviour.h"
#include "offline/simulation/catalog_text.h"
#include "offline/simulation/random.h"
#include "offline/simulation/vocabulary.h"

namespace rec::simulation {

using ingest::CsvWriter;
using ingest::FileError;
using Done = std::expected<void, FileError>;

namespace {

/// Keys begin at 1 in the files.
int64_t key(uint32_t index) {
  return int64_t{index} + 1;
}

std::string_view flag(bool value) {
  return value ? "true" : "false";
}

std::string list_text(const std::vector<uint32_t>& authors) {
  std::string text;
  for (const uint32_t author : authors) {
    if (!text.empty()) text += '|';
    text += std::to_string(key(author));
  }
  return text;
}

Done write_users(const std::string& path, const std::vector<User>& users) {
  auto writer = CsvWriter::create(path, {"id", "age", "city", "followed", "blocked_authors"});
  if (!writer) return std::unexpected(std::move(writer.error()));
  for (uint32_t i = 0; i < users.size(); ++i) {
    const User& user = users[i];
    *writer << key(i) << (user.age ? std::to_string(*user.age) : std::string()) << user.city << list_text(user.followed)
            << list_text(user.blocked);
    writer->end_row();
  }
  return writer->close();
}

Done write_notes(const std::string& path, const std::vector<Note>& notes) {
  auto writer = CsvWriter::create(
      path, {"id", "author", "topic", "kind", "tags", "has_goods", "price", "boosted", "created_at", "title"});
  if (!writer) return std::unexpected(std::move(writer.error()));
  for (uint32_t i = 0; i < notes.size(); ++i) {
    const Note& note = notes[i];
    *writer << key(i) << key(note.author) << kTopics[note.topic].name << (note.video ? "video" : "image") << note.tags
            << flag(note.price.has_value());
    if (note.price) {
      *writer << *note.price;
    } else {
      *writer << "";
    }
    *writer << flag(note.boosted) << note.created_seconds << note.title;
    writer->end_row();
  }
  return writer->close();
}

/// What a model of the notes' text and pictures could know: the latent vector, through noise.
Done write_content(const std::string& path, const std::vector<Note>& notes, uint64_t seed) {
  constexpr double kNoise = 0.05;
  std::vector<float> content;
  content.reserve(notes.size() * kDimensions);
  for (uint32_t i = 0; i < notes.size(); ++i) {
    Random random = Random::of(seed, static_cast<uint64_t>(Purpose::content), i);
    for (const float x : notes[i].latent)
      content.push_back(static_cast<float>(static_cast<double>(x) + kNoise * random.normal()));
  }
  return ingest::write_npy(path, content.data(), notes.size(), kDimensions);
}

Done write_feedback(const std::string& path, const std::vector<Exposure>& log) {
  auto writer = CsvWriter::create(path, {"user_id", "note_id", "ts", "position", "clicked", "liked", "collected",
                                         "shared", "followed", "play_seconds"});
  if (!writer) return std::unexpected(std::move(writer.error()));
  for (const Exposure& row : log) {
    *writer << key(row.user) << key(row.note) << row.milliseconds << int64_t{row.position} << flag(row.clicked)
            << flag(row.liked) << flag(row.collected) << flag(row.shared) << flag(row.followed);
    if (row.play_seconds >= 0) {
      *writer << row.play_seconds;
    } else {
      *writer << "";
    }
    writer->end_row();
  }
  return writer->close();
}

Done write_truth(const std::string& path, const Universe& universe, const std::vector<Exposure>& log) {
  constexpr size_t kBest = 50;
  auto writer = CsvWriter::create(path, {"user_id", "note_id", "affinity", "exposed"});
  if (!writer) return std::unexpected(std::move(writer.error()));
  std::vector<std::set<uint32_t>> exposed(universe.users.size());
  for (const Exposure& row : log) exposed[row.user].insert(row.note);
  std::vector<std::pair<float, uint32_t>> all(universe.notes.size());
  for (uint32_t user = 0; user < universe.users.size(); ++user) {
    for (uint32_t note = 0; note < all.size(); ++note)
      all[note] = {-affinity(universe.users[user], universe.notes[note]), note};
    const size_t best = std::min(kBest, all.size());
    std::ranges::partial_sort(all, all.begin() + static_cast<std::ptrdiff_t>(best));
    std::set<uint32_t> rows = exposed[user];
    for (size_t i = 0; i < best; ++i) rows.insert(all[i].second);
    for (const uint32_t note : rows) {
      *writer << key(user) << key(note) << affinity(universe.users[user], universe.notes[note])
              << flag(exposed[user].contains(note));
      writer->end_row();
    }
  }
  return writer->close();
}

}  // namespace

std::expected<DemoSummary, FileError> write_demo(const std::string& directory, const DemoOptions& options) {
  if (options.users == 0 || options.items == 0)
    return std::unexpected(FileError{directory, "a universe needs users and items"});
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  if (error) return std::unexpected(FileError{directory, "cannot be created: " + error.message()});
  Universe universe = make_universe(options);
  const std::vector<Exposure> log = simulate(universe, options);
  Done done = write_users(directory + "/users.csv", universe.users);
  if (done) done = write_notes(directory + "/notes.csv", universe.notes);
  if (done) done = write_content(directory + "/content.npy", universe.notes, options.seed);
  if (done) done = write_feedback(directory + "/feedback.csv", log);
  if (done && options.write_truth) done = write_truth(directory + "/truth.csv", universe, log);
  if (done) done = ingest::write_file(directory + "/catalog.yaml", kCatalogText);
  if (!done) return std::unexpected(std::move(done.error()));
  return DemoSummary{options.users, options.items, log.size()};
}

}  // namespace rec::simulation
