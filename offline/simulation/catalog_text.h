// The catalog of the demo universe.
#pragma once

#include <string_view>

namespace rec::simulation {

inline constexpr std::string_view kCatalogText =
    R"yaml(# A note-sharing app, generated: people with latent interests, the notes they were shown, and what they did with them.
timezone: Asia/Shanghai

tables:
  users:
    key: id
    source: {csv: users.csv}
    columns:
      age: int?
      city: string
      followed: "[int]"           # authors
      blocked_authors: "[int]"
    unknown: {city: "", followed: [], blocked_authors: []}    # what a visitor without a row gets

  notes:
    key: id
    source: {csv: notes.csv}
    columns:
      author: int
      topic: string
      kind: string                # image or video
      tags: {type: "[string]", separator: "|"}
      has_goods: bool
      price: float?               # of notes with goods
      boosted: bool
      created_at: {type: time, format: unix_seconds}
      title: string
      content: {type: vector(64), source: {npy: content.npy}}
    indexed: [author, topic, tags]
    sorted: [created_at, exposures_7d, clicks_7d, likes_7d]

request: {scene: string?}

events:
  feedback:                       # one row an exposure
    source: {csv: feedback.csv}
    user: user_id
    item: note_id
    time: {column: ts, format: unix_milliseconds}
    columns:
      position: int               # on the page, from 1
      clicked: bool
      liked: bool
      collected: bool
      shared: bool
      followed: bool              # the note's author, because of this note
      play_seconds: float?        # of clicked videos

sequences:                        # of each user, newest first; `e` is the event
  exposures: {from: feedback, keep: 1000}
  clicks: {from: feedback, where: e.clicked, keep: 1000}
  likes: {from: feedback, where: e.liked, keep: 500}
  collects: {from: feedback, where: e.collected, keep: 500}
  shares: {from: feedback, where: e.shared, keep: 500}
  follows: {from: feedback, where: e.followed, keep: 500}

statistics:
  notes.exposures_7d: {from: feedback, value: count, window: 7d}
  notes.clicks_7d: {from: feedback, where: e.clicked, value: count, window: 7d}
  notes.likes_7d: {from: feedback, where: e.liked, value: count, window: 7d}
  notes.ctr_7d: {from: feedback, value: rate, of: e.clicked, window: 7d}

indexes:
  item_cf: {algorithm: item_cf, from: clicks, top_k: 100}
)yaml";

}  // namespace rec::simulation
