// From raw files to a generation and back: values, what is made again, what is left out, what is survived.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>
#include <xxhash.h>

#include <cmath>
#include <cstdlib>

#include "offline/importers/importers.h"
#include "runtime/store/event_codec.h"
#include "runtime/store/user_store.h"
#include "tests/offline/shop.h"

namespace rec::build {
namespace {

namespace fs = std::filesystem;
using rec::testing::DataDirectory;
using rec::testing::write_shop;
using namespace std::string_view_literals;
using Parts = std::vector<std::string>;

struct Shop : DataDirectory {
  Shop() { write_shop(*this); }
};

const column::ColumnView& column_of(const store::Generation& generation, const std::string& table,
                                    const std::string& name) {
  const auto index = generation.catalog().table(table)->column_index(name);
  return generation.table(table)->columns()[index.value()];
}

TEST(Build, EveryTypeComesBack) {
  Shop shop;
  const BuildReport report = shop.build();
  ASSERT_TRUE(report.published) << shop.report();
  const auto generation = shop.open();
  ASSERT_NE(generation, nullptr) << shop.report();
  EXPECT_EQ(shop.report(), "");
  const store::Table& goods = *generation->table("goods");
  ASSERT_EQ(goods.rows(), 3u);
  EXPECT_EQ(goods.find("a"sv), 0u);
  EXPECT_EQ(goods.find("c"sv), 2u);
  EXPECT_EQ(goods.find("d"sv), std::nullopt);
  EXPECT_EQ(goods.find(int64_t{1}), std::nullopt);
  EXPECT_EQ(goods.key_text(1), "b");
  const auto of = [&](const char* name) -> const column::ColumnView& { return column_of(*generation, "goods", name); };
  EXPECT_FALSE(of("name").has(0));
  EXPECT_EQ(goods.strings().text(static_cast<int32_t>(of("name").integer(2))), "Cee, the third");
  EXPECT_FALSE(of("price").has(0));
  EXPECT_EQ(of("price").floating(1), 1.5F);
  EXPECT_EQ(of("stock").width, 4u);
  EXPECT_EQ(of("stock").integer(0), -3);
  EXPECT_EQ(of("stock").integer(1), 70000);
  EXPECT_EQ(of("sold").integer(0), 0);
  EXPECT_EQ(of("sold").integer(1), 1);
  EXPECT_EQ(of("since").integer(0), 0);
  EXPECT_EQ(of("since").integer(2) - of("since").integer(1), 86'400'000'000);
  EXPECT_FALSE(of("ships").has(0));
  EXPECT_EQ(of("ships").integer(2), 90 * 60'000'000LL);
  EXPECT_EQ(of("tags").list(0).size, 0u);
  ASSERT_EQ(of("tags").list(1).size, 2u);
  EXPECT_EQ(goods.strings().text(of("tags").list(1).as<int32_t>()[1]), "y");
  EXPECT_FALSE(of("sizes").has(0));
  EXPECT_EQ(of("sizes").list(1).as<int64_t>()[1], -5);
  EXPECT_EQ(of("look").vector(1)[1], -1.0F);
  const store::Table& people = *generation->table("people");
  EXPECT_EQ(people.find(-2), 0u);
  EXPECT_EQ(people.find(3), 2u);
  EXPECT_EQ(generation->newest_event(), 111'000'000);
  EXPECT_TRUE(shop.check()) << shop.report();
}

TEST(Build, Statistics) {
  Shop shop;
  ASSERT_TRUE(shop.build().published) << shop.report();
  const auto generation = shop.open();
  const auto of = [&](const char* name) -> const column::ColumnView& { return column_of(*generation, "goods", name); };
  EXPECT_EQ(of("visits").integer(0), 3);
  EXPECT_EQ(of("visits").integer(1), 2);
  EXPECT_EQ(of("buys_10s").integer(0), 1);  // 111; 101 is ten seconds before and not within
  EXPECT_EQ(of("buys_10s").integer(1), 0);
  EXPECT_EQ(of("seconds").floating(0), 4.0F);
  EXPECT_EQ(of("buy_rate").floating(0), 2.0F / 3);
  EXPECT_EQ(of("buy_rate").floating(2), 0.0F);
  const auto& mean = column_of(*generation, "people", "mean_stock");
  EXPECT_FALSE(mean.has(0));
  EXPECT_EQ(mean.floating(1), (-3 + 70000 + 0 - 3) / 4.0F);
}

TEST(Build, SequencesAreNewestFirstAndCut) {
  Shop shop;
  ASSERT_TRUE(shop.build().published) << shop.report();
  const auto generation = shop.open();
  column::StringSpace strings(generation->table("goods")->strings());
  column::Arena arena;
  const auto all = generation->read_sequence(0, int64_t{1}, strings, arena);
  ASSERT_TRUE(all) << all.error();
  ASSERT_EQ(all->events.size, 3u);  // keep: 3
  EXPECT_EQ(all->events.time[0], 111'000'000);
  EXPECT_EQ(all->events.item[0], 0u);
  EXPECT_EQ(all->events.item[1], 2u);  // equal times: the later in the log first
  EXPECT_EQ(all->events.item[2], 1u);
  const auto* action = static_cast<const int32_t*>(all->events.columns[0].data);
  EXPECT_EQ(strings.text(action[0]), "buy");
  EXPECT_EQ(strings.text(action[1]), "view");
  EXPECT_EQ(all->events.columns[1].present[2], 0);
  EXPECT_EQ(static_cast<const float*>(all->events.columns[1].data)[1], 4.0F);
  const auto& labels = static_cast<const column::ListRef*>(all->events.columns[2].data)[1];
  ASSERT_EQ(labels.size, 1u);
  EXPECT_EQ(strings.text(labels.as<int32_t>()[0]), "p");
  EXPECT_EQ(generation->read_sequence(1, int64_t{1}, strings, arena)->events.size, 2u);
  EXPECT_EQ(generation->read_sequence(0, int64_t{9}, strings, arena)->events.size, 1u);  // `unknown:` is declared
  EXPECT_EQ(generation->read_sequence(0, int64_t{777}, strings, arena)->events.size, 0u);
}

TEST(Build, OnlyWhatIsStaleIsMade) {
  Shop shop;
  const Parts all = {"table people",     "table goods", "log visits", "statistics people",
                     "statistics goods", "sequences",   "index cf",   "index later"};
  EXPECT_EQ(shop.build().made, all) << shop.report();
  const BuildReport again = shop.build();
  EXPECT_FALSE(again.published);
  EXPECT_EQ(again.made, Parts());
  EXPECT_EQ(again.generation, 1u);
  std::string visits = shop.read("visits.csv");
  visits.replace(visits.find("9,b,50"), 6, "9,b,51");
  shop.write("visits.csv", visits);
  const Parts of_events = {"log visits", "statistics people", "statistics goods",
                           "sequences",  "index cf",          "index later"};
  EXPECT_EQ(shop.build().made, of_events);
  shop.write("visits.csv", visits + "3,c,112,view,1,\n");
  const BuildReport grown = shop.build();
  EXPECT_EQ(grown.made.size() + grown.updated.size(), of_events.size());
  EXPECT_EQ(grown.updated.front(), "log visits");
  shop.write("catalog.yaml", rec::testing::kShopCatalog + "# a remark\n");
  const BuildReport remark = shop.build();
  EXPECT_TRUE(remark.published);
  EXPECT_EQ(remark.made, Parts());
  std::string catalog = rec::testing::kShopCatalog;
  catalog.replace(catalog.find("top_k: 5"), 8, "top_k: 6");
  shop.write("catalog.yaml", catalog);
  EXPECT_EQ(shop.build().made, Parts{"index cf"});
  EXPECT_TRUE(shop.check()) << shop.report();
  EXPECT_EQ(shop.build({.full = true}).made, all);
}

TEST(Build, AChangedTableMakesItsDependentsOnly) {
  Shop shop;
  shop.write("catalog.yaml", rec::testing::kShopCatalog + "");
  std::string catalog = rec::testing::kShopCatalog;
  catalog.insert(catalog.find("events:"), "  shelves:\n    key: id\n    source: {csv: shelves.csv}\n    columns: {}\n");
  shop.write("catalog.yaml", catalog);
  shop.write("shelves.csv", "id\n1\n");
  ASSERT_TRUE(shop.build().published) << shop.report();
  shop.write("shelves.csv", "id\n1\n2\n");
  EXPECT_EQ(shop.build().made, Parts{"table shelves"});
  EXPECT_EQ(shop.open()->table("shelves")->rows(), 2u);
  EXPECT_EQ(shop.open()->table("goods")->rows(), 3u);
}

TEST(Build, KeepsThreeGenerations) {
  Shop shop;
  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(shop.build({.full = true}).published) << shop.report();
  }
  EXPECT_FALSE(fs::exists(shop.path("generations/2")));
  EXPECT_TRUE(fs::exists(shop.path("generations/3")));
  EXPECT_EQ(shop.open()->number(), 5u);
  source::Sources sources;
  diagnostics::Diagnostics diagnostics;
  EXPECT_TRUE(store::check_generation(shop.path(), 3, sources, diagnostics));  // its sequences are still there
}

TEST(Build, AnOpenGenerationIsUndisturbedByTheNext) {
  Shop shop;
  ASSERT_TRUE(shop.build().published);
  const auto old = shop.open();
  shop.write("visits.csv", "who,what,at,action,seconds,labels\n1,c,500,view,,\n");
  ASSERT_TRUE(shop.build().published) << shop.report();
  column::StringSpace strings(old->table("goods")->strings());
  column::Arena arena;
  EXPECT_EQ(old->read_sequence(0, int64_t{1}, strings, arena)->events.size, 3u);
  EXPECT_EQ(shop.open()->read_sequence(0, int64_t{1}, strings, arena)->events.size, 1u);
}

TEST(Build, BadRowsAreCountedByReason) {
  Shop shop;
  shop.write("people.csv", "id,city\n1,Rome\nx,Oslo\n1,Bonn\n2\n");
  shop.write("visits.csv",
             "who,what,at,action,seconds,labels\n1,zzz,1,view,,\n1,a,soon,view,,\n1,a,5,view,fast,\n1,a,6,view,,\n");
  const BuildReport report = shop.build();
  ASSERT_TRUE(report.published) << shop.report();
  const std::string notes = [&] {
    std::string text;
    for (const std::string& note : report.notes) {
      text += note + "\n";
    }
    return text;
  }();
  EXPECT_EQ(notes,
            "people.csv: 1 row left out, `id` is no int: line 3 (`x`)\n"
            "people.csv: 1 row left out, `id` is there before: line 4 (`1`)\n"
            "people.csv: 1 row left out, wrong number of fields: line 5\n"
            "visits.csv: 1 row left out, `at` is no time: line 3 (`soon`)\n"
            "visits.csv: 1 row left out, `seconds` is no float: line 4 (`fast`)\n"
            "visits.csv: 1 row left out, `what` has no row in `goods`: line 2 (`zzz`)\n");
  const auto generation = shop.open();
  const store::Table& people = *generation->table("people");
  EXPECT_EQ(people.rows(), 1u);
  EXPECT_EQ(people.strings().text(static_cast<int32_t>(people.columns()[1].integer(0))), "Rome");
  const BuildReport strict = shop.build({.strict = true});
  EXPECT_FALSE(strict.published);
  EXPECT_EQ(shop.open()->number(), 1u);
}

TEST(Build, UsersWithoutARowNeedUnknown) {
  Shop shop;
  std::string catalog = rec::testing::kShopCatalog;
  catalog.erase(catalog.find("    unknown:"), std::string("    unknown: {city: \"\"}\n").size());
  shop.write("catalog.yaml", catalog);
  const BuildReport report = shop.build();
  ASSERT_TRUE(report.published) << shop.report();
  EXPECT_EQ(report.notes.back(), "visits.csv: 1 row left out, `who` has no row in `people`: line 7 (`9`)");
}

TEST(Build, ItemsThatAreGoneAreCounted) {
  Shop shop;
  ASSERT_TRUE(shop.build().published);
  // The next generation keeps the sequences of this one in a store where an item has no row: as live events do.
  const auto generation = shop.open();
  Shop other;
  other.write("goods.csv", "sku,name,price,stock,sold,since,ships,tags,sizes,look\nc,,,0,1,1970-01-01,,,,0;0\n");
  ASSERT_TRUE(other.build().published) << other.report();
  fs::remove(other.path("users.mdb"));
  fs::copy_file(shop.path("users.mdb"), other.path("users.mdb"));
  const auto mixed = other.open();
  ASSERT_NE(mixed, nullptr) << other.report();
  column::StringSpace strings(mixed->table("goods")->strings());
  column::Arena arena;
  const auto read = mixed->read_sequence(0, int64_t{1}, strings, arena);
  ASSERT_TRUE(read) << read.error();
  ASSERT_EQ(read->events.size, 1u);
  EXPECT_EQ(read->gone, 2u);
  EXPECT_EQ(read->events.time[0], 101'000'000);
  EXPECT_EQ(strings.text(static_cast<const int32_t*>(read->events.columns[0].data)[0]), "view");
  EXPECT_EQ(static_cast<const float*>(read->events.columns[1].data)[0], 4.0F);
}

TEST(Build, DamageIsFoundAndMadeGood) {
  for (const char* name : {"people.table", "goods.table", "goods.statistics", "cf.index"}) {
    Shop shop;
    ASSERT_TRUE(shop.build().published);
    const std::string file = std::string("generations/1/") + name;
    const std::string good = shop.read(file);
    for (const size_t size : {size_t{0}, size_t{10}, size_t{63}, size_t{200}, good.size() / 2, good.size() - 1}) {
      shop.write(file, good.substr(0, size));
      EXPECT_EQ(shop.open(), nullptr) << name << " " << size;
      EXPECT_NE(shop.report().find("error[R8102]"), std::string::npos) << shop.report();
    }
    std::string flipped = good;
    flipped[good.size() - 1] = static_cast<char>(flipped[good.size() - 1] ^ 4);
    shop.write(file, flipped);
    EXPECT_NE(shop.open(), nullptr);
    EXPECT_FALSE(shop.check());
    const BuildReport repaired = shop.build();
    EXPECT_TRUE(repaired.published) << shop.report();
    EXPECT_EQ(repaired.made.size(), 1u) << name;
    EXPECT_TRUE(shop.check()) << shop.report();
  }
}

TEST(Build, ADamagedManifestCatalogOrUserStoreIsAnErrorAndRepaired) {
  for (const char* name : {"generations/1/manifest.json", "generations/1/catalog.yaml", "users.mdb", "CURRENT"}) {
    Shop shop;
    ASSERT_TRUE(shop.build().published);
    const std::string good = shop.read(name);
    for (const size_t size : {size_t{0}, good.size() / 3, good.size() / 2}) {
      shop.write(name, good.substr(0, size));
      EXPECT_EQ(shop.open(), nullptr) << name << " " << size;
    }
    fs::remove(shop.path(name));
    EXPECT_EQ(shop.open(), nullptr) << name;
    ASSERT_TRUE(shop.build({.full = true}).published) << shop.report();
    EXPECT_TRUE(shop.check()) << shop.report();
  }
}

TEST(Build, NoBytesOfARecordCanCrashItsReader) {
  Shop shop;
  ASSERT_TRUE(shop.build().published);
  const auto generation = shop.open();
  const store::Table& goods = *generation->table("goods");
  const auto types = store::event_types(generation->catalog().events[0]);
  std::string record;
  const auto store = store::LmdbEnvironment::open(shop.path("users.mdb"), false);
  ASSERT_TRUE((*store)->read(1, store::record_key(0, int64_t{1}).bytes, [&](std::string_view r) { record = r; }));
  column::Arena arena;
  const auto decode = [&](const std::string& bytes) {
    column::StringSpace strings(goods.strings());
    arena.reset();
    return store::decode_events(bytes, types, goods, strings, arena);
  };
  ASSERT_TRUE(decode(record));
  for (size_t at = 0; at < record.size(); ++at) {
    EXPECT_FALSE(decode(record.substr(0, at))) << at;
    for (int bit = 0; bit < 8; ++bit) {
      std::string bad = record;
      bad[at] = static_cast<char>(bad[at] ^ (1 << bit));
      EXPECT_FALSE(decode(bad)) << at;
      // Even a record whose checksum was made to fit is read within its bounds.
      const std::string body = bad.substr(0, bad.size() - 4);
      const auto checksum = static_cast<uint32_t>(XXH64(body.data(), body.size(), 0));
      const auto read = decode(body + std::string(reinterpret_cast<const char*>(&checksum), 4));
      EXPECT_TRUE(!read || read->events.size <= record.size());
    }
  }
}

TEST(Build, AnotherBuildAtTheSameTimeIsRefused) {
  Shop shop;
  const int lock = ::open(shop.path(".lock").c_str(), O_RDWR | O_CREAT, 0644);
  ASSERT_EQ(::flock(lock, LOCK_EX), 0);
  EXPECT_FALSE(shop.build().published);
  EXPECT_NE(shop.report().find("error[R6510]"), std::string::npos) << shop.report();
  ::close(lock);
  EXPECT_TRUE(shop.build().published) << shop.report();
}

TEST(Build, AReadOnlyDirectoryCanBeRead) {
  if (::geteuid() != 0) {
    GTEST_SKIP() << "needs a second user to read as";
  }
  Shop shop;
  ASSERT_TRUE(shop.build().published);
  fs::remove(shop.path("users.mdb-lock"));
  fs::permissions(shop.path(), fs::perms(0755));
  const pid_t child = ::fork();
  if (child == 0) {
    const bool dropped = ::setuid(65534) == 0 && ::access(shop.path().c_str(), W_OK) != 0;
    const auto generation = shop.open();
    if (!dropped || generation == nullptr) {
      ::_exit(1);
    }
    column::StringSpace strings(generation->table("goods")->strings());
    column::Arena arena;
    const auto read = generation->read_sequence(0, int64_t{1}, strings, arena);
    ::_exit(read && read->events.size == 3 ? 0 : 2);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

TEST(Build, InspectShowsTablesAndAUsersHistory) {
  Shop shop;
  ASSERT_TRUE(shop.build().published);
  source::Sources sources;
  diagnostics::Diagnostics diagnostics;
  const std::string all = inspect(shop.path(), "", sources, diagnostics);
  EXPECT_NE(all.find("table goods: 3 rows"), std::string::npos) << all;
  EXPECT_NE(all.find("index later: swing, 3 items, 0 neighbours"), std::string::npos) << all;
  const std::string history = inspect(shop.path(), "9", sources, diagnostics);
  EXPECT_NE(history.find("all of user 9 (who has no row): 1 events"), std::string::npos) << history;
  EXPECT_NE(history.find("1970-01-01T00:00:50Z  b  action=view  seconds=1  labels=[]"), std::string::npos) << history;
  inspect(shop.path(), "nine", sources, diagnostics);
  EXPECT_TRUE(diagnostics.has_errors());
}

TEST(Build, MovieLens) {
  const char* shared = std::getenv("REC_SHARED");
  const std::string from =
      (shared != nullptr ? std::string(shared) : REC_SOURCE_DIR "/../shared") + "/data/ml-latest-small";
  if (!fs::exists(from)) {
    GTEST_SKIP() << "no MovieLens at " << from;
  }
  DataDirectory data;
  ASSERT_TRUE(importers::import_movielens(from, data.path()));
  const BuildReport report = data.build();
  ASSERT_TRUE(report.published) << data.report();
  std::printf("rec-build of ml-latest-small: %.2f s\n", report.seconds);
  const auto generation = data.open();
  EXPECT_EQ(generation->table("users")->rows(), 610u);
  EXPECT_EQ(generation->table("movies")->rows(), 9742u);
  EXPECT_NE(generation->index("item_cf"), nullptr);
}

}  // namespace
}  // namespace rec::build
