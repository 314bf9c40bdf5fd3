// One test: its records become data and a request, its expectations look at the page.
#include "runtime/engine/test_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "runtime/engine/run.h"
#include "runtime/engine/value_text.h"
#include "runtime/store/overlay.h"

namespace rec::engine {
namespace {

using graph::Expectation;
using types::Value;
using Kind = Expectation::Kind;

/// The values of a test's records, before there is a request.
class Values {
 public:
  Values(const graph::Test& test, const store::Generation& generation)
      : context_(test.values, generation, inputs(test, generation), arena_),
        run_{.plan = test.values, .generation = generation, .context = context_} {}

  Value operator()(graph::ExprId expr) { return read_value(run_, context_.value(expr), run_.plan.exprs[expr].type, 0); }

 private:
  static interpreter::RequestInputs inputs(const graph::Test& test, const store::Generation& generation) {
    interpreter::RequestInputs out;
    out.now = generation.newest_event();
    for (const auto& parameter : test.values.parameters) {
      const auto set = test.set.find(parameter.name);
      out.parameters.push_back(set == test.set.end() ? parameter.default_value : set->second);
    }
    // `now` may itself be given; it is a literal then, or counts from the newest event.
    if (const auto now = test.fields.find("now"); now != test.fields.end()) {
      column::Arena arena;
      interpreter::RequestContext context(test.values, generation, out, arena);
      out.now = context.integer(now->second);
    }
    return out;
  }

  column::Arena arena_;
  interpreter::RequestContext context_;
  Run run_;
};

store::Key key_of(const Value& value) {
  if (const auto* number = std::get_if<int64_t>(&value)) return *number;
  const auto* text = std::get_if<std::string>(&value);
  return text == nullptr ? std::string() : *text;
}

std::vector<store::OverlayRow> rows_of(const graph::Test& test, Values& values) {
  std::vector<store::OverlayRow> out;
  for (const auto& row : test.rows) {
    auto& made = out.emplace_back(store::OverlayRow{.table = row.table});
    for (const auto& each : row.values) {
      Value value = values(each.value);
      if (each.column == 0) {
        made.key = key_of(value);
      } else {
        made.values.emplace_back(each.column, std::move(value));
      }
    }
  }
  return out;
}

std::vector<store::OverlaySequence> sequences_of(const graph::Test& test, Values& values, const store::Key& user,
                                                 const store::Generation& generation, int64_t now) {
  std::vector<store::OverlaySequence> out;
  for (const auto& given : test.events) {
    const auto& catalog = generation.catalog();
    const size_t columns = catalog.events[catalog.sequences[given.sequence].events].columns.size();
    auto& made = out.emplace_back(store::OverlaySequence{.sequence = given.sequence, .user = user});
    for (const auto& event : given.events) {
      auto& one = made.events.emplace_back(
          store::OverlayEvent{.item = key_of(values(event.item)), .time = now, .columns = std::vector<Value>(columns)});
      if (event.time != graph::kNoExpr) one.time = std::get<int64_t>(values(event.time));
      for (const auto& each : event.values) one.columns[each.column] = values(each.value);
    }
  }
  return out;
}

/// Looks at one page.
class Judge {
 public:
  Judge(const graph::Test& test, const Page& page) : test_(test), page_(page) {}

  /// What was seen, where an expectation does not hold.
  std::optional<std::string> operator()(const Expectation& expected) const {
    switch (expected.kind) {
      case Kind::none:
      case Kind::every:
        return all(expected);
      case Kind::at:
        return at(expected);
      case Kind::inserted:
        return inserted(expected);
      case Kind::count:
        return count(expected);
      case Kind::ordered:
        return ordered(expected);
      case Kind::error:
        return "the request succeeded";
    }
    return {};
  }

 private:
  bool own(const Item& item) const { return item.table == page_.table; }
  static bool holds(const Item& item, const Expectation& expected) {
    const auto* value = std::get_if<bool>(&item.values[expected.emit].value);
    return value != nullptr && *value;
  }

  /// "1001 at position 3 (value 0.5, item.author 42)".
  std::string tell(size_t i) const {
    const Item& item = page_.items[i];
    std::string values;
    for (size_t v = 0; v < test_.emits && v < item.values.size(); ++v) {
      if (!item.values[v].absent)
        values += fmt::format("{}{} {}", values.empty() ? "" : ", ", page_.value_names[v],
                              display(item.values[v].value, item.type_of(v), " "));
    }
    return fmt::format("{} at position {}{}", item.key, i + 1, values.empty() ? "" : " (" + values + ")");
  }

  std::optional<std::string> all(const Expectation& expected) const {
    const bool wanted = expected.kind == Kind::every;
    size_t looked_at = 0, wrong = 0, first = 0;
    for (size_t i = 0; i < page_.items.size(); ++i) {
      if (!own(page_.items[i])) continue;
      ++looked_at;
      if (holds(page_.items[i], expected) == wanted) continue;
      if (wrong++ == 0) first = i;
    }
    if (wrong == 0) return {};
    return fmt::format("{} of {} {}: the first is {}", wrong, looked_at,
                       wanted ? (wrong == 1 ? "is not so" : "are not so") : (wrong == 1 ? "is so" : "are so"),
                       tell(first));
  }

  std::optional<std::string> beyond(int64_t position) const {
    if (position <= static_cast<int64_t>(page_.items.size())) return {};
    return fmt::format("the page has {} item{}", page_.items.size(), page_.items.size() == 1 ? "" : "s");
  }

  std::optional<std::string> at(const Expectation& expected) const {
    if (auto none = beyond(expected.position)) return none;
    const auto i = static_cast<size_t>(expected.position) - 1;
    if (!own(page_.items[i]))
      return fmt::format("a row of {} was inserted there: {}", page_.items[i].table, page_.items[i].key);
    if (holds(page_.items[i], expected)) return {};
    return "there is " + tell(i);
  }

  std::optional<std::string> inserted(const Expectation& expected) const {
    if (auto none = beyond(expected.position)) return none;
    const auto i = static_cast<size_t>(expected.position) - 1;
    if (page_.items[i].inserted != expected.negated) return {};
    return fmt::format("{} of {} stands there, which was {}inserted", page_.items[i].key, page_.items[i].table,
                       expected.negated ? "" : "not ");
  }

  std::optional<std::string> count(const Expectation& expected) const {
    const auto n = static_cast<int64_t>(page_.items.size());
    const std::string& sign = expected.comparison;
    const bool good = sign == "=="   ? n == expected.count
                      : sign == "!=" ? n != expected.count
                      : sign == "<"  ? n < expected.count
                      : sign == "<=" ? n <= expected.count
                      : sign == ">"  ? n > expected.count
                                     : n >= expected.count;
    if (good) return {};
    return fmt::format("the page has {} item{}", n, n == 1 ? "" : "s");
  }

  static double number(const Value& value) {
    if (const auto* whole = std::get_if<int64_t>(&value)) return static_cast<double>(*whole);
    if (const auto* real = std::get_if<float>(&value)) return static_cast<double>(*real);
    if (const auto* flag = std::get_if<bool>(&value)) return *flag ? 1 : 0;
    return NAN;
  }
  static bool precedes(const Value& a, const Value& b, bool ascending) {
    const auto *x = std::get_if<int64_t>(&a), *y = std::get_if<int64_t>(&b);
    if (x != nullptr && y != nullptr) return ascending ? *x < *y : *x > *y;
    const double left = number(a), right = number(b);
    if (std::isnan(right)) return !std::isnan(left);
    return ascending ? left < right : left > right;
  }

  std::optional<std::string> ordered(const Expectation& expected) const {
    std::optional<size_t> before;
    for (size_t i = 0; i < page_.items.size(); ++i) {
      if (!own(page_.items[i])) continue;
      const EmittedValue& key = page_.items[i].values[expected.emit];
      const types::Type& type = page_.items[i].type_of(expected.emit);
      if (before) {
        const EmittedValue& last = page_.items[*before].values[expected.emit];
        if (precedes(key.value, last.value, expected.ascending)) {
          return fmt::format("{} at position {} follows {} at position {}", display(key.value, type, " "), i + 1,
                             display(last.value, type, " "), *before + 1);
        }
      }
      before = i;
    }
    return {};
  }

  const graph::Test& test_;
  const Page& page_;
};

diagnostics::Diagnostic failure(const Expectation& expected, std::string seen) {
  diagnostics::Diagnostic out{.code = diagnostics::Code::expectation_failed,
                              .message = std::move(seen),
                              .primary = {expected.span, "does not hold"}};
  return out;
}

}  // namespace

TestResult run_test(const graph::Test& test, const std::shared_ptr<const store::Generation>& generation,
                    const Serving& serving) {
  TestResult out{.name = test.name};
  Values values(test, *generation);
  Request request{.user = {}, .set = test.set};
  int64_t now = generation->newest_event();
  for (const auto& [name, expr] : test.fields) {
    Value value = values(expr);
    if (name == "now") {
      now = std::get<int64_t>(value);
      request.now = now;
    } else if (name == "id") {
      request.id = std::get<std::string>(value);
    } else {
      request.fields[name] = std::move(value);
    }
  }
  const store::Key user = key_of(values(test.user));
  request.user = store::to_text(user);
  const auto fail_whole = [&](const std::string& message) {
    out.failures.push_back(
        {.code = diagnostics::Code::expectation_failed, .message = message, .primary = {test.span, ""}});
    return out;
  };
  auto overlay = store::lay_over(generation, rows_of(test, values), sequences_of(test, values, user, *generation, now));
  if (!overlay) return fail_whole("what is given does not fit: " + overlay.error());
  const auto page = recommend(test.plan, *overlay, request, serving);
  const bool wants_error =
      std::ranges::any_of(test.expectations, [](const Expectation& e) { return e.kind == Kind::error; });
  if (!page && !wants_error)
    return fail_whole(fmt::format("the request failed, with {}: {}", diagnostics::info(page.error().code).text,
                                  page.error().message));
  for (const Expectation& expected : test.expectations) {
    if (page) {
      if (auto seen = Judge(test, *page)(expected)) out.failures.push_back(failure(expected, std::move(*seen)));
      continue;
    }
    const std::string code(diagnostics::info(page.error().code).text);
    if (expected.kind == Kind::error && code.starts_with(expected.code)) continue;
    out.failures.push_back(
        failure(expected, fmt::format("the request failed, with {}: {}", code, page.error().message)));
  }
  return out;
}

}  // namespace rec::engine
