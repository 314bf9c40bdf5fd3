// Goldens of what building and opening say when something is wrong: errors/NAME.txt. With REC_UPDATE=1 in the
// environment they are written anew; read the diff.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <unistd.h>

#include <cstdlib>
#include <functional>
#include <sstream>

#include "offline/ingest/csv.h"
#include "tests/offline/shop.h"

namespace rec::build {
namespace {

namespace fs = std::filesystem;
using rec::testing::DataDirectory;
using rec::testing::kShopCatalog;

const fs::path kFolder = fs::path(REC_SOURCE_DIR) / "tests/offline/errors";

std::string with(const std::string& from, const std::string& to) {
  std::string catalog = kShopCatalog;
  catalog.replace(catalog.find(from), from.size(), to);
  return catalog;
}

void expect_report(DataDirectory& data, const std::string& name) {
  const fs::path expected = kFolder / (name + ".txt");
  if (std::getenv("REC_UPDATE") != nullptr) {
    std::ofstream(expected, std::ios::binary) << data.report();
  }
  std::ostringstream text;
  text << std::ifstream(expected, std::ios::binary).rdbuf();
  EXPECT_EQ(data.report(), text.str()) << name;
}

/// Builds after `change`, which is a mistake.
void expect_build_error(const std::string& name, const std::function<void(DataDirectory&)>& change,
                        const BuildOptions& options = {}) {
  DataDirectory data;
  rec::testing::write_shop(data);
  change(data);
  EXPECT_FALSE(data.build(options).published) << name;
  expect_report(data, name);
  EXPECT_FALSE(fs::exists(data.path("generations/1"))) << name;
}

void expect_open_report(const std::string& name, const std::function<void(DataDirectory&)>& change) {
  DataDirectory data;
  rec::testing::write_shop(data);
  ASSERT_TRUE(data.build().published) << data.report();
  change(data);
  data.open();
  expect_report(data, name);
}

TEST(BuildErrors, Goldens) {
  expect_build_error("raw_file", [](DataDirectory& d) { fs::remove(d.path("people.csv")); });
  expect_build_error("raw_file_is_a_directory", [](DataDirectory& d) {
    fs::remove(d.path("people.csv"));
    fs::create_directory(d.path("people.csv"));
  });
  expect_build_error("raw_column", [](DataDirectory& d) { d.write("people.csv", "id,cty\n1,Rome\n"); });
  expect_build_error("bad_rows", [](DataDirectory& d) { d.write("people.csv", "id,city\n1,Rome\nx,Oslo\n"); },
                     {.strict = true});
  expect_build_error("vector_file", [](DataDirectory& d) {
    d.write("catalog.yaml",
            with("look: {type: vector(2), separator: \";\"}", "look: {type: vector(2), source: {npy: look.npy}}"));
    const float values[] = {1, 2, 3, 4};
    ASSERT_TRUE(ingest::write_npy(d.path("look.npy"), values, 2, 2));
  });
  expect_build_error("statistic_from_statistic", [](DataDirectory& d) {
    d.write("catalog.yaml", with("where: 'e.action == \"buy\"', keep: 100", "where: e.item.visits > 1, keep: 100"));
  });
  expect_build_error("grouped_statistic", [](DataDirectory& d) {
    d.write("catalog.yaml",
            with("visits: {from: visits, value: count}", "visits: {from: visits, value: count, by: e.action}"));
  });
  expect_build_error("cannot_write", [](DataDirectory& d) { d.write("generations", "in the way"); });
  DataDirectory data;
  rec::testing::write_shop(data);
  const int lock = ::open(data.path(".lock").c_str(), O_RDWR | O_CREAT, 0644);
  ASSERT_EQ(::flock(lock, LOCK_EX), 0);
  data.build();
  expect_report(data, "build_running");
  ::close(lock);
}

TEST(OpenErrors, Goldens) {
  const auto overwrite = [](DataDirectory& d, const std::string& name, size_t at, char value) {
    std::string bytes = d.read(name);
    bytes[at] = value;
    d.write(name, bytes);
  };
  expect_open_report("no_generation", [](DataDirectory& d) { fs::remove(d.path("CURRENT")); });
  expect_open_report("damaged_generation",
                     [](DataDirectory& d) { fs::resize_file(d.path("generations/1/goods.table"), 500); });
  expect_open_report("other_format_version",
                     [&](DataDirectory& d) { overwrite(d, "generations/1/goods.table", 8, 9); });
  expect_open_report("foreign_file",
                     [](DataDirectory& d) { d.write("generations/1/cf.index", std::string(500, 'x')); });
  expect_open_report("catalog_changed", [](DataDirectory& d) { d.write("catalog.yaml", kShopCatalog + "# more\n"); });
  expect_open_report("damaged_user_store", [](DataDirectory& d) { fs::remove(d.path("users.mdb")); });
}

}  // namespace
}  // namespace rec::build
