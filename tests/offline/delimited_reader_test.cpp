// DelimitedReader: what it splits, what it refuses, and that it goes on behind a bad row.
#include <gtest/gtest.h>

#include <random>

#include "offline/ingest/csv.h"
#include "tests/offline/temporary_folder.h"

namespace rec::ingest {
namespace {

using testing::TemporaryFolder;

/// "line|field|field" a good row, "line!problem" a bad one.
std::vector<std::string> rows(std::string_view text, DelimitedReader::Options options = {}) {
  const TemporaryFolder folder;
  auto reader = DelimitedReader::open(folder.write("rows.csv", text), std::move(options));
  if (!reader) return {reader.error().message};
  std::vector<std::string> result;
  while (reader->next()) {
    std::string row = std::to_string(reader->line());
    if (reader->problem() != RowProblem::none) {
      row.append("!").append(reader->problem_text());
    } else {
      for (const auto field : reader->fields()) row.append("|").append(field);
    }
    result.push_back(row);
  }
  EXPECT_EQ(reader->bytes_read(), reader->bytes_total());
  return result;
}

using Rows = std::vector<std::string>;

TEST(DelimitedReader, SplitsPlainRows) {
  EXPECT_EQ(rows("a,b\n1,2\n,\n3,4"), (Rows{"2|1|2", "3||", "4|3|4"}));
  EXPECT_EQ(rows("a,b\r\n1,2\r\n3,4\r"), (Rows{"2|1|2", "3|3|4"}));
  EXPECT_EQ(rows("\xEF\xBB\xBF"
                 "a,b\n1,2\n"),
            (Rows{"2|1|2"}));
  EXPECT_EQ(rows("a,b\n\n1,2\n\r\n\n3,4\n"), (Rows{"3|1|2", "6|3|4"}));
  EXPECT_EQ(rows("a\tb\n1,5\t2\n", {.separator = "\t"}), (Rows{"2|1,5|2"}));
  EXPECT_EQ(
      rows("1::Toy: \"Story\"::x\n", {.separator = "::", .header = false, .names = {"a", "b", "c"}, .quoting = false}),
      (Rows{"1|1|Toy: \"Story\"|x"}));
  EXPECT_EQ(rows("7 8 9\n7\n", {.separator = " ", .header = false}), (Rows{"1|7|8|9", "2|7"}));
}

TEST(DelimitedReader, ReadsQuotes) {
  EXPECT_EQ(rows("a,b\n\"x, y\",\"say \"\"hi\"\"\"\n"), (Rows{"2|x, y|say \"hi\""}));
  EXPECT_EQ(rows("a,b\n\"two\nlines\",1\r\n\"\",\"\"\r\n2,\"end\""), (Rows{"2|two\nlines|1", "4||", "5|2|end"}));
  EXPECT_EQ(rows("a,b\n\"x\",\n\"y\",\"z\"\r"), (Rows{"2|x|", "3|y|z"}));
  EXPECT_EQ(rows("a,b\n5\" nail,a \"b\" c\n"), (Rows{"2|5\" nail|a \"b\" c"}));
  EXPECT_EQ(rows("\"a\",\"b \"\"c\"\"\"\n1,2\n"), (Rows{"2|1|2"}));
}

TEST(DelimitedReader, OneForgottenQuoteCostsOneRow) {
  EXPECT_EQ(rows("a,b\n1,\"x\n2,y\n3,z\n"), (Rows{"2!a quote that is never closed", "3|2|y", "4|3|z"}));
  EXPECT_EQ(rows("a,b\n1,\"x\n2,\"y\"\n3,z\n"), (Rows{"2!text after a closing quote", "3|2|y", "4|3|z"}));
  EXPECT_EQ(rows("a,b\n\"p\nq\",\"x\n2,y\n"), (Rows{"3!a quote that is never closed", "4|2|y"}));
  EXPECT_EQ(rows("a,b\n1,\"x\" \n2,y\n"), (Rows{"2!text after a closing quote", "3|2|y"}));
}

TEST(DelimitedReader, ReportsBadRows) {
  EXPECT_EQ(rows("a,b\n1\n1,2,3\n1,2\n"),
            (Rows{"2!1 field where the header has 2", "3!3 fields where the header has 2", "4|1|2"}));
  EXPECT_EQ(rows("a,b\n1,\xC3\x28\n1,\xE4\xB8\xAD\n"), (Rows{"2!text that is not UTF-8", "3|1|\xE4\xB8\xAD"}));
  EXPECT_EQ(rows(std::string_view("a,b\n1,\0\n1,2\n", 12)), (Rows{"2!a NUL byte", "3|1|2"}));
  const std::string huge(kMaxRecordBytes + 1, 'x');
  EXPECT_EQ(rows("a,b\n1," + huge + "\n1,2\n"), (Rows{"2!a record of more than 16 MiB", "3|1|2"}));
  EXPECT_EQ(rows("a,b\n1,\"" + huge + "\"\n1,2\n"), (Rows{"2!a record of more than 16 MiB", "3|1|2"}));
  EXPECT_EQ(rows("a,b\n1,\"\n" + huge + "\"\n1,2\n").front(), "2!a quote that is never closed");
}

TEST(DelimitedReader, RefusesWhatIsNoTable) {
  EXPECT_EQ(rows(""), (Rows{"is empty; its first line should name the fields"}));
  EXPECT_EQ(rows("\xEF\xBB\xBF\n\n"), (Rows{"is empty; its first line should name the fields"}));
  EXPECT_EQ(rows("a,b,a\n"), (Rows{"names the field `a` twice in its first line"}));
  EXPECT_EQ(rows("\xFF\xFE\x61\x00"), (Rows{"is UTF-16; it has to be UTF-8"}));
  EXPECT_EQ(rows("a,b\r1,2\r"), (Rows{"ends its lines with a carriage return alone; LF or CRLF is needed"}));
  EXPECT_EQ(rows("a,\xFF\n"), (Rows{"line 1, which names the fields, has text that is not UTF-8"}));
  const TemporaryFolder folder;
  EXPECT_EQ(DelimitedReader::open(folder.path(), {}).error().message, "is a directory; a file is needed here");
  EXPECT_EQ(DelimitedReader::open(folder.path("none.csv"), {}).error().message, "there is no such file");
}

TEST(DelimitedReader, FindsFieldsByName) {
  const TemporaryFolder folder;
  auto reader = DelimitedReader::open(folder.write("t.csv", "id,title\n"), {});
  ASSERT_TRUE(reader);
  EXPECT_EQ(reader->field("title"), 1);
  EXPECT_EQ(reader->field("Title"), -1);
  EXPECT_FALSE(reader->next());
}

TEST(DelimitedReader, SurvivesRandomBytes) {
  std::mt19937 random(7);
  const std::string alphabet("a,\"\n\r\t\xC3\xA9\0\xFF", 10);
  for (int round = 0; round < 1000; ++round) {
    std::string text = "a,b\n";
    for (size_t i = random() % 60; i > 0; --i) text += alphabet[random() % alphabet.size()];
    EXPECT_LE(rows(text).size(), 60U);
  }
}

TEST(CsvWriter, WhatIsWrittenReadsBack) {
  const TemporaryFolder folder;
  auto writer = CsvWriter::create(folder.path("t.csv"), {"text", "int", "float"});
  ASSERT_TRUE(writer);
  const std::vector<std::string> texts = {"plain", "a, b", "say \"hi\"", "two\r\nlines", "", "\xE4\xB8\xAD"};
  for (const auto& text : texts) {
    *writer << std::string_view(text) << int64_t{-5} << 0.1F;
    writer->end_row();
  }
  EXPECT_FALSE(std::filesystem::exists(folder.path("t.csv"))) << "a half-written file must not stand under its name";
  ASSERT_TRUE(writer->close());
  auto reader = DelimitedReader::open(folder.path("t.csv"), {});
  ASSERT_TRUE(reader);
  for (const auto& text : texts) {
    ASSERT_TRUE(reader->next());
    EXPECT_EQ(reader->fields(), (std::vector<std::string_view>{text, "-5", "0.1"}));
  }
  EXPECT_FALSE(reader->next());
}

TEST(CsvWriter, ASingleEmptyFieldIsARow) {
  const TemporaryFolder folder;
  auto writer = CsvWriter::create(folder.path("t.csv"), {"a"});
  ASSERT_TRUE(writer);
  *writer << std::string_view();
  writer->end_row();
  ASSERT_TRUE(writer->close());
  EXPECT_EQ(folder.read("t.csv"), "a\n\"\"\n");
}

TEST(CsvWriter, SaysWhyItCannotWrite) {
  const TemporaryFolder folder;
  EXPECT_EQ(CsvWriter::create(folder.path("none/t.csv"), {"a"}).error().message,
            "cannot be written: No such file or directory");
  {
    auto dropped = CsvWriter::create(folder.path("t.csv"), {"a"});
  }
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

}  // namespace
}  // namespace rec::ingest
