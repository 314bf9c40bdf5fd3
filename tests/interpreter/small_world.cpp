// A generation of a few tables, rows and events with every kind of column, written to a folder of its own.
#include "tests/interpreter/small_world.h"

#include <xxhash.h>

#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <limits>
#include <stdexcept>

#include "runtime/store/event_codec.h"
#include "runtime/store/generation_reader.h"
#include "runtime/store/lmdb_environment.h"
#include "runtime/store/manifest.h"
#include "runtime/store/table_writer.h"
#include "runtime/store/user_store.h"

namespace rec::interpreter {

namespace {

constexpr const char* kCatalog = R"yaml(timezone: Asia/Shanghai
tables:
  users:
    key: id
    source: {csv: users.csv}
    columns: {age: int?, city: string, blocked: "[int]", names: "[string]", taste: {type: "vector(4)", source: {npy: t.npy}}}
    unknown: {city: "nowhere", blocked: [3], names: []}
  notes:
    key: id
    source: {csv: notes.csv}
    columns:
      author: int
      topic: string?
      kind: string
      price: float?
      score: float
      clicks: int
      created_at: time
      tags: "[string]"
      content: {type: "vector(4)?", source: {npy: c.npy}}
      boosted: bool
      levels: "[int]"
      serial: int
  ads:
    key: name
    source: {csv: ads.csv}
    columns: {name: string, topic: string, bid: float}
request: {scene: string?, page: int}
events:
  feedback:
    source: {csv: f.csv}
    user: u
    item: i
    time: t
    users: users
    items: notes
    columns: {action: string, seconds: float?, depth: int}
  views: {source: {csv: v.csv}, user: u, item: i, time: t, users: users, items: ads, columns: {}}
sequences:
  clicks: {from: feedback, keep: 500}
  seen: {from: views, keep: 500}
models:
  finder:
    onnx: finder.onnx
    inputs:
      topic: 'user.clicks.search(like: item.topic, k: 3)'
      author: 'user.clicks.search(like: item.author, k: 2)'
      price: 'user.clicks.search(like: item.price, k: 400)'
      near: 'user.clicks.within(3d).search(near: item.content, k: 4)'
    outputs: [score]
)yaml";

const std::vector<std::string> kTopics = {"art", "food", "music", "sport", "travel"};

class Random {
 public:
  uint64_t below(uint64_t n) {
    state_ = state_ * 6364136223846793005ULL + 1442695040888963407ULL;
    return (state_ >> 33) % n;
  }
  float unit() { return static_cast<float>(below(1 << 20)) / (1 << 20); }

 private:
  uint64_t state_ = 7;
};

void write(const std::string& path, const store::TableData& data) {
  if (!store::write_table(path, data, store::key_order(data))) throw std::runtime_error("cannot write " + path);
}

store::TableData users() {
  store::TableData d;
  d.rows = 2;
  d.columns.push_back({.type = types::integer(), .integers = {1, 2}});
  d.columns.push_back({.type = types::optional(types::integer()), .present = {1, 0}, .integers = {31, 0}});
  d.columns.push_back({.type = types::string(), .strings = {d.pool.add("music"), d.pool.add("Oslo")}});
  d.columns.push_back({.type = types::list(types::Kind::integer), .offsets = {0, 3, 3}, .integers = {2, 5, 9}});
  d.columns.push_back({.type = types::list(types::Kind::string),
                       .offsets = {0, 2, 2},
                       .strings = {d.pool.add("food"), d.pool.add("zebra")}});
  d.columns.push_back({.type = types::vector(4), .floats = {1, -2, 0.5F, 3, 0, 0, 0, 0}});
  return d;
}

store::TableData ads() {
  store::TableData d;
  d.rows = 3;
  d.columns.push_back({.type = types::string(), .strings = {d.pool.add("a1"), d.pool.add("a2"), d.pool.add("a3")}});
  d.columns.push_back(
      {.type = types::string(), .strings = {d.pool.add("sport"), d.pool.add("soap"), d.pool.add("art")}});
  d.columns.push_back({.type = types::floating(), .floats = {0.5F, 1.5F, 2.5F}});
  return d;
}

store::TableData notes() {
  using types::Kind;
  Random random;
  store::TableData d;
  d.rows = SmallWorld::kNotes;
  std::vector<store::ColumnData> c = {{.type = types::integer()},
                                      {.type = types::integer()},
                                      {.type = types::optional(types::string())},
                                      {.type = types::string()},
                                      {.type = types::optional(types::floating())},
                                      {.type = types::floating()},
                                      {.type = types::integer()},
                                      {.type = types::time()},
                                      {.type = types::list(Kind::string), .offsets = {0}},
                                      {.type = types::optional(types::vector(4))},
                                      {.type = types::boolean()},
                                      {.type = types::list(Kind::integer), .offsets = {0}},
                                      {.type = types::integer()}};
  const uint32_t empty = d.pool.add("");
  for (uint32_t i = 0; i < d.rows; ++i) {
    c[0].integers.push_back(i * 3 + 1);
    c[1].integers.push_back(static_cast<int64_t>(random.below(40)));
    const bool has_topic = random.below(5) != 0, has_price = random.below(4) != 0, has_content = random.below(6) != 0;
    c[2].present.push_back(has_topic ? 1 : 0);
    c[2].strings.push_back(has_topic ? d.pool.add(kTopics[random.below(kTopics.size())]) : empty);
    c[3].strings.push_back(d.pool.add(random.below(2) != 0 ? "video" : "image"));
    c[4].present.push_back(has_price ? 1 : 0);
    c[4].floats.push_back(has_price ? std::floor(random.unit() * 20) / 2 : 0.0F);
    const uint64_t odd = random.below(40);
    c[5].floats.push_back(odd == 0   ? std::numeric_limits<float>::quiet_NaN()
                          : odd == 1 ? -0.0F
                                     : random.unit() * 4 - 2);
    c[6].integers.push_back(static_cast<int64_t>(random.below(70000)));
    c[7].integers.push_back(SmallWorld::kNow - static_cast<int64_t>(random.below(100)) * 86'400'000'000);
    for (uint64_t t = random.below(4); t > 0; --t)
      c[8].strings.push_back(d.pool.add(kTopics[random.below(kTopics.size())]));
    c[8].offsets.push_back(c[8].strings.size());
    c[9].present.push_back(has_content ? 1 : 0);
    for (int k = 0; k < 4; ++k) c[9].floats.push_back(has_content ? random.unit() - 0.5F : 0.0F);
    c[10].integers.push_back(static_cast<int64_t>(random.below(2)));
    for (uint64_t t = random.below(3); t > 0; --t) c[11].integers.push_back(static_cast<int64_t>(random.below(10)));
    c[11].offsets.push_back(c[11].integers.size());
    c[12].integers.push_back(int64_t{1} << random.below(62));
  }
  d.columns = std::move(c);
  return d;
}

}  // namespace

SmallWorld::SmallWorld(uint32_t unused_strings) {
  const std::string folder = directory_.path("generations/1");
  std::filesystem::create_directories(folder);
  std::ofstream(folder + "/catalog.yaml") << kCatalog;
  write_tables(unused_strings);
  auto users = store::LmdbEnvironment::open(store::user_store_path(directory_.root()), true);
  if (!users || !(*users)->write(1, {}, true)) throw std::runtime_error("cannot write the user store");
  write_manifest(1);
  open();
  write_events();
  write_manifest(2);
  open();
}

void SmallWorld::write_tables(uint32_t unused_strings) {
  const std::string folder = directory_.path("generations/1");
  store::TableData notes = interpreter::notes();
  for (uint32_t i = 0; i < unused_strings; ++i) notes.pool.add("unused " + std::to_string(i));
  for (const auto& [name, data] :
       {std::pair{"users", users()}, std::pair{"notes", std::move(notes)}, std::pair{"ads", ads()}}) {
    const std::string path = store::table_path(folder, name);
    std::filesystem::create_directories(std::filesystem::path(path).parent_path());
    write(path, data);
  }
}

void SmallWorld::write_manifest(uint64_t epoch) {
  store::Manifest manifest;
  manifest.generation = 1;
  manifest.newest_event = kNow;
  manifest.epoch = epoch;
  manifest.catalog_hash = XXH64(kCatalog, std::string_view(kCatalog).size(), 0);
  std::ofstream(directory_.path("generations/1/manifest.json")) << store::to_json(manifest);
}

void SmallWorld::open() {
  store::GenerationReader reader(directory_.root(), directory_.path("generations/1"), sources_, diagnostics_);
  generation_ = reader.open();
  if (generation_ == nullptr) throw std::runtime_error(diagnostics::render_text(diagnostics_, sources_));
}

void SmallWorld::write_events() {
  Random random;
  const auto& log = generation_->catalog().events[0];
  constexpr size_t kEvents = 300;
  column::StringSpace strings(generation_->table("notes")->strings());
  std::vector<int64_t> time(kEvents), depth(kEvents);
  std::vector<uint32_t> item(kEvents), which(kEvents);
  std::vector<int32_t> action(kEvents);
  std::vector<float> seconds(kEvents);
  std::vector<uint8_t> has_seconds(kEvents);
  for (size_t i = 0; i < kEvents; ++i) {
    time[i] = kNow - static_cast<int64_t>(i / 2) * 3'600'000'000;
    item[i] = static_cast<uint32_t>(random.below(60) * 7);
    which[i] = static_cast<uint32_t>(i);
    action[i] = strings.intern(random.below(3) == 0 ? "like" : random.below(2) != 0 ? "music" : "click");
    has_seconds[i] = random.below(4) != 0 ? 1 : 0;
    seconds[i] = has_seconds[i] == 0 ? 0.0F : std::floor(random.unit() * 20) / 2;
    depth[i] = static_cast<int64_t>(random.below(40));
  }
  const column::EventColumns events{
      .size = kEvents,
      .time = time.data(),
      .item = item.data(),
      .columns = {{action.data(), nullptr}, {seconds.data(), has_seconds.data()}, {depth.data(), nullptr}}};
  const std::vector<int64_t> view_time = {kNow, kNow - 1, kNow - 2, kNow - 3};
  const std::vector<uint32_t> view_item = {0, 2, 0, 1}, views = {0, 1, 2, 3};
  const column::EventColumns seen{.size = 4, .time = view_time.data(), .item = view_item.data(), .columns = {}};
  const store::Key user = int64_t{1};
  const store::LmdbEnvironment::Records records = {
      {store::record_key(0, user).bytes,
       store::encode_events(events, which, store::event_types(log), *generation_->table("notes"), strings)},
      {store::record_key(1, user).bytes, store::encode_events(seen, views, {}, *generation_->table("ads"), strings)}};
  auto users = store::LmdbEnvironment::open(store::user_store_path(directory_.root()), false);
  if (!users || !(*users)->write(2, records, true)) throw std::runtime_error("cannot write the user store");
}

std::shared_ptr<const graph::Plan> SmallWorld::compile(const std::string& text, const passes::Options& passes) {
  const std::string path = directory_.path("p" + std::to_string(compiled_++) + ".rec");
  std::ofstream(path) << text;
  diagnostics::Diagnostics diagnostics;
  const auto compilation =
      compiler::compile(path, generation_->catalog(), registry_, sources_, diagnostics, {.passes = passes});
  if (diagnostics.errors() > 0) {
    std::fputs(diagnostics::render_text(diagnostics, sources_).c_str(), stderr);
    return nullptr;
  }
  return compilation.pipeline("p", diagnostics);
}

std::shared_ptr<const graph::Plan> SmallWorld::compile_expressions(const std::vector<std::string>& expressions,
                                                                   const std::string& steps) {
  std::string text = "param boost : float = 1.5 within 0.0 .. 9.0\nparam chosen : [int] = [3, 7]\n";
  text += "pipeline p(user: users, item: notes) {\n  recall { all = items take 5000 }\n" + steps + "\n  emit ";
  for (size_t i = 0; i < expressions.size(); ++i)
    text += (i > 0 ? ",\n    " : "") + expressions[i] + " as v" + std::to_string(i);
  return compile(text + "\n}\n");
}

RequestInputs SmallWorld::inputs(const graph::Plan& plan, int64_t user) const {
  RequestInputs inputs;
  inputs.user_key = user;
  inputs.user_row = generation_->table("users")->find(user);
  inputs.now = kNow;
  inputs.id = "request 1";
  inputs.fields = {std::string("music"), int64_t{2}};
  for (const graph::Parameter& parameter : plan.parameters) inputs.parameters.push_back(parameter.default_value);
  return inputs;
}

SmallWorld& small_world() {
  static SmallWorld world;
  return world;
}

}  // namespace rec::interpreter
