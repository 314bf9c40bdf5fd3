// The catalog has checked all options and filled in the defaults; what is absent is `none`.
#include "offline/build/index_options.h"

namespace rec::build {
namespace {

class Options {
 public:
  explicit Options(const catalog::Index& index) : index_(index) {}

  uint32_t count(const std::string& name) const { return static_cast<uint32_t>(std::get<int64_t>(at(name))); }
  double number(const std::string& name) const { return std::get<double>(at(name)); }
  bool is(const std::string& name, const char* word) const { return std::get<std::string>(at(name)) == word; }
  std::optional<uint32_t> count_if_set(const std::string& name) const {
    return index_.options.contains(name) ? std::optional(count(name)) : std::nullopt;
  }
  std::optional<int64_t> duration_if_set(const std::string& name) const {
    return index_.options.contains(name) ? std::optional(std::get<int64_t>(at(name))) : std::nullopt;
  }

 private:
  const catalog::OptionValue& at(const std::string& name) const { return index_.options.at(name); }
  const catalog::Index& index_;
};

}  // namespace

indexes::ItemCfOptions item_cf_options(const catalog::Index& index) {
  using Weight = indexes::ItemCfOptions::UserWeight;
  const Options given(index);
  return {.top_k = given.count("top_k"),
          .popularity_exponent = given.number("popularity_exponent"),
          .user_weight = given.is("user_weight", "none")  ? Weight::none
                         : given.is("user_weight", "iuf") ? Weight::iuf
                                                          : Weight::inverse,
          .half_life = given.duration_if_set("half_life"),
          .max_items = given.count_if_set("max_items")};
}

indexes::SwingOptions swing_options(const catalog::Index& index) {
  using Weighting = indexes::SwingOptions::Weighting;
  const Options given(index);
  return {.top_k = given.count("top_k"),
          .alpha = given.number("alpha"),
          .weighting = given.is("weighting", "none")    ? Weighting::none
                       : given.is("weighting", "power") ? Weighting::power
                                                        : Weighting::inv_sqrt,
          .alpha1 = given.number("alpha1"),
          .beta = given.number("beta"),
          .divide_by_largest = given.is("normalise", "max"),
          .max_items = given.count_if_set("max_items"),
          .max_users = given.count_if_set("max_users")};
}

indexes::UserCfOptions user_cf_options(const catalog::Index& index) {
  using Discount = indexes::UserCfOptions::Discount;
  const Options given(index);
  return {.top_k = given.count("top_k"),
          .discount = given.is("discount", "none") ? Discount::none : Discount::popularity,
          .max_items = given.count_if_set("max_items")};
}

indexes::AlsOptions als_options(const catalog::Index& index) {
  const Options given(index);
  return {.factors = given.count("factors"),
          .iterations = given.count("iterations"),
          .regularisation = given.number("regularisation"),
          .regularisation_exponent = given.number("regularisation_exponent"),
          .alpha = given.number("alpha"),
          .implicit = given.is("feedback", "implicit"),
          .seed = given.count("seed")};
}

indexes::GraphOptions graph_options(const catalog::Index& index) {
  const Options given(index);
  return {.links = given.count("links"), .ef_construction = given.count("ef_construction")};
}

uint32_t cells_of(const catalog::Index& index) {
  return Options(index).count("lists");
}

CodeOptions code_options(const catalog::Index& index) {
  const Options given(index);
  return {.subvectors = given.count("subvectors"), .bits = given.count("bits")};
}

}  // namespace rec::build
