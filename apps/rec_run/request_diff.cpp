// Requests through two strategies.
#include "apps/rec_run/request_diff.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "apps/rec_run/session.h"
#include "runtime/engine/pool.h"
#include "runtime/engine/why.h"

namespace rec::rec_run {
namespace {

constexpr size_t kDepths[] = {5, 10, 20, 50};
constexpr size_t kExplained = 100;  // items of each kind: each takes a run of its own
constexpr size_t kLargestMoves = 10;

using Generation = std::shared_ptr<const store::Generation>;

std::string ordinal(uint32_t number) {
  const uint32_t tens = number % 100, ones = number % 10;
  const bool teen = 11 <= tens && tens <= 13;
  return fmt::format("{}{}", number, teen || ones == 0 || ones > 3 ? "th" : ones == 1 ? "st" : ones == 2 ? "nd" : "rd");
}

/// The first and the last two: between them a reranker tells position after position.
std::string joined(const std::vector<std::string>& sentences) {
  std::string out;
  for (size_t i = 0; i < sentences.size(); ++i) {
    if (i >= 2 && i + 2 < sentences.size()) {
      if (i == 2) out += "; …";
      continue;
    }
    out += (out.empty() ? "" : "; ") + sentences[i];
  }
  return out;
}

/// A step as written, without its block.
std::string head(const engine::WhyStep& step) {
  return step.text.substr(0, step.text.find(" {"));
}

using Values = std::vector<std::pair<std::string, std::string>>;
/// What the steps computed for an item: (name, "name = value").
Values values_of(const engine::Why& why) {
  Values out;
  for (const auto& step : why.steps) {
    if (step.step != "let" && step.step != "score") continue;
    for (const auto& detail : step.details) out.emplace_back(detail.substr(0, detail.find(" = ")), detail);
  }
  return out;
}

/// What kept an item from positions of the page.
std::vector<std::string> exclusions(const engine::Why& why) {
  std::vector<std::string> out;
  for (const auto& step : why.steps) {
    std::ranges::copy_if(step.details, std::back_inserter(out),
                         [](const auto& detail) { return detail.find("kept out by") != std::string::npos; });
  }
  return out;
}

/// A request with the plans that run it.
struct Pair {
  std::shared_ptr<const graph::Plan> before, after;
  engine::Request request_before, request_after;
};

class Comparison {
 public:
  Comparison(const Generation& generation, const source::Sources& sources)
      : generation_(generation), sources_(sources) {}

  void add(const NextRequest& before, const NextRequest& after) {
    ++out_.requests;
    const auto old_page = run(before, out_.failed_before), new_page = run(after, out_.failed_after);
    if (!old_page || !new_page) return;
    ++out_.compared;
    longest_ = std::max({longest_, old_page->items.size(), new_page->items.size()});
    for (const size_t k : kDepths) out_.overlap[k] += engine::overlap(*old_page, *new_page, k);
    const auto diff = engine::compare(*old_page, *new_page);
    const Pair pair{before.plan, after.plan, *before.request, *after.request};
    out_.same += diff.left.empty() && diff.entered.empty() && diff.moved.empty() ? 1 : 0;
    out_.left += diff.left.size();
    out_.entered += diff.entered.size();
    out_.moved += diff.moved.size();
    for (const auto& item : diff.left)
      explain(pair.after, pair.request_after, item, out_.left_because, out_.left_explained);
    for (const auto& item : diff.entered)
      explain(pair.before, pair.request_before, item, out_.entered_because, out_.entered_explained);
    for (const auto& item : diff.moved) {
      out_.moved_places += distance(item);
      keep_if_large(pair, item);
    }
  }

  RequestDiff finish() {
    const auto by_count = [](std::vector<Reason>& reasons) {
      std::ranges::stable_sort(reasons, std::greater{}, &Reason::count);
    };
    by_count(out_.left_because);
    by_count(out_.entered_because);
    for (const auto& [pair, item] : large_)
      out_.moves.push_back({pair.request_after.user, item, why_moved(pair, item)});
    bool whole_pages = false;  // a larger depth would say the same again
    for (const size_t k : kDepths) {
      if (whole_pages) out_.overlap.erase(k);
      whole_pages = whole_pages || k >= longest_;
    }
    for (auto& [k, sum] : out_.overlap) sum /= static_cast<double>(std::max<uint64_t>(out_.compared, 1));
    return std::move(out_);
  }

 private:
  static uint32_t distance(const engine::Placing& item) {
    return item.before > item.after ? item.before - item.after : item.after - item.before;
  }

  std::optional<engine::Page> run(const NextRequest& next, uint64_t& failed) {
    auto page = next.request ? engine::recommend(next.plan, generation_, *next.request, {&pool_, &sources_})
                             : std::expected<engine::Page, engine::Error>(std::unexpected(next.request.error()));
    if (page) return std::move(*page);
    ++failed;
    engine::Error error = page.error();
    if (next.line > 0) error.notes.push_back(fmt::format("it is line {} of the requests", next.line));
    report(error);
    return {};
  }

  std::optional<engine::Why> why(const graph::Plan& plan, const engine::Request& request,
                                 const engine::Placing& item) const {
    if (item.table != generation_->table(plan.item_table).name()) return {};
    auto told = engine::why(plan, *generation_, request, item.key, {.sources = &sources_});
    return told ? std::optional(std::move(*told)) : std::nullopt;
  }

  /// Why the plan does not show the item.
  void explain(const std::shared_ptr<const graph::Plan>& plan, const engine::Request& request,
               const engine::Placing& item, std::vector<Reason>& reasons, uint64_t& explained) const {
    if (explained == kExplained) return;
    ++explained;
    std::string step = "its rows are of another table, and no `insert` brings it", example;
    if (const auto told = why(*plan, request, item)) {
      step = "no step says so: it comes and goes from run to run";
      for (const auto& each : told->steps) {
        if (!each.dropped) continue;
        step = each.step == "recall" ? each.text : fmt::format("dropped by `{}`, line {}", head(each), each.line);
        example = joined(each.details);
      }
    }
    const auto found = std::ranges::find(reasons, step, &Reason::step);
    if (found != reasons.end()) {
      ++found->count;
      return;
    }
    const std::string place = item.before > 0 ? "which was " + ordinal(item.before) : "which is " + ordinal(item.after);
    reasons.push_back(
        {step, 1,
         fmt::format("user {}: {}, {}{}{}", request.user, item.key, place, example.empty() ? "" : ": ", example)});
  }

  void keep_if_large(const Pair& pair, const engine::Placing& item) {
    const auto place =
        std::ranges::find_if(large_, [&](const auto& other) { return distance(other.second) < distance(item); });
    if (place == large_.end() && large_.size() == kLargestMoves) return;
    large_.insert(place, {pair, item});
    if (large_.size() > kLargestMoves) large_.pop_back();
  }

  /// The last value of its own that is another one, and the rules that keep it out now, or did.
  std::string why_moved(const Pair& pair, const engine::Placing& item) const {
    const auto before = why(*pair.before, pair.request_before, item);
    const auto after = why(*pair.after, pair.request_after, item);
    if (!before || !after) return {};
    std::vector<std::string> out;
    const Values old_values = values_of(*before);
    for (const auto& [name, value] : values_of(*after)) {
      const auto was = std::ranges::find(old_values, name, &Values::value_type::first);
      if (was != old_values.end() && was->second != value)
        out = {fmt::format("{}, was {}", value, was->second.substr(name.size() + 3))};
    }
    const auto old_rules = exclusions(*before), new_rules = exclusions(*after);
    for (const auto& rule : new_rules) {
      if (std::ranges::find(old_rules, rule) == old_rules.end()) out.push_back(rule);
    }
    for (const auto& rule : old_rules) {
      if (std::ranges::find(new_rules, rule) == new_rules.end()) out.push_back("before, " + rule);
    }
    return joined(out);
  }

  Generation generation_;
  const source::Sources& sources_;
  engine::Pool pool_;
  RequestDiff out_;
  size_t longest_ = 0;
  std::vector<std::pair<Pair, engine::Placing>> large_;  // the largest first
};

}  // namespace

RequestDiff diff_requests(RequestSource& before, RequestSource& after, const Generation& generation,
                          const source::Sources& sources) {
  Comparison comparison(generation, sources);
  for (;;) {
    const auto old_request = before.next(), new_request = after.next();
    if (!old_request || !new_request) break;
    comparison.add(*old_request, *new_request);
  }
  return comparison.finish();
}

}  // namespace rec::rec_run
