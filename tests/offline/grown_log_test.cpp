// Logs that grow: what a build makes of their ends is, file by file, what a full build makes of the whole.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <random>

#include "offline/importers/importers.h"
#include "runtime/store/manifest.h"
#include "runtime/store/user_store.h"
#include "tests/offline/data_directory.h"

namespace rec::build {
namespace {

namespace fs = std::filesystem;
using rec::testing::DataDirectory;

constexpr const char* kCatalog = R"(timezone: UTC
tables:
  people: {key: id, source: {csv: people.csv}, columns: {}, unknown: {}}
  goods: {key: id, source: {csv: goods.csv}, columns: {price: float, kind: string}, indexed: [kind], sorted: [price]}
events:
  visits:
    source: {csv: visits.csv}
    user: who
    item: what
    time: {column: at, format: unix_seconds}
    columns: {action: string, seconds: float?, labels: "[string]", sizes: "[int]"}
    users: people
    items: goods
  returns:
    source: {csv: returns.csv}
    user: who
    item: what
    time: {column: at, format: unix_seconds}
    users: people
    items: goods
sequences:
  all: {from: visits, keep: 9}
  buys: {from: visits, where: 'e.action == "buy"', keep: 100}
  dear: {from: visits, where: e.item.price > 5.0, keep: 100}
  returned: {from: returns, keep: 100}
statistics:
  goods.visits: {from: visits, value: count}
  goods.lately: {from: visits, value: sum, of: e.seconds ?? 0.5, window: 300s}
  goods.seconds: {from: visits, value: mean, of: e.seconds ?? 0.0}
  goods.buy_rate: {from: visits, where: 'e.action != "look"', value: rate, of: 'e.action == "buy"'}
  goods.returns: {from: returns, value: count}
  people.spent: {from: visits, where: 'e.action == "buy"', value: sum, of: e.item.price}
  people.visits: {from: visits, value: count, window: 500s}
indexes:
  cf: {algorithm: item_cf, from: buys, top_k: 5}
  cf_plain: {algorithm: item_cf, from: all, top_k: 20, user_weight: none, popularity_exponent: 0.5}
  cf_weighted: {algorithm: item_cf, from: buys, weight: e.seconds ?? 1.0, top_k: 10, user_weight: iuf, half_life: 200s}
  cf_dear: {algorithm: item_cf, from: dear, max_items: 4}
  neighbours: {algorithm: user_cf, from: buys, top_k: 6}
  neighbours_plain: {algorithm: user_cf, from: all, discount: none, max_items: 5}
  pairs: {algorithm: swing, from: buys, top_k: 5}
  pairs_drawn: {algorithm: swing, from: buys, max_items: 5, max_users: 6, normalise: none}
  mf: {algorithm: als, from: buys, factors: 4, iterations: 2}
)";

/// Raw files that grow, the same in every directory they are written to.
class Shop {
 public:
  explicit Shop(uint32_t seed) : random_(seed) {
    for (int item = 0; item < 120; ++item) add_good(item * 3);
    add_visits(3000);
    returns_ += "1,0,100\n2,3,101\n";
  }

  /// Most in the order of time; some late, some by users without a row, some that cannot be read.
  void add_visits(int count) {
    for (int i = 0; i < count; ++i) {
      now_ += below(3);
      const int user = below(20) == 0 ? 1000 + below(40) : below(150);
      const int item = 3 * ((user * 5 + below(9)) % static_cast<int>(goods_count_));
      const int at = below(15) == 0 ? below(now_ + 1) : now_;
      const char* const actions[] = {"look", "buy", "buy", "keep"};
      visits_ += std::to_string(user) + "," + std::to_string(item) + "," + (below(60) == 0 ? "x" : std::to_string(at)) +
                 "," + actions[below(4)] + "," + (below(3) == 0 ? "" : std::to_string(below(50)) + ".25") + ",l" +
                 std::to_string(below(30)) + "|m," + std::to_string(below(9)) + "|7\n";
    }
  }
  void add_return() { returns_ += std::to_string(below(150)) + ",3,200\n"; }
  void add_good(int id) {
    goods_ += std::to_string(id) + "," + std::to_string(below(20)) + ".5,k" + std::to_string(below(5)) + "\n";
    ++goods_count_;
  }
  void add_person(int id) { people_ += std::to_string(id) + "\n"; }
  void change_prices() {
    std::istringstream lines(std::exchange(goods_, "id,price,kind\n"));
    std::string line;
    std::getline(lines, line);
    goods_count_ = 0;
    while (std::getline(lines, line)) add_good(std::stoi(line));
  }
  void change_first_line() { visits_.replace(visits_.find('\n') + 1, 1, "7"); }

  void write_to(const DataDirectory& data, const std::string& catalog = kCatalog) const {
    data.write("catalog.yaml", catalog);
    for (const auto& [name, text] : {std::pair("people.csv", &people_), std::pair("goods.csv", &goods_),
                                     std::pair("visits.csv", &visits_), std::pair("returns.csv", &returns_)})
      data.write(name, *text);
  }

 private:
  int below(int bound) { return static_cast<int>(random_() % static_cast<uint32_t>(bound)); }

  std::mt19937 random_;
  size_t goods_count_ = 0;
  int now_ = 1000;
  std::string people_ = [] {
    std::string text = "id\n";
    for (int user = 0; user < 140; ++user) text += std::to_string(user * (user < 100 ? 1 : 2)) + "\n";
    return text;
  }();
  std::string goods_ = "id,price,kind\n", visits_ = "who,what,at,action,seconds,labels,sizes\n",
              returns_ = "who,what,at\n";
};

std::string current(const DataDirectory& data) {
  std::string number = data.read("CURRENT");
  number.pop_back();
  return data.path("generations/" + number);
}

/// Whether the newest generations hold the same: the same bytes in every file that is served, the same sequences.
void expect_same(DataDirectory& a, DataDirectory& b, const std::vector<store::Key>& users) {
  size_t files = 0;
  for (const auto& entry : fs::directory_iterator(current(a))) {
    const std::string extension = entry.path().extension(), name = entry.path().filename();
    if (extension == ".json" || extension == ".yaml" || extension == ".events") continue;
    ++files;
    const auto other = store::read_bytes(current(b) + "/" + name);
    ASSERT_TRUE(other) << name;
    ASSERT_TRUE(*store::read_bytes(entry.path()) == *other) << name << " differs";
  }
  EXPECT_GT(files, 0U);
  const auto one = a.open(), two = b.open();
  ASSERT_TRUE(one != nullptr && two != nullptr) << a.report() << b.report();
  EXPECT_EQ(one->newest_event(), two->newest_event());
  for (size_t sequence = 0; sequence < one->catalog().sequences.size(); ++sequence) {
    const auto& events = one->catalog().events[one->catalog().sequences[sequence].events];
    const auto types = store::event_types(events);
    for (const store::Key& user : users) {
      column::Arena arena;
      column::StringSpace strings(one->table(events.item_table)->strings());
      const auto x = one->read_sequence(sequence, user, strings, arena);
      const auto y = two->read_sequence(sequence, user, strings, arena);
      ASSERT_TRUE(x && y);
      ASSERT_EQ(x->events.size, y->events.size) << "sequence " << sequence << " of " << store::to_text(user);
      for (size_t event = 0; event < x->events.size; ++event) {
        ASSERT_EQ(x->events.time[event], y->events.time[event]);
        ASSERT_EQ(x->events.item[event], y->events.item[event]);
      }
    }
  }
}

std::vector<store::Key> all_users() {
  std::vector<store::Key> users;
  for (int64_t user = 0; user < 1040; ++user) users.emplace_back(user);
  return users;
}

bool was_updated(const BuildReport& report, const std::string& part) {
  return std::ranges::any_of(report.updated, [&](const std::string& one) { return one.starts_with(part); });
}

/// Builds `grown` from where it is and another directory from nothing.
BuildReport expect_as_from_nothing(DataDirectory& grown, const Shop& shop, unsigned threads,
                                   const std::string& catalog = kCatalog) {
  shop.write_to(grown, catalog);
  const BuildReport report = grown.build({.threads = threads});
  EXPECT_TRUE(report.published) << grown.report();
  DataDirectory anew;
  shop.write_to(anew, catalog);
  EXPECT_TRUE(anew.build().published) << anew.report();
  expect_same(grown, anew, all_users());
  EXPECT_TRUE(grown.check()) << grown.report();
  return report;
}

TEST(GrownLog, BatchAfterBatchHasTheBytesOfAFullBuild) {
  for (const uint32_t seed : {1U, 2U}) {
    Shop shop(seed);
    DataDirectory data;
    shop.write_to(data);
    ASSERT_TRUE(data.build().published) << data.report();
    unsigned threads = 0;
    for (const int batch : {1, 10, 100, 1, 1500, 3}) {
      shop.add_visits(batch);
      const BuildReport report = expect_as_from_nothing(data, shop, 1 + threads++ % 3);
      ASSERT_FALSE(::testing::Test::HasFailure()) << "batch of " << batch;
      EXPECT_TRUE(was_updated(report, "log visits"));
      if (batch > 10) continue;
      for (const char* part : {"sequences", "statistics goods", "statistics people", "index cf (", "index cf_plain (",
                               "index cf_weighted (", "index cf_dear (", "index neighbours_plain (", "index pairs (",
                               "index pairs_drawn ("})
        EXPECT_TRUE(was_updated(report, part)) << part << " in a batch of " << batch;
      EXPECT_EQ(std::ranges::count(report.reused, "log returns"), 1);
    }
  }
}

TEST(GrownLog, TablesMayGrowWithIt) {
  Shop shop(3);
  DataDirectory data;
  shop.write_to(data);
  ASSERT_TRUE(data.build().published) << data.report();
  shop.add_good(-5);  // rows move
  shop.add_good(1);
  shop.add_visits(2);
  EXPECT_TRUE(was_updated(expect_as_from_nothing(data, shop, 1), "index cf ("));
  shop.add_good(2);
  const auto without_events = expect_as_from_nothing(data, shop, 1);
  EXPECT_TRUE(was_updated(without_events, "index pairs ("));
  shop.add_person(-1);
  shop.add_return();
  const auto report = expect_as_from_nothing(data, shop, 2);
  EXPECT_TRUE(was_updated(report, "log returns"));
  EXPECT_TRUE(was_updated(report, "index neighbours_plain ("));
  shop.add_person(1003);  // who had events and no row
  expect_as_from_nothing(data, shop, 1);
  shop.change_prices();  // that a sequence, a statistic and an index depend on
  shop.add_visits(1);
  EXPECT_TRUE(was_updated(expect_as_from_nothing(data, shop, 1), "index cf ("));
}

TEST(GrownLog, WhatElseChangesIsMadeAnew) {
  Shop shop(4);
  DataDirectory data;
  shop.write_to(data);
  ASSERT_TRUE(data.build().published) << data.report();
  shop.add_visits(1);
  shop.change_first_line();
  EXPECT_EQ(expect_as_from_nothing(data, shop, 1).updated, std::vector<std::string>{});
  shop.add_visits(1);
  std::string catalog = kCatalog;
  catalog.replace(catalog.find("keep: 9"), 7, "keep: 8");
  catalog.replace(catalog.find("top_k: 6"), 8, "top_k: 7");
  catalog.replace(catalog.find("window: 300s"), 12, "window: 400s");
  const auto report = expect_as_from_nothing(data, shop, 1, catalog);
  for (const char* part : {"sequences", "statistics goods", "index cf_plain", "index neighbours"})
    EXPECT_FALSE(was_updated(report, part)) << part;
  EXPECT_TRUE(was_updated(report, "log visits"));
  EXPECT_TRUE(was_updated(report, "index cf ("));
  shop.write_to(data, catalog);
  EXPECT_EQ(data.build({.full = true}).updated, std::vector<std::string>{});
}

TEST(GrownLog, ALogReadFromWhatWasKeptIsTheLog) {
  Shop shop(5);
  DataDirectory data;
  shop.write_to(data);
  ASSERT_TRUE(data.build().published) << data.report();
  shop.add_visits(5);
  expect_as_from_nothing(data, shop, 1);
  std::string catalog = kCatalog;
  catalog += "  more: {algorithm: item_cf, from: buys, weight: e.seconds ?? 2.0}\n";
  const auto report = expect_as_from_nothing(data, shop, 1, catalog);
  EXPECT_EQ(report.made, std::vector<std::string>{"index more"});
}

/// What is kept for the next build is damaged in the current generation: it is found, and all is as from nothing.
TEST(GrownLog, DamageOfWhatIsKeptIsFound) {
  for (const char* file : {"visits.events", "visits.newer.events", "cf.interactions", "cf.index", "goods.statistics"}) {
    Shop shop(6);
    DataDirectory data;
    shop.write_to(data);
    ASSERT_TRUE(data.build().published) << data.report();
    shop.add_visits(5);
    expect_as_from_nothing(data, shop, 1);
    std::string bytes = *store::read_bytes(current(data) + "/" + file);
    bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
    bytes[bytes.size() - 1] = static_cast<char>(bytes[bytes.size() - 1] ^ 1);
    std::ofstream(current(data) + "/" + file, std::ios::binary) << bytes;
    EXPECT_FALSE(data.check()) << file;
    shop.add_visits(5);
    expect_as_from_nothing(data, shop, 1);
    ASSERT_FALSE(::testing::Test::HasFailure()) << file;
  }
}

/// The end of the file as it was decides whether what follows can be read for itself.
TEST(GrownLog, EndsOfFiles) {
  constexpr const char* kSmall = R"(tables:
  people: {key: id, source: {csv: people.csv}, columns: {}}
  goods: {key: id, source: {csv: goods.csv}, columns: {}}
events:
  visits: {source: {csv: visits.csv}, user: who, item: what, time: {column: at, format: unix_seconds}, columns: {note: string}, users: people, items: goods}
statistics:
  goods.visits: {from: visits, value: count}
sequences:
  all: {from: visits, keep: 9}
)";
  const std::string begin = "who,what,at,note\n1,1,5,a\n1,2,6,b\n2,2,7,c\n2,1,8,d\n";
  struct Case {
    std::string before, added;
    bool grows;
  };
  const Case cases[] = {{"", "1,1,9,e\n", true},
                        {"1,1,9,", "e\n1,2,9,f\n", false},                          // the line goes on
                        {"1,1,9,e", "\n1,2,9,f\n", false},                          // or does not; it is read again
                        {"1,1,9,\"e\n", "1,2,9,f\"\n", false},                      // so does the quote
                        {"1,1,9,\"e\nf\"\n", "1,2,9,\"g\nh\"\n", true},             // whole quotes
                        {"1,7,9,e\n5,1,9,f\nbad\n", "1,7,10,g\n1,1,x,h\n", true}};  // rows that are left out
  for (const Case& one : cases) {
    DataDirectory grown, anew;
    for (DataDirectory* data : {&grown, &anew}) {
      data->write("catalog.yaml", kSmall);
      data->write("people.csv", "id\n1\n2\n");
      data->write("goods.csv", "id\n1\n2\n");
      data->write("visits.csv", begin + one.before);
    }
    ASSERT_TRUE(grown.build().published) << grown.report();
    for (DataDirectory* data : {&grown, &anew}) data->write("visits.csv", begin + one.before + one.added);
    const auto report = grown.build(), full = anew.build();
    ASSERT_TRUE(report.published && full.published) << grown.report();
    EXPECT_EQ(was_updated(report, "log visits"), one.grows) << one.added;
    expect_same(grown, anew, {store::Key(int64_t{1}), store::Key(int64_t{2})});
    const auto rows = [](const DataDirectory& data) {
      return store::read_manifest(current(data))->parts.at("log visits").bad_rows;
    };
    EXPECT_EQ(rows(grown), rows(anew)) << one.added;
    if (rows(grown) > 0) {
      EXPECT_FALSE(grown.build({.strict = true}).published);
      EXPECT_TRUE(grown.diagnostics().has_errors());
    }
  }
}

/// MovieLens with every 200th rating added later.
TEST(GrownLog, MovieLens) {
  const char* shared = std::getenv("REC_SHARED");
  const std::string from =
      (shared != nullptr ? std::string(shared) : REC_SOURCE_DIR "/../shared") + "/data/ml-latest-small";
  if (!fs::exists(from)) GTEST_SKIP() << "no MovieLens at " << from;
  DataDirectory grown, anew;
  for (const DataDirectory* data : {&grown, &anew}) ASSERT_TRUE(importers::import_movielens(from, data->path()));
  std::istringstream lines(grown.read("ratings.csv"));
  std::string header, line, early, late;
  std::getline(lines, header);
  for (int number = 0; std::getline(lines, line); ++number) (number % 200 == 7 ? late : early) += line + "\n";
  header += "\n";
  grown.write("ratings.csv", header + early);
  ASSERT_TRUE(grown.build().published) << grown.report();
  std::vector<store::Key> users;
  for (int64_t user = 0; user < 620; ++user) users.emplace_back(user);
  for (const size_t share : {size_t{100}, late.size()}) {
    const std::string text = header + early + late.substr(0, late.find('\n', share - 1) + 1);
    grown.write("ratings.csv", text);
    anew.write("ratings.csv", text);
    const auto report = grown.build({.threads = 2});
    ASSERT_TRUE(report.published) << grown.report();
    ASSERT_TRUE(anew.build({.full = true}).published) << anew.report();
    EXPECT_TRUE(was_updated(report, "log ratings"));
    EXPECT_TRUE(was_updated(report, "statistics movies"));
    EXPECT_TRUE(was_updated(report, "sequences"));
    expect_same(grown, anew, users);
  }
}

}  // namespace
}  // namespace rec::build
