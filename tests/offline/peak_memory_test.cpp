// A build of more data than its budget holds, in a process of its own: it takes no more than that, and makes the same.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <random>
#include <string>
#include <vector>

#include "tests/offline/data_directory.h"

namespace rec::build {
namespace {

using rec::testing::DataDirectory;

constexpr const char* kCatalog = R"(tables:
  people: {key: id, source: {csv: people.csv}, columns: {}}
  goods: {key: id, source: {csv: goods.csv}, columns: {}}
events:
  visits: {source: {csv: visits.csv}, user: person, item: good, time: at, columns: {seconds: float}, users: people, items: goods}
sequences:
  seen: {from: visits, keep: 100}
statistics:
  goods.seconds: {from: visits, value: mean, of: e.seconds}
indexes:
  items: {algorithm: item_cf, from: seen, top_k: 100}
  people: {algorithm: user_cf, from: seen, top_k: 100}
  swing: {algorithm: swing, from: seen, top_k: 20, max_users: 50}
)";

void write_data(const DataDirectory& data, uint32_t people, uint32_t goods, uint32_t visits) {
  data.write("catalog.yaml", kCatalog);
  const auto ids = [](uint32_t count) {
    std::string text = "id\n";
    for (uint32_t i = 0; i < count; ++i) text += std::to_string(i) + "\n";
    return text;
  };
  data.write("people.csv", ids(people));
  data.write("goods.csv", ids(goods));
  std::mt19937 random(4);
  std::ofstream out(data.path("visits.csv"));
  out << "person,good,at,seconds\n";
  for (uint32_t i = 0; i < visits; ++i) {
    const uint64_t a = random() % goods, b = random() % goods;
    out << random() % people << ',' << a * b / goods << ',' << 1'600'000'000 + i << ',' << random() % 100 << '\n';
  }
}

/// Bytes that `rec-build` held at most; 0: it failed.
uint64_t peak_of(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), std::string(REC_BINARY_DIR) + "/rec-build");
  std::vector<char*> pointers;
  for (std::string& argument : arguments) pointers.push_back(argument.data());
  pointers.push_back(nullptr);
  // Not by a vfork: what its parent held at most would count as the child's.
  const pid_t child = ::fork();
  if (child == 0) {
    ::dup2(::open("/dev/null", O_WRONLY), 1);
    ::dup2(1, 2);
    ::execv(pointers[0], pointers.data());
    ::_exit(127);
  }
  int status = -1;
  rusage used{};
  if (child < 0 || ::wait4(child, &status, 0, &used) != child || status != 0) return 0;
  return static_cast<uint64_t>(used.ru_maxrss) << 10;
}

TEST(PeakMemory, StaysWithinTheBudgetWhereTheDataDoesNot) {
  constexpr uint64_t kBudget = uint64_t{64} << 20;
  DataDirectory data;
  if (peak_of({"--version"}) > kBudget / 2)
    GTEST_SKIP() << "what a sanitizer, or a test before, holds would be counted";
  write_data(data, 20'000, 5'000, 1'500'000);
  const uint64_t free = peak_of({data.path(), "--threads", "2", "--memory", "100GiB"});
  const std::string items = data.read("generations/1/items.index"), people = data.read("generations/1/people.index"),
                    swing = data.read("generations/1/swing.index"), means = data.read("generations/1/goods.statistics");
  const uint64_t bound = peak_of({data.path(), "--threads", "2", "--full", "--memory", "64MiB"});
  std::printf("%.0f MiB without a bound, %.0f MiB within 64 MiB\n", static_cast<double>(free) / 0x1p20,
              static_cast<double>(bound) / 0x1p20);
  EXPECT_GT(free, kBudget * 5 / 4) << "or it shows nothing";
  EXPECT_GT(bound, 0U);
  EXPECT_LT(bound, kBudget);
  EXPECT_TRUE(items == data.read("generations/2/items.index"));
  EXPECT_TRUE(people == data.read("generations/2/people.index"));
  EXPECT_TRUE(swing == data.read("generations/2/swing.index"));
  EXPECT_TRUE(means == data.read("generations/2/goods.statistics"));
  for (const auto& entry : std::filesystem::directory_iterator(data.path("generations/2")))
    EXPECT_EQ(entry.path().filename().string().find("spill"), std::string::npos);
}

}  // namespace
}  // namespace rec::build
