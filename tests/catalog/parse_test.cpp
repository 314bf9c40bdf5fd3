// The handbook's example becomes the right structure, expressions keep their places, and no damage to it crashes the
// reader.
#include <gtest/gtest.h>

#include <random>

#include "compiler/catalog/catalog.h"
#include "tests/catalog/example.h"

namespace rec::catalog {
namespace {

constexpr size_t kMaxCatalogTestBytes = (size_t{4} << 20) + 1;

struct Parsed {
  source::Sources sources;
  diagnostics::Diagnostics diagnostics;
  Catalog catalog;

  explicit Parsed(std::string text) {
    catalog = parse_catalog(sources.add("catalog.yaml", std::move(text)), sources, diagnostics);
  }
  std::string report() {
    diagnostics.sort();
    return diagnostics::render_text(diagnostics, sources);
  }
  std::string_view at(Span span) const {
    return std::string_view(sources.file(span.file).text).substr(span.begin, span.end - span.begin);
  }
};

TEST(ParseCatalog, TablesOfTheExample) {
  Parsed parsed(testing::kExample);
  ASSERT_EQ(parsed.report(), "");
  const Catalog& catalog = parsed.catalog;
  EXPECT_EQ(catalog.timezone, "Asia/Shanghai");
  const Table& users = *catalog.table("users");
  EXPECT_EQ(users.columns[0].name, "id");
  EXPECT_TRUE(users.columns[0].is_key);
  EXPECT_EQ(types::to_text(users.column("age")->type), "int?");
  ASSERT_TRUE(users.unknown.has_value());
  const std::vector<types::Value> unknown = {types::Value(), types::Value(), types::Value(std::string()),
                                             types::Value(std::vector<int64_t>{}),
                                             types::Value(std::vector<int64_t>{7, 8})};
  EXPECT_EQ(*users.unknown, unknown);
  const Table& notes = *catalog.table("notes");
  std::string names;
  for (const Column& column : notes.columns) names += column.name + " ";
  EXPECT_EQ(names, "id author topic kind boosted has_goods created_at tags content clicks_7d mean_play ");
  EXPECT_EQ(notes.column("created_at")->time_format, TimeFormat::unix_milliseconds);
  EXPECT_EQ(notes.column("tags")->separator, ',');
  EXPECT_EQ(notes.column("content")->npy, "content.npy");
  EXPECT_EQ(types::to_text(notes.column("content")->type), "vector(64)");
  EXPECT_TRUE(notes.column("author")->indexed);
  EXPECT_FALSE(notes.column("kind")->indexed);
  EXPECT_TRUE(notes.column("clicks_7d")->sorted);
  EXPECT_TRUE(notes.column("clicks_7d")->is_statistic);
  EXPECT_EQ(types::to_text(notes.column("mean_play")->type), "float?");
}

TEST(ParseCatalog, EventsSequencesAndStatisticsOfTheExample) {
  Parsed parsed(testing::kExample);
  const Catalog& catalog = parsed.catalog;
  const Events& feedback = *catalog.event_log("feedback");
  EXPECT_EQ(feedback.source.format, FileFormat::tsv);
  EXPECT_EQ(feedback.user_column, "user_id");
  EXPECT_EQ(feedback.time_column, "ts");
  EXPECT_EQ(feedback.user_table, "users");
  EXPECT_EQ(feedback.item_table, "notes");
  EXPECT_EQ(feedback.columns[1].source_name, "seconds");
  ASSERT_EQ(catalog.sequences.size(), 2U);
  EXPECT_EQ(catalog.sequences[1].keep, 500U);
  EXPECT_EQ(types::to_text(catalog.request[0].type), "string?");
  ASSERT_EQ(catalog.statistics.size(), 2U);
  EXPECT_EQ(catalog.statistics[0].window_us, int64_t{7} * 86'400'000'000);
  EXPECT_EQ(catalog.statistics[1].value, StatisticValue::mean);
  EXPECT_EQ(catalog.statistics[1].of->text, "e.play_seconds ?? 0.0");
}

TEST(ParseCatalog, IndexesAndModelsOfTheExample) {
  Parsed parsed(testing::kExample);
  const Catalog& catalog = parsed.catalog;
  const Index& item_cf = *catalog.index("item_cf");
  EXPECT_EQ(item_cf.sequence, catalog.sequence_index("clicks"));
  EXPECT_EQ(item_cf.item_table, "notes");
  const std::map<std::string, OptionValue> options = {{"half_life", int64_t{30} * 86'400'000'000},
                                                      {"popularity_exponent", 0.3},
                                                      {"top_k", int64_t{10}},
                                                      {"user_weight", std::string("inverse")}};
  EXPECT_EQ(item_cf.options, options);
  EXPECT_EQ(catalog.index("two_tower")->options.at("vectors"), OptionValue(std::string("towers.item")));
  EXPECT_EQ(catalog.index("content")->item_table, "notes");
  const Model& mmoe = *catalog.model("mmoe");
  EXPECT_EQ(mmoe.inputs.size(), 4U);
  EXPECT_EQ(mmoe.outputs, (std::vector<std::string>{"click", "like"}));
  EXPECT_EQ(mmoe.targets[1].given, "click");
  EXPECT_EQ(catalog.model("theirs")->algorithm, "onnx");
  EXPECT_EQ(catalog.model("towers")->loss.at("temperature"), OptionValue(0.05));
}

TEST(ParseCatalog, ExpressionsKeepTheirPlaces) {
  Parsed parsed(testing::kExample);
  const Catalog& catalog = parsed.catalog;
  for (const Expression* expression :
       {&*catalog.sequences[0].where, &*catalog.sequences[1].where, &*catalog.statistics[0].where,
        &*catalog.statistics[1].of, &*catalog.indexes[0].weight, &catalog.models[1].inputs[3].value}) {
    EXPECT_EQ(parsed.at(expression->span), expression->text);
  }
  EXPECT_EQ(catalog.sequences[0].where->span.file, catalog.file) << "quotes alone change nothing";
  EXPECT_NE(catalog.sequences[1].where->span.file, catalog.file) << "escapes do";
  EXPECT_EQ(parsed.sources.file(catalog.sequences[1].where->span.file).path, "catalog.yaml:28 (where)");
}

TEST(ParseCatalog, PlacesSurviveCarriageReturnsAndWideCharacters) {
  Parsed parsed(
      "timezone: \"\xE4\xB8\x8A\xE6\xB5\xB7\"\r\ntables:\r\n  users: {key: id, source: {csv: u.csv}, colums: {}}\r\n");
  const std::string report = parsed.report();
  EXPECT_NE(report.find("catalog.yaml:1:12"), std::string::npos) << report;
  EXPECT_NE(report.find("catalog.yaml:3:42"), std::string::npos) << report;
  EXPECT_NE(report.find("did you mean `columns`?"), std::string::npos) << report;
}

TEST(ParseCatalog, ItemsAreTheOnlyOtherTable) {
  const std::string tables =
      "tables: {people: {key: id, source: {csv: p.csv}}, films: {key: id, source: {csv: f.csv}}}\n";
  const std::string log = "events: {views: {source: {csv: v.csv}, user: u, item: i, time: t";
  Parsed said(tables + log + ", users: people}}");
  EXPECT_EQ(said.report(), "");
  EXPECT_EQ(said.catalog.events[0].item_table, "films");
  Parsed open(tables + log + "}}");
  EXPECT_EQ(open.diagnostics.errors(), 1U) << open.report();
}

TEST(ParseCatalog, AStringKeyIsDeclaredAmongTheColumns) {
  Parsed parsed(
      "tables: {users: {key: name, source: {csv: u.csv}, columns: {age: int, name: {type: string, from: Name}}}}");
  ASSERT_EQ(parsed.report(), "");
  const Table& users = parsed.catalog.tables[0];
  ASSERT_EQ(users.columns.size(), 2U);
  EXPECT_EQ(types::to_text(users.columns[0].type), "string");
  EXPECT_EQ(users.columns[0].source_name, "Name");
  EXPECT_TRUE(users.columns[0].is_key);
}

TEST(ParseCatalog, NoDamageCrashesIt) {
  std::mt19937 random(11);
  const std::string example = testing::kExample;
  const std::string alphabet = "{}[]:,'\"&*!|>%@`#?- \n\t\\\x80\xFFz0";
  for (int round = 0; round < 1500; ++round) {
    std::string text = example;
    for (size_t edits = 1 + random() % 4; edits > 0; --edits) {
      const size_t at = random() % text.size();
      switch (random() % 3) {
        case 0:
          text[at] = alphabet[random() % alphabet.size()];
          break;
        case 1:
          text.erase(at, 1 + random() % 20);
          break;
        default:
          text.insert(at, text.substr(random() % text.size(), random() % 30));
          break;
      }
    }
    Parsed parsed(text);
    for (const auto& diagnostic : parsed.diagnostics.list())
      EXPECT_LE(diagnostic.primary.span.end, parsed.sources.file(0).text.size());
    if (round % 20 == 0) parsed.report();
  }
}

TEST(ParseCatalog, BombsAreRefusedQuickly) {
  EXPECT_EQ(Parsed(std::string(200'000, '[')).diagnostics.errors(), 1U);
  EXPECT_EQ(Parsed(std::string(200'000, '{')).diagnostics.errors(), 1U);
  std::string indented;
  for (size_t depth = 0; depth < 1000; ++depth) indented += std::string(depth, ' ') + "a:\n";
  EXPECT_EQ(Parsed(indented).diagnostics.errors(), 1U);
  EXPECT_EQ(Parsed("a: &a [x, x]\nb: &b [*a, *a]\n").diagnostics.errors(), 1U);
  EXPECT_EQ(Parsed(std::string(kMaxCatalogTestBytes, ' ')).diagnostics.errors(), 1U);
}

TEST(ParseCatalog, FilesThatCannotBeRead) {
  source::Sources sources;
  diagnostics::Diagnostics diagnostics;
  read_catalog("/nowhere/catalog.yaml", sources, diagnostics);
  ASSERT_EQ(diagnostics.errors(), 1U);
  EXPECT_EQ(diagnostics.list()[0].message, "cannot read the catalog /nowhere/catalog.yaml: there is no such file");
}

}  // namespace
}  // namespace rec::catalog
