// Codes of one dictionary in another's.
#include "runtime/store/translation.h"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

namespace rec::store {
namespace {

/// A dictionary over memory of its own.
class Words {
 public:
  explicit Words(const std::vector<std::string>& sorted) {
    for (const std::string& word : sorted) {
      bytes_ += word;
      offsets_.push_back(bytes_.size());
    }
  }
  column::Dictionary dictionary() const {
    return {static_cast<uint32_t>(offsets_.size() - 1), offsets_.data(), bytes_.data()};
  }

 private:
  std::string bytes_;
  std::vector<uint64_t> offsets_{0};
};

TEST(Translation, FindsEachStringAndSaysWhichAreUnknown) {
  const Words here({"", "art", "food", "sport", "zebra"}), there({"art", "music", "sport"});
  const column::Dictionary from = here.dictionary(), to = there.dictionary();
  const Translation translation(from, to);
  for (int round = 0; round < 2; ++round) {  // looked up, and known
    EXPECT_EQ(translation(0), Translation::kUnknown);
    EXPECT_EQ(translation(1), 0);
    EXPECT_EQ(translation(2), Translation::kUnknown);
    EXPECT_EQ(translation(3), 2);
    EXPECT_EQ(translation(4), Translation::kUnknown);
  }
}

TEST(Translations, AreOneForEachPairOfDictionaries) {
  const Words some({"a", "b"}), others({"b", "c"});
  const column::Dictionary a = some.dictionary(), b = others.dictionary();
  Translations translations;
  EXPECT_EQ(&translations.of(a, b), &translations.of(a, b));
  EXPECT_NE(&translations.of(a, b), &translations.of(b, a));
  EXPECT_EQ(translations.of(a, b)(1), 0);
  EXPECT_EQ(translations.of(b, a)(0), 1);
}

TEST(Translations, AnswerManyThreadsAtOnce) {
  std::vector<std::string> words;
  for (int i = 1000; i < 4000; ++i) words.push_back(std::to_string(i));
  const Words all(words), later({words.begin() + 500, words.end()});
  const column::Dictionary from = all.dictionary(), to = later.dictionary();
  Translations translations;
  std::vector<std::thread> threads;
  std::vector<int> wrong(4, 0);
  for (int& mistakes : wrong) {
    threads.emplace_back([&] {
      const Translation& translation = translations.of(from, to);
      for (int32_t code = 0; code < 3000; ++code) {
        if (translation(code) != (code < 500 ? Translation::kUnknown : code - 500)) ++mistakes;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, std::vector<int>(4, 0));
}

}  // namespace
}  // namespace rec::store
