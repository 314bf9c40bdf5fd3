// The small data directory of the engine's tests.
#include "tests/engine/feed.h"

#include <gtest/gtest.h>

#include <fstream>

#include "offline/build/build.h"

namespace rec::tests {
namespace {

constexpr const char* kCatalog =
    "tables:\n"
    "  users: {key: id, source: {csv: users.csv}, columns: {city: string}}\n"
    "  things:\n"
    "    key: id\n"
    "    source: {csv: things.csv}\n"
    "    columns: {title: string, kind: string, author: int?, f: float, made: {type: time, format: iso}, tags: "
    "\"[string]\"}\n"
    "request: {scene: string?, floor: int}\n"
    "events:\n"
    "  acts: {source: {csv: acts.csv}, user: user, item: thing, time: {column: at, format: iso}, columns: {kind: "
    "string}}\n"
    "sequences:\n"
    "  likes: {from: acts, where: 'e.kind == \"like\"', keep: 10}\n"
    "indexes:\n"
    "  cf: {algorithm: item_cf, from: likes, top_k: 10, user_weight: none, popularity_exponent: 0.5}\n"
    "models:\n"
    "  rank: {onnx: r.onnx, inputs: {author: item.author, kind: item.kind, city: user.city, recent: "
    "user.likes.last(5), "
    "same: 'user.likes.search(like: item.kind, k: 1)'}, outputs: [click, stay]}\n"
    "  plain: {onnx: p.onnx, inputs: {f: item.f}, outputs: [score]}\n"
    "  ours: {algorithm: mmoe, features: {f: item.f}, targets: {liked: 'e.kind == \"like\"'}}\n"
    "  towers: {algorithm: two_tower, user: {city: user.city}, item: {id: item.id}}\n";

constexpr const char* kThings =
    "id,title,kind,author,f,made,tags\n"
    "10,Ten,video,1,0.5,2026-10-01,a|b\n"
    "20,Twenty,image,1,nan,2026-10-02,b\n"
    "30,\"Thirty, Ltd\",video,2,-0.0,2026-10-03,\n"
    "40,Vierzig \xC3\xBC\xC3\xBC,video,,0.0,2026-10-04,a|c\n"
    "50,Fifty,image,2,2.5,2026-10-05,c|b\n"
    "60,Sixty,video,3,0.5,2026-10-06,a\n";

constexpr const char* kActs =
    "user,thing,at,kind\n"
    "1,10,2026-11-01T00:00:00Z,like\n"
    "1,20,2026-11-01T00:01:00Z,like\n"
    "2,30,2026-11-01T00:02:00Z,view\n"
    "3,10,2026-11-01T00:03:00Z,like\n"
    "3,30,2026-11-01T00:04:00Z,like\n"
    "3,50,2026-11-01T00:05:00Z,like\n"
    "4,20,2026-11-01T00:06:00Z,like\n"
    "4,50,2026-11-01T00:07:00Z,like\n";

}  // namespace

Feed::Feed() {
  const auto write = [&](const std::string& name, const char* text) { std::ofstream(directory_.path(name)) << text; };
  write("catalog.yaml", kCatalog);
  write("users.csv", "id,city\n1,Xi'an\n2,Hangzhou\n3,Beijing\n4,Beijing\n");
  write("things.csv", kThings);
  write("acts.csv", kActs);
  diagnostics::Diagnostics diagnostics;
  build::build(directory_.root(), {}, sources_, diagnostics);
  if (!diagnostics.has_errors()) generation_ = store::open_generation(directory_.root(), sources_, diagnostics);
  if (generation_ == nullptr) throw std::runtime_error(diagnostics::render_text(diagnostics, sources_));
}

std::shared_ptr<const graph::Plan> Feed::plan(const std::string& text) {
  const std::string path = directory_.path("page.rec");
  std::ofstream(path, std::ios::trunc) << text;
  diagnostics::Diagnostics diagnostics;
  const auto compilation =
      compiler::compile(path, generation_->catalog(), registry_, sources_, diagnostics, {.passes = {.verify = true}});
  auto plan = compilation.pipeline("page", diagnostics);
  if (plan == nullptr) throw std::runtime_error(diagnostics::render_text(diagnostics, sources_));
  return plan;
}

std::shared_ptr<const graph::Plan> Feed::pipeline(const std::string& body, const std::string& header) {
  return plan(header + "pipeline page(user: users, item: things) {\n" + body + "\n}\n");
}

engine::Page Feed::page(const std::string& body, engine::Request request) {
  request.fields.try_emplace("floor", int64_t{1});
  auto page = engine::recommend(*pipeline(body), *generation_, request, &sources_);
  if (!page) throw std::runtime_error(page.error().message);
  return std::move(*page);
}

std::string Feed::keys(const std::string& body, engine::Request request) {
  return keys_of(page(body, std::move(request)));
}

std::string keys_of(const engine::Page& page) {
  std::string out;
  for (const auto& item : page.items) out += (out.empty() ? "" : " ") + item.key;
  return out;
}

Feed& feed() {
  static Feed the_feed;
  return the_feed;
}

}  // namespace rec::tests
