// Pages, value by value.
#include "tests/passes/pages.h"

#include <cmath>
#include <cstring>

#include "tests/interpreter/small_world.h"

namespace rec::tests {
namespace {

bool same_float(float a, float b) {
  return (std::isnan(a) && std::isnan(b)) || std::memcmp(&a, &b, sizeof a) == 0;
}

bool same_value(const types::Value& a, const types::Value& b) {
  const auto *x = std::get_if<float>(&a), *y = std::get_if<float>(&b);
  return x != nullptr && y != nullptr ? same_float(*x, *y) : a == b;
}

std::string item_difference(const engine::Item& a, const engine::Item& b) {
  if (a.key != b.key || a.table != b.table) return a.key + " and " + b.key;
  if (a.inserted != b.inserted) return "inserted";
  if (a.channels.size() != b.channels.size()) return "number of channels";
  for (size_t c = 0; c < a.channels.size(); ++c) {
    const auto &x = a.channels[c], &y = b.channels[c];
    const bool scores = x.score.has_value() == y.score.has_value() && (!x.score || same_float(*x.score, *y.score));
    if (x.channel != y.channel || x.position != y.position || !scores) return "channel " + x.channel;
  }
  if (a.values.size() != b.values.size()) return "number of values";
  for (size_t v = 0; v < a.values.size(); ++v) {
    const auto &x = a.values[v], &y = b.values[v];
    if (x.absent != y.absent || a.type_of(v) != b.type_of(v) || !same_value(x.value, y.value))
      return "value " + std::to_string(v) + ": " + types::to_text(x.value, a.type_of(v)) + " and " +
             types::to_text(y.value, b.type_of(v));
  }
  return {};
}

}  // namespace

std::string difference(const engine::Page& a, const engine::Page& b) {
  if (a.items.size() != b.items.size())
    return std::to_string(a.items.size()) + " and " + std::to_string(b.items.size()) + " items";
  if (a.value_names != b.value_names) return "names of values";
  for (size_t i = 0; i < a.items.size(); ++i) {
    if (auto wrong = item_difference(a.items[i], b.items[i]); !wrong.empty())
      return "item " + std::to_string(i + 1) + ": " + wrong;
  }
  if (a.degraded.size() != b.degraded.size()) return "number of degradations";
  for (size_t d = 0; d < a.degraded.size(); ++d) {
    if (a.degraded[d].what != b.degraded[d].what || a.degraded[d].reason != b.degraded[d].reason)
      return "degraded " + a.degraded[d].what + " and " + b.degraded[d].what;
  }
  return {};
}

std::vector<Configuration> configurations() {
  std::vector<Configuration> out{{"all", {.verify = true}}};
  for (const auto& name : passes::names()) {
    out.push_back({"without " + name, {.without = {name}, .verify = true}});
    out.push_back({"only " + name, {.only = name, .verify = true}});
  }
  return out;
}

engine::Request random_request() {
  engine::Request request{.user = "1", .now = interpreter::SmallWorld::kNow, .id = "request 1"};
  request.fields["scene"] = std::string("music");
  request.fields["page"] = int64_t{2};
  return request;
}

}  // namespace rec::tests
