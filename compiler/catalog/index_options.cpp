// The table of index algorithms. docs/catalog.md lists the same options for users.
#include "compiler/catalog/index_options.h"

namespace rec::catalog {

namespace {

using Kind = IndexOption::Kind;

IndexOption count(std::string_view name, std::string_view initial, double low, double high) {
  return {.kind = Kind::count, .name = name, .initial = initial, .low = low, .high = high};
}
IndexOption number(std::string_view name, std::string_view initial, double low, double high) {
  return {.kind = Kind::number, .name = name, .initial = initial, .low = low, .high = high};
}
IndexOption duration(std::string_view name, std::string_view initial) {
  return {.kind = Kind::duration, .name = name, .initial = initial};
}
IndexOption word(std::string_view name, std::string_view initial, std::vector<std::string_view> words) {
  return {.kind = Kind::word, .name = name, .initial = initial, .words = std::move(words)};
}

constexpr double kMostItems = 1e9;

IndexOption top_k() {
  return count("top_k", "100", 1, 10'000);
}
IndexOption metric() {
  return word("metric", "inner_product", {"inner_product", "cosine"});
}
IndexOption max_items() {
  return count("max_items", "none", 1, kMostItems);
}

}  // namespace

const std::vector<IndexAlgorithm>& index_algorithms() {
  static const std::vector<IndexAlgorithm> kAlgorithms = {
      {"item_cf",
       true,
       {top_k(), number("popularity_exponent", "0.3", 0, 1), word("user_weight", "inverse", {"none", "iuf", "inverse"}),
        duration("half_life", "none"), max_items()}},
      {"swing",
       true,
       {top_k(), number("alpha", "1", 0, 1e6), word("weighting", "inv_sqrt", {"none", "inv_sqrt", "power"}),
        number("alpha1", "5", 0, 1e6), number("beta", "0.35", 0, 10), word("normalise", "max", {"none", "max"}),
        max_items(), count("max_users", "none", 1, kMostItems)}},
      {"user_cf", true, {top_k(), word("discount", "popularity", {"none", "popularity"}), max_items()}},
      {"als",
       true,
       {count("factors", "64", 1, 1024), count("iterations", "15", 1, 1000), number("regularisation", "0.003", 0, 1e6),
        number("regularisation_exponent", "1", 0, 2), number("alpha", "100", 0, 1e6),
        word("feedback", "implicit", {"implicit", "explicit"}), count("seed", "1", 0, 1e9)}},
      {"flat", false, {metric()}},
      {"ivf", false, {metric(), count("lists", "1024", 1, 1e6), count("probe", "16", 1, 1e6)}},
      {"hnsw",
       false,
       {metric(), count("links", "32", 2, 512), count("ef_construction", "200", 1, 10'000),
        count("ef_search", "64", 1, 10'000)}},
      {"pq",
       false,
       {metric(), count("lists", "1024", 1, 1e6), count("probe", "16", 1, 1e6), count("subvectors", "16", 1, 256),
        count("bits", "8", 4, 12)}},
  };
  return kAlgorithms;
}

}  // namespace rec::catalog
