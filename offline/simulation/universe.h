// The latent world of the demo universe: who likes what, before anybody has seen anything.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "offline/simulation/demo.h"

namespace rec::simulation {

inline constexpr size_t kDimensions = 64;
using Latent = std::array<float, kDimensions>;

/// The log's last moment, 2026-11-01T00:00+08:00, and its length.
inline constexpr int64_t kEndSeconds = 1'793'462'400;
inline constexpr int64_t kLogDays = 14;
inline constexpr int64_t kDaySeconds = 86'400;

struct Author {
  uint32_t topic;       // what most of the notes are about
  uint32_t side_topic;  // what the others are
};

struct Note {
  Latent latent;
  uint32_t author, topic;
  bool video, boosted;
  std::optional<float> price;  // of notes that sell something
  int64_t created_seconds;
  double quality;  // mean 0, standard deviation 1
  double video_seconds;
  std::string title, tags;  // tags joined by `|`
};

struct User {
  Latent latent;
  std::optional<int64_t> age;
  std::string_view city;
  std::vector<uint32_t> topics;             // the favourite ones, strongest first
  std::vector<uint32_t> followed, blocked;  // authors, ascending
};

struct Universe {
  std::vector<Author> authors;
  std::vector<Note> notes;
  std::vector<User> users;
  std::vector<std::vector<uint32_t>> notes_of_topic, notes_of_author;
};

Universe make_universe(const DemoOptions& options);

/// ⟨user, note⟩, both of length 1: from -1 to 1, about 0.5 within a favourite topic and about 0 outside.
float affinity(const User& user, const Note& note);

/// What draws from the seed, each with generators of its own.
enum class Purpose : uint64_t { topics = 1, authors, notes, users, content, behaviour };

}  // namespace rec::simulation
