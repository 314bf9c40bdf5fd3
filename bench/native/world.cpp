// The data directory that the works run on: generated from a seed, built by the project's own builder.
#include "bench/native/world.h"

#include <iterator>

namespace rec::bench {
namespace {

constexpr const char* kCatalog = R"yaml(tables:
  users: {key: id, source: {csv: users.csv}, columns: {languages: "[string]"}}
  notes:
    key: id
    source: {csv: notes.csv}
    columns:
      p: float
      l: float
      c: float
      s: float
      created_at: {type: time, format: unix_seconds}
      price: int
      level: int
      category: string
      topic: string
      language: string
events:
  feedback: {source: {csv: feedback.csv}, user: user_id, item: note_id, time: at, columns: {}}
sequences:
  clicks: {from: feedback, keep: 200}
)yaml";

constexpr uint32_t kTopics = 400, kLanguages = 20, kClicks = 200;
constexpr int64_t kDay = 86'400;

class Random {
 public:
  uint32_t below(uint32_t n) {
    state_ = state_ * 6364136223846793005ULL + 1442695040888963407ULL;
    return static_cast<uint32_t>(state_ >> 33) % n;
  }
  float unit() { return static_cast<float>(below(1 << 24) + 1) / (1 << 24); }  // above 0, at most 1

 private:
  uint64_t state_ = 1;
};

template <typename T>
const T* values(const store::Table& table, const catalog::Table& described, std::string_view name) {
  for (size_t i = 0; i < described.columns.size(); ++i) {
    if (described.columns[i].name != name) continue;
    const column::ColumnView& view = table.columns()[i];
    if (view.width == sizeof(T)) return reinterpret_cast<const T*>(view.values);
  }
  fmt::print(stderr, "the column `{}` does not lie in memory as this benchmark expects\n", name);
  std::exit(3);
}

}  // namespace

World::World() {
  write_files();
  built_.build();
  read_back();
}

void World::write_files() {
  Random random;
  built_.write("catalog.yaml", kCatalog);
  std::string notes = "id,p,l,c,s,created_at,price,level,category,topic,language\n";
  notes.reserve(size_t{kCandidates} * 100);
  for (uint32_t i = 0; i < kCandidates; ++i) {
    const float p = random.unit(), l = random.unit(), c = random.unit(), s = random.unit();
    const int64_t created = kNow / 1'000'000 - random.below(45 * kDay);
    const uint32_t price = random.below(10'000) + 30'000 * (i % 1000 == 999 ? 1 : 0);  // a few need more than 16 bits
    const uint32_t level = random.below(5), category = random.below(12), topic = random.below(kTopics);
    fmt::format_to(std::back_inserter(notes), "{},{},{},{},{},{},{},{},k{:02},t{},g{}\n", i, p, l, c, s, created, price,
                   level, category, topic, random.below(kLanguages));
  }
  built_.write("notes.csv", notes);
  built_.write("users.csv", "id,languages\n1,g0|g1|g2|g3|g5|g8|g9|g11|g12|g13|g14|g17\n");
  std::string events = "user_id,note_id,at\n";
  for (uint32_t i = 0; i < kClicks; ++i)
    events += fmt::format("1,{},{}\n", random.below(kCandidates), kNow / 1'000'000 - 60 * i);
  built_.write("feedback.csv", events);
}

void World::read_back() {
  const catalog::Catalog& catalog = generation().catalog();
  const store::Table& notes = *generation().table("notes");
  const size_t index = static_cast<size_t>(&notes - &generation().table(0));
  const catalog::Table& described = catalog.tables[index];
  columns_ = {.p = values<float>(notes, described, "p"),
              .l = values<float>(notes, described, "l"),
              .c = values<float>(notes, described, "c"),
              .s = values<float>(notes, described, "s"),
              .created = values<int64_t>(notes, described, "created_at"),
              .price = values<int32_t>(notes, described, "price"),
              .level = values<int8_t>(notes, described, "level"),
              .category = values<int32_t>(notes, described, "category"),
              .topic = values<int32_t>(notes, described, "topic"),
              .language = values<int32_t>(notes, described, "language")};
  for (const char* name : {"k00", "k01", "k03", "k04", "k06", "k07", "k09", "k10"})
    categories_.push_back(notes.strings().find(name).value());
  for (const char* name : {"g0", "g1", "g2", "g3", "g5", "g8", "g9", "g11", "g12", "g13", "g14", "g17"})
    languages_.push_back(notes.strings().find(name).value());
  column::Arena arena;
  column::StringSpace strings(notes.strings());
  const auto read = generation().read_sequence(0, int64_t{1}, strings, arena);
  if (!read) std::abort();
  clicks_.assign(read->events.item, read->events.item + 100);
  question_ = {.now = kNow,
               .age = 30 * kDay * 1'000'000,
               .price = 8000,
               .level = 2,
               .codes = notes.strings().size(),
               .categories = categories_,
               .languages = languages_,
               .clicks = clicks_};
}

}  // namespace rec::bench
