// Data files: what is written is read back, and no damaged file is taken for a whole one.
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "runtime/store/column_reader.h"
#include "runtime/store/event_codec.h"
#include "runtime/store/file_writer.h"
#include "runtime/store/table_writer.h"
#include "runtime/store/user_store.h"
#include "tests/store/temporary_directory.h"

namespace rec::store {
namespace {

using types::Kind;
using Reason = FileProblem::Reason;

void overwrite(const std::string& path, std::string_view bytes) {
  std::filesystem::remove(path);  // a new file is not flushed to disk, a truncated one is
  std::ofstream(path, std::ios::binary) << bytes;
}

std::string slurp(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// Rows 30, 10, 20 with a column of every form.
TableData small_table() {
  TableData data;
  data.rows = 3;
  data.columns.push_back({.type = types::integer(), .integers = {30, 10, 20}});
  data.columns.push_back({.type = types::optional(types::string()),
                          .present = {1, 0, 1},
                          .strings = {data.pool.add("zoo"), data.pool.add(""), data.pool.add("ant")}});
  data.columns.push_back({.type = types::list(Kind::integer), .offsets = {0, 2, 2, 3}, .integers = {5, 6, 7}});
  data.columns.push_back({.type = types::list(Kind::string),
                          .offsets = {0, 1, 3, 3},
                          .strings = {data.pool.add("b"), data.pool.add("a"), data.pool.add("zoo")}});
  data.columns.push_back(
      {.type = types::optional(types::vector(2)), .present = {1, 1, 0}, .floats = {1, 2, 3, 4, 0, 0}});
  data.columns.push_back({.type = types::boolean(), .integers = {1, 0, 1}});
  data.columns.push_back({.type = types::time(), .integers = {1LL << 40, -5, 0}});
  data.columns.push_back({.type = types::optional(types::floating()), .present = {0, 1, 1}, .floats = {0, 1.5F, -2}});
  return data;
}

std::string write_small_table(const TemporaryDirectory& directory) {
  const TableData data = small_table();
  const std::string path = directory.path("x.table");
  const auto written = write_table(path, data, key_order(data));
  EXPECT_TRUE(written) << written.error();
  return path;
}

TEST(Table, EveryColumnFormComesBackInKeyOrder) {
  const TemporaryDirectory directory;
  const std::string path = write_small_table(directory);
  const TableData data = small_table();
  const auto file = MappedFile::open(path, FileKind::table);
  ASSERT_TRUE(file) << file.error().message;
  EXPECT_FALSE(file->verify());
  const auto strings = read_dictionary(*file);
  ASSERT_TRUE(strings);
  std::vector<column::ColumnView> columns;
  for (size_t i = 0; i < data.columns.size(); ++i) {
    const auto column = read_column(*file, i, data.columns[i].type);
    ASSERT_TRUE(column) << column.error().message;
    EXPECT_EQ(check_column(*file, i, *column, strings->size()), std::nullopt);
    columns.push_back(*column);
  }
  EXPECT_EQ(check_dictionary(*file, *strings), std::nullopt);
  EXPECT_EQ(columns[0].width, 1u);  // 10, 20, 30 fit a byte
  EXPECT_EQ(columns[0].integer(0), 10);
  EXPECT_EQ(columns[0].integer(2), 30);
  EXPECT_FALSE(columns[1].has(0));
  EXPECT_EQ(strings->text(static_cast<int32_t>(columns[1].integer(1))), "ant");
  EXPECT_EQ(strings->text(static_cast<int32_t>(columns[1].integer(2))), "zoo");
  EXPECT_EQ(columns[2].list(0).size, 0u);
  EXPECT_EQ(columns[2].list(1).as<int64_t>()[0], 7);
  EXPECT_EQ(columns[2].list(2).as<int64_t>()[1], 6);
  ASSERT_EQ(columns[3].list(0).size, 2u);
  EXPECT_EQ(strings->text(columns[3].list(0).as<int32_t>()[1]), "zoo");
  EXPECT_EQ(columns[4].vector(1), nullptr);
  EXPECT_EQ(columns[4].vector(2)[1], 2.0F);
  EXPECT_EQ(reinterpret_cast<uintptr_t>(columns[4].values) % 64, 0u);
  EXPECT_EQ(columns[5].integer(0), 0);
  EXPECT_EQ(columns[6].integer(0), -5);
  EXPECT_EQ(columns[6].integer(2), 1LL << 40);
  EXPECT_FALSE(columns[7].has(2));
  EXPECT_EQ(columns[7].floating(1), -2.0F);
}

TEST(Table, AMillionRowsAreNotParsedAtOpen) {
  const TemporaryDirectory directory;
  TableData data;
  data.rows = 1'000'000;
  data.columns.push_back({.type = types::integer()});
  data.columns.push_back({.type = types::floating()});
  for (uint32_t row = 0; row < data.rows; ++row) {
    data.columns[0].integers.push_back(int64_t{row} * 3);
    data.columns[1].floats.push_back(static_cast<float>(row));
  }
  const std::string path = directory.path("big.table");
  ASSERT_TRUE(write_table(path, data, key_order(data)));
  // Contents that are nonsense do not disturb opening: nothing of them is looked at.
  const SectionEntry values = *MappedFile::open(path, FileKind::table)->section("1.values");
  std::fstream(path, std::ios::in | std::ios::out | std::ios::binary).seekp(static_cast<long>(values.offset)).put('x');
  const auto begin = std::chrono::steady_clock::now();
  const auto file = MappedFile::open(path, FileKind::table);
  ASSERT_TRUE(file);
  const auto column = read_column(*file, 1, types::floating());
  const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - begin;
  std::printf("opening a million rows: %.3f ms\n", took.count());
  ASSERT_TRUE(column);
  EXPECT_EQ(column->floating(999'999), 999'999.0F);
  EXPECT_EQ(column->values, file->data(values));  // a view into the mapping, no copy
  EXPECT_TRUE(file->verify());                    // and the nonsense is found when it is asked for
}

TEST(DataFile, EveryFlippedByteIsFound) {
  const TemporaryDirectory directory;
  const std::string path = write_small_table(directory);
  const std::string good = slurp(path);
  const size_t header = sizeof(FileHeader) + MappedFile::open(path, FileKind::table)->sections().size_bytes();
  for (size_t at = 0; at < good.size(); ++at) {
    std::string bad = good;
    bad[at] = static_cast<char>(bad[at] ^ (1 << (at % 8)));
    overwrite(path, bad);
    const auto file = MappedFile::open(path, FileKind::table);
    if (at < header) {
      EXPECT_FALSE(file) << "byte " << at;
    } else {
      ASSERT_TRUE(file) << "byte " << at;
      EXPECT_TRUE(file->verify()) << "byte " << at;
    }
  }
}

TEST(DataFile, EveryTruncationIsFound) {
  const TemporaryDirectory directory;
  const std::string path = write_small_table(directory);
  const std::string good = slurp(path);
  for (size_t size = 0; size < good.size(); ++size) {
    overwrite(path, good.substr(0, size));
    const auto file = MappedFile::open(path, FileKind::table);
    ASSERT_FALSE(file) << size;
    EXPECT_EQ(file.error().reason, Reason::damaged);
  }
}

TEST(DataFile, SaysWhatIsWrong) {
  const TemporaryDirectory directory;
  const std::string path = write_small_table(directory);
  const std::string good = slurp(path);
  EXPECT_EQ(MappedFile::open(directory.path("none"), FileKind::table).error().reason, Reason::missing);
  EXPECT_EQ(MappedFile::open(directory.path(""), FileKind::table).error().reason, Reason::unreadable);
  EXPECT_EQ(MappedFile::open(path, FileKind::statistics).error().reason, Reason::foreign);
  ASSERT_TRUE(write_file(path, std::string(1000, 'x')));
  EXPECT_EQ(MappedFile::open(path, FileKind::table).error().reason, Reason::foreign);
  std::string newer = good;
  newer[8] = static_cast<char>(kFormatVersion + 1);
  ASSERT_TRUE(write_file(path, newer));
  const auto file = MappedFile::open(path, FileKind::table);
  EXPECT_EQ(file.error().reason, Reason::version);
  EXPECT_EQ(file.error().message, "it has format version 2, this program reads version 1");
}

TEST(DataFile, AnotherTypeThanTheCatalogsIsRefused) {
  const TemporaryDirectory directory;
  const std::string path = write_small_table(directory);
  const auto file = MappedFile::open(path, FileKind::table);
  EXPECT_FALSE(read_column(*file, 0, types::floating()));
  EXPECT_FALSE(read_column(*file, 0, types::optional(types::integer())));
  EXPECT_FALSE(read_column(*file, 4, types::optional(types::vector(3))));
  EXPECT_FALSE(read_column(*file, 2, types::list(Kind::floating)));
  EXPECT_FALSE(read_column(*file, 99, types::integer()));
}

TEST(DataFile, ValuesOutOfRangeAreFoundThoughTheChecksumIsRight) {
  const TemporaryDirectory directory;
  const std::string path = directory.path("x.table");
  auto writer = FileWriter::create(path, FileKind::table, 2, 8);
  const std::vector<int32_t> codes = {0, 7};
  const std::vector<uint64_t> offsets = {0, 3, 2};
  const std::vector<int64_t> elements = {1, 2};
  writer->add<int32_t>("0.values", types::string(), codes);
  writer->add<int64_t>("1.values", types::list(Kind::integer), elements);
  writer->add<uint64_t>("1.offsets", types::list(Kind::integer), offsets);
  ASSERT_TRUE(writer->finish());
  const auto file = MappedFile::open(path, FileKind::table);
  ASSERT_FALSE(file->verify());
  EXPECT_TRUE(check_column(*file, 0, *read_column(*file, 0, types::string()), 7));
  EXPECT_FALSE(check_column(*file, 0, *read_column(*file, 0, types::string()), 8));
  EXPECT_TRUE(check_column(*file, 1, *read_column(*file, 1, types::list(Kind::integer)), 8));
}

TEST(LmdbEnvironment, EpochsAreWrittenReadAndRemoved) {
  const TemporaryDirectory directory;
  const std::string path = directory.path("users.mdb");
  EXPECT_FALSE(LmdbEnvironment::open(path, false));
  const auto store = LmdbEnvironment::open(path, true);
  ASSERT_TRUE(store) << store.error();
  EXPECT_EQ(*LmdbEnvironment::open(path, false), *store);  // one environment a process
  ASSERT_TRUE((*store)->write(1, {{"aaa", "one"}}, true));
  ASSERT_TRUE((*store)->write(2, {{"aaa", "two"}}, false));
  std::string seen;
  const auto keep = [&](std::string_view record) { seen = record; };
  EXPECT_FALSE((*store)->read(2, "aaa", keep));  // not finished
  ASSERT_TRUE((*store)->write(2, {}, true));
  ASSERT_TRUE((*store)->read(2, "aaa", keep));
  EXPECT_EQ(seen, "two");
  ASSERT_TRUE((*store)->remove_epochs_except({2}));
  EXPECT_FALSE((*store)->read(1, "aaa", keep));
  EXPECT_FALSE(*(*store)->has_epoch(1));
  ASSERT_TRUE((*store)->read(2, "aaa", keep));
  ASSERT_TRUE((*store)->read(2, "bbb", [](std::string_view) { FAIL(); }));
}

TEST(LmdbEnvironment, AForeignFileIsAnError) {
  const TemporaryDirectory directory;
  const std::string path = directory.path("users.mdb");
  ASSERT_TRUE(write_file(path, std::string(100000, 'x')));
  EXPECT_FALSE(LmdbEnvironment::open(path, false));
  EXPECT_FALSE(LmdbEnvironment::open(path, false));  // and again, not a deadlock
}

TEST(RecordKey, LongKeysFitAndOrderIsThatOfInts) {
  EXPECT_LT(record_key(0, int64_t{-5}).bytes, record_key(0, int64_t{3}).bytes);
  EXPECT_LT(record_key(0, int64_t{INT64_MAX}).bytes, record_key(1, int64_t{INT64_MIN}).bytes);
  const RecordKey longest = record_key(0, std::string(5000, 'a'));
  EXPECT_TRUE(longest.hashed);
  EXPECT_LE(longest.bytes.size(), 511u);
  EXPECT_NE(longest.bytes, record_key(0, std::string(5001, 'a')).bytes);
}

}  // namespace
}  // namespace rec::store
