// The importers: what they write from small files in each layout, and catalogs that the catalog's reader accepts.
#include <gtest/gtest.h>

#include <cstdlib>

#include "compiler/catalog/catalog.h"
#include "offline/importers/importers.h"
#include "tests/offline/temporary_folder.h"

namespace rec::importers {
namespace {

using rec::testing::TemporaryFolder;

std::string catalog_report(const std::string& path) {
  source::Sources sources;
  diagnostics::Diagnostics diagnostics;
  catalog::read_catalog(path, sources, diagnostics);
  return diagnostics::render_text(diagnostics, sources);
}

TEST(MovieLens, CsvLayout) {
  const TemporaryFolder from, to;
  from.write(
      "movies.csv",
      "movieId,title,genres\n1,Toy Story (1995),Adventure|Children\n11,\"American President, The (1995) \",Drama\n"
      "9,Paterson,(no genres listed)\n12,Some Show (2007-),Drama\n");
  from.write("ratings.csv", "userId,movieId,rating,timestamp\n3,1,4.5,964982703\n1,11,x,964982703\n2,9,3.0,7\n2,9\n");
  const auto summary = import_movielens(from.path(), to.path());
  ASSERT_TRUE(summary) << summary.error().message;
  EXPECT_EQ(to.read("movies.csv"),
            "id,title,year,genres\n1,Toy Story (1995),1995,Adventure|Children\n"
            "11,\"American President, The (1995)\",1995,Drama\n9,Paterson,,\n12,Some Show (2007-),2007,Drama\n");
  EXPECT_EQ(to.read("ratings.csv"), "user_id,movie_id,rating,timestamp\n3,1,4.5,964982703\n2,9,3,7\n");
  EXPECT_EQ(to.read("users.csv"), "id\n2\n3\n");
  EXPECT_EQ(summary->warnings, (std::vector<std::string>{"ratings.csv:3: rating is no number",
                                                         "ratings.csv:5: 2 fields where the header has 4"}));
  EXPECT_EQ(summary->skipped_rows, 2U);
  EXPECT_EQ(catalog_report(to.path("catalog.yaml")), "");
}

TEST(MovieLens, LayoutOfOneMillion) {
  const TemporaryFolder from, to;
  from.write("movies.dat", "1::Toy Story (1995)::Animation|Comedy\r\n73::Mis\xE9rables, Les (1995)::Drama\nbroken\n");
  from.write("ratings.dat", "1::73::5::978300760\n");
  from.write("users.dat", "1::F::1::10::48067\n");
  const auto summary = import_movielens(from.path(), to.path());
  ASSERT_TRUE(summary) << summary.error().message;
  EXPECT_EQ(to.read("movies.csv"),
            "id,title,year,genres\n1,Toy Story (1995),1995,Animation|Comedy\n73,\"Mis\xC3\xA9rables, Les "
            "(1995)\",1995,Drama\n");
  EXPECT_EQ(to.read("users.csv"), "id,gender,age,occupation\n1,F,1,10\n");
  EXPECT_EQ(summary->warnings, (std::vector<std::string>{"movies.dat:3: is not of the form id::title::genres"}));
  EXPECT_EQ(catalog_report(to.path("catalog.yaml")), "");
}

TEST(KuaiRand, DerivesVideos) {
  const TemporaryFolder from, to;
  const std::string header =
      "user_id\tvideo_id\tdate\thourmin\ttime_ms\tis_click\tis_follow\tis_comment\tis_forward\tlong_view\tplay_time_"
      "ms\tduration_ms\t"
      "comment_stay_time\tis_profile_enter\tlabel\n";
  from.write("log.csv", header + "7\t5\t0\t0\t1649581149287\t1\t0\t0\t0\t1\t46186\t900\t7639\t0\t1\n" +
                            "7\t5\t0\t0\t1649581149288\t1\t0\t0\t0\t1\t1\t0\t0\t0\t0\n" +
                            "7\t5\t0\t0\t1649581149289\t1\t0\t0\t0\t1\t1\t800\t0\t0\t0\n" +
                            "7\t5\t0\t0\t1649581149289\t1\t0\t0\t0\t1\t1\t900\t0\t0\t0\n" +
                            "8\t6\t0\t0\t1649581149289\t1\t0\t0\t0\t1\t1\t0\t0\t0\t0\n" +
                            "8\t9\t0\t0\t1649581149289\t2\t0\t0\t0\t1\t1\t0\t0\t0\t0\n");
  const auto summary = import_kuairand(from.path(), to.path());
  ASSERT_TRUE(summary) << summary.error().message;
  EXPECT_EQ(to.read("videos.csv"), "id,duration\n5,900ms\n6,\n");
  EXPECT_EQ(to.read("users.csv"), "id\n7\n8\n");
  EXPECT_EQ(summary->events, 5U);
  EXPECT_EQ(summary->warnings, (std::vector<std::string>{"log.csv:7: is_click is neither 0 nor 1"}));
  EXPECT_EQ(catalog_report(to.path("catalog.yaml")), "");
}

TEST(LightGcn, TimesArePlaces) {
  const TemporaryFolder from, to;
  from.write("train.txt", "0 5 6 7\n1 6 x\n2 \n");
  from.write("test.txt", "0 9\n");
  const auto summary = import_lightgcn(from.path(), to.path());
  ASSERT_TRUE(summary) << summary.error().message;
  EXPECT_EQ(to.read("train.csv"), "user_id,item_id,time\n0,5,1\n0,6,2\n0,7,3\n1,6,1\n");
  EXPECT_EQ(to.read("test.csv"), "user_id,item_id,time\n0,9,1\n");
  EXPECT_EQ(to.read("items.csv"), "id\n5\n6\n7\n9\n");
  EXPECT_EQ(to.read("users.csv"), "id\n0\n1\n2\n");
  EXPECT_EQ(summary->warnings, (std::vector<std::string>{"train.txt:2: the item `x` is no whole number"}));
  EXPECT_EQ(catalog_report(to.path("catalog.yaml")), "");
}

TEST(Importers, SayWhatIsMissing) {
  const TemporaryFolder empty, to;
  EXPECT_EQ(import_movielens(empty.path(), to.path()).error().message, "there is no such file");
  EXPECT_EQ(import_kuairand(empty.path(), to.path()).error().message, "holds no .csv or .tsv file");
  EXPECT_EQ(import_lightgcn(empty.path(), to.path()).error().message, "there is no such file");
  empty.write("log.tsv", "user_id\tvideo_id\n");
  EXPECT_EQ(import_kuairand(empty.path(), to.path()).error().message, "has no field `time_ms`");
}

TEST(Importers, RealData) {
  const char* given = std::getenv("REC_SHARED");
  const std::string data =
      (given != nullptr ? std::string(given) : std::string(REC_SOURCE_DIR) + "/../shared") + "/data";
  if (!std::filesystem::is_directory(data)) GTEST_SKIP() << "no shared data at " << data;
  const TemporaryFolder to;
  const auto films = import_movielens(data + "/ml-latest-small", to.path("ml"));
  ASSERT_TRUE(films) << films.error().message;
  EXPECT_EQ(films->users, 610U);
  EXPECT_EQ(films->items, 9742U);
  EXPECT_EQ(films->events, 100836U);
  const auto videos = import_kuairand(data + "/kuairand_like_hate", to.path("kr"));
  ASSERT_TRUE(videos) << videos.error().message;
  EXPECT_EQ(videos->users, 664U);
  EXPECT_EQ(videos->items, 9359U);
  EXPECT_EQ(videos->events, 41828U);
  const auto places = import_lightgcn(data + "/gowalla", to.path("gw"));
  ASSERT_TRUE(places) << places.error().message;
  EXPECT_EQ(places->users, 29858U);
  EXPECT_EQ(places->items, 40981U);
  EXPECT_EQ(places->events, 810128U);
  EXPECT_EQ(films->skipped_rows + videos->skipped_rows + places->skipped_rows, 0U);
}

}  // namespace
}  // namespace rec::importers
