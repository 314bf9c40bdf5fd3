// Users side by side, their figures in the order of their keys.
#include "offline/evaluation/evaluate.h"

#include <fmt/format.h>
#include <xxhash.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <mutex>

#include "offline/evaluation/diversity.h"
#include "offline/indexes/work.h"
#include "runtime/engine/engine.h"

namespace rec::evaluation {
namespace {

constexpr const char* kNames[] = {"recall", "precision", "hit_rate", "ndcg", "map", "mrr", "novelty", "diversity"};
constexpr size_t kMetrics = std::size(kNames);

struct UserTruth {
  std::string user;
  const std::set<uint32_t>* items;
};

/// Users by key; with a limit those with the smallest hashes.
std::vector<UserTruth> chosen_users(const Split& split, const EvaluateOptions& options) {
  std::vector<UserTruth> all;
  for (const auto& [user, items] : split.truth) all.push_back({user, &items});
  if (options.users == 0 || options.users >= all.size()) return all;
  const auto hash = [&](const UserTruth& one) { return XXH64(one.user.data(), one.user.size(), options.seed); };
  std::ranges::stable_sort(all, {}, hash);
  all.resize(options.users);
  std::ranges::sort(all, {}, &UserTruth::user);
  return all;
}

/// How many users each item had in what is known, for novelty.
struct Popularity {
  std::vector<uint32_t> users_of;
  double users = 1;

  /// −log2 of the part of the users who had it (Zhou et al. 2010); nobody counts as one.
  double novelty(uint32_t item) const { return -std::log2(std::max(1U, users_of[item]) / users); }
};

class Run {
 public:
  Run(const graph::Plan& plan, const Split& split, const EvaluateOptions& options, const Diversity& diversity,
      const Popularity& popularity)
      : plan_(plan),
        split_(split),
        options_(options),
        diversity_(diversity),
        popularity_(popularity),
        items_(split.generation->table(plan.item_table)),
        most_(*std::ranges::max_element(options.at)) {
    for (const auto& channel : std::get<graph::RecallStep>(plan.steps.front().what).channels)
      channels_.push_back(channel.name);
  }

  std::expected<Evaluation, Failure> all(const std::vector<UserTruth>& users) {
    values_.assign(kMetrics * options_.at.size(), std::vector<float>(users.size()));
    seen_.assign(options_.at.size(), std::vector<uint8_t>(items_.rows()));
    shares_.resize(channels_.size());
    for (size_t c = 0; c < channels_.size(); ++c) {
      shares_[c].name = channels_[c];
      shares_[c].with.resize(channels_.size());
    }
    const indexes::Work work{.threads = options_.threads, .progress = [&](double share) {
                               if (options_.progress) options_.progress("requests", share);
                             }};
    indexes::share_out(users.size(), 64, work, [&] {
      return [&](uint64_t, uint64_t begin, uint64_t end) {
        for (uint64_t u = begin; u < end; ++u) one(users[u], u);
      };
    });
    if (failure_) return std::unexpected(*failure_);
    return summary(users);
  }

 private:
  void one(const UserTruth& user, size_t at) {
    const engine::Request request{.user = user.user, .set = options_.set};
    const auto page = engine::recommend(plan_, *split_.generation, request);
    if (!page) {
      const std::lock_guard lock(mutex_);
      if (!failure_) failure_ = Failure{fmt::format("user {}: {}", user.user, page.error().message)};
      return;
    }
    std::vector<uint32_t> rows;
    std::vector<const engine::Item*> items;
    for (const engine::Item& item : page->items) {
      if (rows.size() == most_) break;
      if (item.table != page->table) continue;
      rows.push_back(row_of(item.key));
      items.push_back(&item);
    }
    for (size_t k = 0; k < options_.at.size(); ++k) {
      const auto first = std::span(rows).first(std::min<size_t>(rows.size(), options_.at[k]));
      const RankMetrics m = rank_metrics(rows, *user.items, options_.at[k]);
      double novelty = 0;
      for (const uint32_t row : first) novelty += popularity_.novelty(row);
      const double all[kMetrics] = {m.recall,
                                    m.precision,
                                    m.hit_rate,
                                    m.ndcg,
                                    m.map,
                                    m.mrr,
                                    first.empty() ? 0 : novelty / static_cast<double>(first.size()),
                                    diversity_.measures() ? diversity_.of(first) : 0};
      for (size_t i = 0; i < kMetrics; ++i) values_[k * kMetrics + i][at] = static_cast<float>(all[i]);
    }
    const std::lock_guard lock(mutex_);
    count(rows, items, *user.items);
    for (const auto& degraded : page->degraded) ++degraded_[degraded.what + ": " + degraded.reason];
  }

  uint32_t row_of(const std::string& key) const {
    return (items_.has_string_keys() ? items_.find(std::string_view(key)) : items_.find(int64_t{std::stoll(key)}))
        .value();
  }

  void count(const std::vector<uint32_t>& rows, const std::vector<const engine::Item*>& items,
             const std::set<uint32_t>& truth) {
    for (size_t i = 0; i < rows.size(); ++i) {
      for (size_t k = 0; k < options_.at.size(); ++k) {
        if (i < options_.at[k]) seen_[k][rows[i]] = 1;
      }
      const bool hit = truth.contains(rows[i]);
      ++items_shown_;
      hits_ += hit ? 1 : 0;
      const auto& from = items[i]->channels;
      for (const auto& channel : from) {
        ChannelShare& share = shares_[index_of(channel.channel)];
        ++share.items;
        share.alone += from.size() == 1 ? 1 : 0;
        share.hits += hit ? 1 : 0;
        share.hits_alone += hit && from.size() == 1 ? 1 : 0;
        for (const auto& other : from) ++share.with[index_of(other.channel)];
      }
    }
  }

  size_t index_of(const std::string& channel) const {
    return static_cast<size_t>(std::ranges::find(channels_, channel) - channels_.begin());
  }

  Evaluation summary(const std::vector<UserTruth>& users) const {
    Evaluation out{.pipeline = plan_.name, .split = split_.text, .users = users.size()};
    for (const UserTruth& user : users) out.pairs += user.items->size();
    out.known_before = split_.known_before;
    out.gone = split_.gone;
    for (size_t i = 0; i < kMetrics; ++i) {
      if (std::string_view(kNames[i]) == "diversity" && !diversity_.measures()) continue;
      for (size_t k = 0; k < options_.at.size(); ++k) {
        out.metrics.push_back({.name = kNames[i],
                               .at = options_.at[k],
                               .value = bootstrap(values_[k * kMetrics + i], options_.resamples, options_.seed)});
      }
    }
    for (size_t k = 0; k < options_.at.size(); ++k) {
      const auto seen = static_cast<double>(std::ranges::count(seen_[k], uint8_t{1}));
      out.coverage[options_.at[k]] = items_.rows() > 0 ? seen / items_.rows() : 0;
    }
    out.channels = shares_;
    out.items = items_shown_;
    out.hits = hits_;
    out.degraded = degraded_;
    return out;
  }

  const graph::Plan& plan_;
  const Split& split_;
  const EvaluateOptions& options_;
  const Diversity& diversity_;
  const Popularity& popularity_;
  const store::Table& items_;
  const uint32_t most_;
  std::vector<std::string> channels_{};

  std::vector<std::vector<float>> values_{};  // by cut and metric, one a user
  std::vector<std::vector<uint8_t>> seen_{};  // by cut, one an item
  std::mutex mutex_{};                        // for what follows
  std::vector<ChannelShare> shares_{};
  std::map<std::string, uint64_t> degraded_{};
  uint64_t items_shown_ = 0, hits_ = 0;
  std::optional<Failure> failure_{};
};

}  // namespace

std::expected<Evaluation, Failure> evaluate(const graph::Plan& plan, const Split& split,
                                            const EvaluateOptions& options) {
  const auto begin = std::chrono::steady_clock::now();
  const store::Table& items = split.generation->table(plan.item_table);
  const auto diversity = Diversity::make(items, split.generation->catalog().tables[plan.item_table], options.diversity);
  if (!diversity) return std::unexpected(Failure{diversity.error(), true});
  if (const auto missing = engine::not_built(plan, *split.generation, nullptr, nullptr))
    return std::unexpected(Failure{missing->message});
  const Popularity popularity{.users_of = split.users_of, .users = std::max(1.0, static_cast<double>(split.users))};
  auto out = Run(plan, split, options, *diversity, popularity).all(chosen_users(split, options));
  if (out) out->seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return out;
}

std::optional<double> value_of(const Evaluation& evaluation, const std::string& metric) {
  const auto found = std::ranges::find(evaluation.metrics, metric, &Measured::name);
  return found == evaluation.metrics.end() ? std::nullopt : std::optional(found->value.mean);
}

}  // namespace rec::evaluation
