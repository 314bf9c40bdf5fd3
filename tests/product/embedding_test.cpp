// The program of docs/embedding.md: the pages of rec-run, a strategy taken over, a mistake that leaves the old one.
#include <cstdlib>
#include <fstream>
#include <iterator>

#include "tests/product/workspace.h"

namespace rec::product {
namespace {

std::string content(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string pipeline(const std::string& order) {
  return "pipeline page(user: users, item: notes) {\n  recall { all = items take 100 }\n  let value = " + order +
         "\n  top 3 by value\n  emit value\n}\n";
}

TEST(Embedding, TheProgramOfTheDocsServes) {
  Workspace space;
  space.write("catalog.yaml",
              "tables:\n  users: {key: id, source: {csv: users.csv}}\n"
              "  notes: {key: id, source: {csv: notes.csv}, columns: {likes: float}}\n");
  space.write("users.csv", "id\n1\n");
  space.write("notes.csv", "id,likes\n10,1\n11,4\n12,2\n13,3\n");
  space.write("page.rec", pipeline("item.likes"));
  space.write("other.rec", pipeline("0 - item.likes"));
  space.write("broken.rec", pipeline("item.likse"));
  ASSERT_EQ(space.build().exit, 0);
  space.write("lines", "{\"user\": \"1\", \"id\": \"a\"}\nreload " + space.path("other.rec") +
                           "\n{\"user\": \"1\", \"id\": \"a\"}\nreload " + space.path("broken.rec") +
                           "\n{\"user\": \"1\", \"id\": \"a\"}\n{\"usr\": \"1\"}\n");
  const std::string command = std::string(REC_BINARY_DIR) + "/serve '" + space.path("page.rec") + "' '" + space.path() +
                              "' <'" + space.path("lines") + "' >'" + space.path("out") + "' 2>'" + space.path("err") +
                              "'";
  ASSERT_EQ(std::system(command.c_str()), 0) << content(space.path("err"));
  std::istringstream out(content(space.path("out")));
  const auto keys = [&] {
    std::string line, all;
    std::getline(out, line);
    const Json page = Json::parse(line);
    for (const Json& item : page.at("items")) all += item.at("key").get<std::string>() + " ";
    return all;
  };
  EXPECT_EQ(keys(), "11 13 12 ");
  EXPECT_EQ(keys(), "10 12 13 ");
  EXPECT_EQ(keys(), "10 12 13 ") << "a strategy with a mistake takes no place";
  std::string last;
  std::getline(out, last);
  EXPECT_TRUE(Json::parse(last).contains("error")) << last;
  const std::string err = content(space.path("err"));
  EXPECT_NE(err.find("likse"), std::string::npos) << err;
  EXPECT_NE(err.find("broken.rec"), std::string::npos) << err;
  EXPECT_EQ(err.find("R2016"), std::string::npos) << "a file with a mistake has its pipeline all the same: " << err;
}

TEST(Embedding, TheDocsHaveTheProgramAsItIs) {
  const std::string root = REC_SOURCE_DIR;
  EXPECT_NE(content(root + "/docs/embedding.md").find(content(root + "/examples/embedding/serve.cpp")),
            std::string::npos);
}

}  // namespace
}  // namespace rec::product
