// The catalog of the handbook's example: every section, every form.
#pragma once

namespace rec::testing {

inline constexpr const char* kExample = R"yaml(
timezone: Asia/Shanghai
tables:
  users:
    key: id
    source: {csv: users.csv}
    columns: {age: int?, city: string, followed: "[int]", blocked_authors: "[int]"}
    unknown: {city: "", followed: [], blocked_authors: [7, 8]}       # what a user without a row gets
  notes:
    key: id
    source: {csv: notes.csv}
    columns:
      author: int
      topic: string
      kind: string
      boosted: bool
      has_goods: bool
      created_at: {type: time, format: unix_milliseconds}
      tags: {type: "[string]", separator: ","}
      content: {type: "vector(64)", source: {npy: content.npy}}
    indexed: [author, topic]
    sorted: [created_at, clicks_7d]
request: {scene: string?}
events:
  feedback: {source: {tsv: feedback.tsv}, user: user_id, item: note_id, time: {column: ts, format: unix_seconds}, columns: {action: string, play_seconds: {type: float?, from: seconds}}}
sequences:                                   # e is the event, as in .rec lambdas
  clicks: {from: feedback, where: 'e.action == "click"', keep: 1000}
  likes:  {from: feedback, where: "e.action == \"like\"", keep: 500}
statistics:
  notes.clicks_7d: {from: feedback, where: e.action == "click", value: count, window: 7d}
  notes.mean_play: {from: feedback, value: mean, of: e.play_seconds ?? 0.0}
indexes:
  item_cf:   {algorithm: item_cf, from: clicks, top_k: 10, half_life: 30d, weight: "if e.play_seconds is none then 1.0 else 2.0"}
  swing:     {algorithm: swing, from: likes, top_k: 10}
  user_cf:   {algorithm: user_cf, from: clicks, top_k: 50}
  two_tower: {algorithm: hnsw, vectors: towers.item, metric: inner_product}
  content:   {algorithm: flat, vectors: notes.content, metric: cosine}
models:
  towers: {algorithm: two_tower, user: {id: user.id, recent: user.clicks.last(50)}, item: {id: item.id}, loss: {kind: in_batch, temperature: 0.05, negatives: 4}}
  mmoe:
    algorithm: mmoe
    features: {item: item.id, topic: item.topic, recent: user.clicks.last(50), same_topic: 'user.clicks.last(100).count(e => e.item.topic == item.topic)'}
    targets: {click: 'e.action == "click"', like: {value: 'e.action == "like"', given: click}}
  theirs: {onnx: theirs.onnx, inputs: {age: user.age}, outputs: [ctr, cvr]}
)yaml";

}  // namespace rec::testing
