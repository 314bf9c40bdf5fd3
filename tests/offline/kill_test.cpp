// Builds are killed at random moments: the generation before must be whole, and the next build must succeed.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <random>

#include "tests/offline/data_directory.h"

extern char** environ;

namespace rec::build {
namespace {

using rec::testing::DataDirectory;

constexpr const char* kCatalog = R"(tables:
  people: {key: id, source: {csv: people.csv}, columns: {}}
  goods: {key: id, source: {csv: goods.csv}, columns: {version: int}}
events:
  visits:
    source: {csv: visits.csv}
    user: person
    item: good
    time: {column: at, format: unix_seconds}
    columns: {version: int}
    users: people
    items: goods
sequences:
  seen: {from: visits, keep: 100}
statistics:
  goods.version_sum: {from: visits, value: sum, of: float(e.version)}
indexes:
  cf: {algorithm: item_cf, from: seen}
)";

/// Every part of the data carries `version`.
void write_version(const DataDirectory& data, int version) {
  std::string people = "id\n";
  std::string goods = "id,version\n";
  std::string visits = "person,good,at,version\n";
  for (int i = 0; i < 200; ++i) {
    people += std::to_string(i) + "\n";
    goods += std::to_string(i) + "," + std::to_string(version) + "\n";
    for (int k = 0; k < 5; ++k) {
      visits += std::to_string(i) + "," + std::to_string((i * 7 + k * 31) % 200) + "," + std::to_string(k) + "," +
                std::to_string(version) + "\n";
    }
  }
  data.write("people.csv", people);
  data.write("goods.csv", goods);
  data.write("visits.csv", visits);
}

/// The version that a whole generation holds; the same in all its parts, or -1.
int64_t version_of(DataDirectory& data) {
  const auto generation = data.open();
  EXPECT_NE(generation, nullptr) << data.report();
  if (generation == nullptr) {
    return -1;
  }
  const store::Table& goods = *generation->table("goods");
  const int64_t version = goods.columns()[1].integer(0);
  column::StringSpace strings(goods.strings());
  column::Arena arena;
  for (int64_t person = 0; person < 200; ++person) {
    const auto read = generation->read_sequence(0, person, strings, arena);
    EXPECT_TRUE(read && read->events.size == 5 && read->gone == 0);
    if (!read || static_cast<const int64_t*>(read->events.columns[0].data)[4] != version) {
      return -1;
    }
  }
  return goods.columns()[2].floating(0) == static_cast<float>(5 * version) ? version : -1;
}

pid_t start(const std::string& directory) {
  std::string program = std::string(REC_BINARY_DIR) + "/rec-build";
  std::string argument = directory;
  char* arguments[] = {program.data(), argument.data(), nullptr};
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
  pid_t child = 0;
  const int error = posix_spawn(&child, program.c_str(), &actions, nullptr, arguments, environ);
  posix_spawn_file_actions_destroy(&actions);
  return error == 0 ? child : -1;
}

TEST(Kill, ABuildThatDiesLeavesTheLastGenerationWhole) {
  constexpr int kRounds = 40;
  DataDirectory data;
  data.write("catalog.yaml", kCatalog);
  write_version(data, 1);
  ASSERT_TRUE(data.build().published) << data.report();
  const auto begin = std::chrono::steady_clock::now();
  write_version(data, 2);
  int status = 0;
  ASSERT_EQ(::waitpid(start(data.path()), &status, 0) > 0, true);
  ASSERT_EQ(status, 0);
  const auto whole = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - begin);
  ASSERT_EQ(version_of(data), 2);

  std::mt19937 random(11);
  int64_t last = 2;
  int killed = 0;
  for (int round = 3; round < 3 + kRounds; ++round) {
    write_version(data, round);
    const pid_t child = start(data.path());
    ASSERT_GT(child, 0);
    ::usleep(static_cast<useconds_t>(random() % static_cast<uint64_t>(whole.count() + 1)));
    ::kill(child, SIGKILL);
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    killed += WIFSIGNALED(status) ? 1 : 0;
    const int64_t version = version_of(data);
    ASSERT_TRUE(version == last || version == round) << version << " after " << last << " in round " << round;
    ASSERT_TRUE(data.check()) << data.report();
    last = version;
  }
  EXPECT_GT(killed, 0);
  std::printf("%d of %d builds were killed\n", killed, kRounds);
  write_version(data, 1000);
  ASSERT_TRUE(data.build().published) << data.report();
  EXPECT_EQ(version_of(data), 1000);
  EXPECT_TRUE(data.check()) << data.report();
  for (const auto& entry : std::filesystem::directory_iterator(data.path("generations"))) {
    EXPECT_NE(entry.path().extension(), ".tmp");
  }
}

/// Visits in a whole generation: as many in its statistic as in its sequences, or -1.
int64_t visits_in(DataDirectory& data) {
  const auto generation = data.open();
  EXPECT_NE(generation, nullptr) << data.report();
  if (generation == nullptr) {
    return -1;
  }
  const store::Table& goods = *generation->table("goods");
  int64_t counted = 0, read = 0;
  for (uint32_t row = 0; row < goods.rows(); ++row) {
    counted += static_cast<int64_t>(goods.columns()[2].floating(row));  // each visit has version 1
  }
  column::StringSpace strings(goods.strings());
  for (int64_t person = 0; person < 200; ++person) {
    column::Arena arena;
    const auto sequence = generation->read_sequence(0, person, strings, arena);
    EXPECT_TRUE(sequence.has_value());
    read += sequence ? static_cast<int64_t>(sequence->events.size) : 0;
  }
  return counted == read ? counted : -1;
}

TEST(Kill, AnUpdateThatDiesLeavesTheLastGenerationWhole) {
  constexpr int kRounds = 40, kAdded = 4;
  DataDirectory data;
  data.write("catalog.yaml", kCatalog);
  write_version(data, 1);
  ASSERT_TRUE(data.build().published) << data.report();
  std::mt19937 random(12);
  std::string visits = data.read("visits.csv");
  int64_t last = 1000, all = 1000;
  int killed = 0, status = 0;
  int64_t whole = 50'000;  // microseconds, of the builds that lived, about
  for (int round = 0; round < kRounds; ++round) {
    for (int i = 0; i < kAdded; ++i) {
      visits += std::to_string(random() % 200) + "," + std::to_string(random() % 200) + "," +
                std::to_string(100 + round) + ",1\n";
    }
    all += kAdded;
    data.write("visits.csv", visits);
    const auto begin = std::chrono::steady_clock::now();
    const pid_t child = start(data.path());
    ASSERT_GT(child, 0);
    ::usleep(static_cast<useconds_t>(random() % static_cast<uint64_t>(whole)));
    ::kill(child, SIGKILL);
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    killed += WIFSIGNALED(status) ? 1 : 0;
    const auto took =
        std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - begin).count();
    whole = WIFSIGNALED(status) ? whole + whole / 8 : std::max<int64_t>(took, 1000);
    const int64_t found = visits_in(data);
    ASSERT_TRUE(found == last || found == all) << found << " after " << last << " in round " << round;
    ASSERT_TRUE(data.check()) << data.report();
    last = found;
  }
  EXPECT_GT(killed, 0);
  EXPECT_GT(last, 1000);
  std::printf("%d of %d updates were killed\n", killed, kRounds);
  data.write("visits.csv", visits + "1,1,200,1\n");
  const BuildReport report = data.build();
  ASSERT_TRUE(report.published) << data.report();
  EXPECT_FALSE(report.updated.empty());
  EXPECT_EQ(visits_in(data), all + 1);
  EXPECT_TRUE(data.check()) << data.report();
}

}  // namespace
}  // namespace rec::build
