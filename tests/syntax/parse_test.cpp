// The whole language parses: every declaration, step, rule and literal, and names that are keywords elsewhere.
#include "compiler/syntax/parse.h"

#include <gtest/gtest.h>

#include <string>

namespace rec::syntax {
namespace {

struct Parsed {
  source::Sources sources;
  diagnostics::Diagnostics diagnostics;
  Module module;

  explicit Parsed(const std::string& text) { module = parse_module(sources.add("a.rec", text), sources, diagnostics); }
  std::string messages() const { return render_text(diagnostics, sources); }
};

/// Parses a file that must be right.
Parsed good(const std::string& text) {
  Parsed parsed(text);
  EXPECT_EQ(parsed.messages(), "");
  return parsed;
}

std::string pipeline(const std::string& steps) {
  return "pipeline p(user: users, item: notes) {\n" + steps + "\n}\n";
}

template <typename T>
const T& only_step(const Parsed& parsed) {
  return std::get<T>(parsed.module.pipelines.at(0).steps.at(0).node);
}

std::string shown(const ExprPtr& expr) {
  return expr ? print(*expr) : "-";
}

constexpr const char* kFunnel = R"rec(
/// Home feed of a note-sharing app.
import "lib/formulas.rec"

param like_weight : float = 2.0 within 0.0 .. 10.0
/// Which ranker.
/// Two lines.
param ranker      : enum { mmoe, din } = mmoe

fn engagement(click: float, like: float, collect: float, share: float) =
  click * (1 + like_weight * like + 4 * collect + 3 * share)

/// The page.
pipeline home_feed(user: users, item: notes) {
  deadline 80ms else popular_feed

  eligible item.author not in user.blocked_authors
  eligible item not in user.clicks.last(1000)

  recall {
    /// Neighbours.
    item_cf   = similar_items(item_cf, seeds: user.clicks.last(200), per_seed: 10)  take 100
    swing     = similar_items(swing,   seeds: user.likes.last(100),  per_seed: 10)  take 100
    user_cf   = similar_users(user_cf, neighbours: 50, per_user: 20)                take 100
    two_tower = nearest(two_tower, query: towers.user)      take 300  timeout 15ms  else popular
    followed  = items where item.author in user.followed  by item.created_at        take 100
    popular   = items by item.clicks_7d                                             take 50
  }
  merge round_robin(take: 2000)

  where age(item.created_at) < 30d

  score coarse = three_tower
  top 500 by coarse

  when ranker == mmoe { score p = mmoe }
  else                { score p = din }

  let same_topic = user.clicks.last(100).count(e => e.item.topic == item.topic)
  let value      = engagement(p.click, p.like, p.collect, p.share) * (1 + 0.05 * log1p(same_topic))
  top 150 by value

  rerank dpp(relevance: value, similarity: cosine(item.content), theta: 0.7, window: 10) take 30 {
    must at most 1 in first 4  where item.has_goods
    at most 5 in a row         where item.kind == "video"
    at most 1 in any 9         where item.boosted
    at most 2 in any 10        by item.author
  }
  insert home_ads at 3, 9, 15
  emit value, p.click, item.author
}

test "blocked authors never show" {
  given user { id: 7, blocked_authors: [42] }
  given item { id: 1001, author: 42 }
  given clicks [ { item: 5, time: now - 1d } ]
  with request { scene: "home" }
  with like_weight = 3.0
  run home_feed
  expect no(item.author == 42)          // rows of the pipeline's own table
  expect count() == 33
  expect every(value > 0)
  expect at 3: inserted
  expect at 1: item.kind == "image"
  expect ordered by value asc
  expect from(popular) at 2
  expect error "R4001"
}
)rec";

TEST(Parse, TheFunnelOfTheManual) {
  const Parsed parsed = good(kFunnel);
  const Module& m = parsed.module;
  ASSERT_EQ(m.imports.size(), 1u);
  EXPECT_EQ(m.imports[0].path, "lib/formulas.rec");
  ASSERT_EQ(m.params.size(), 2u);
  EXPECT_EQ(shown(m.params[0].low), "0.0");
  EXPECT_EQ(m.params[1].doc, "Which ranker.\nTwo lines.");
  EXPECT_EQ(m.params[1].type.variants.size(), 2u);
  ASSERT_EQ(m.functions.size(), 1u);
  EXPECT_EQ(m.functions[0].parameters.size(), 4u);
  ASSERT_EQ(m.pipelines.size(), 1u);
  const PipelineDecl& p = m.pipelines[0];
  EXPECT_EQ(p.doc, "The page.");
  EXPECT_EQ(p.user_table.text, "users");
  EXPECT_EQ(p.item_table.text, "notes");
  ASSERT_EQ(p.steps.size(), 15u);
  const auto& recall = std::get<RecallStep>(p.steps[3].node);
  ASSERT_EQ(recall.channels.size(), 6u);
  EXPECT_EQ(recall.channels[0].doc, "Neighbours.");
  EXPECT_EQ(recall.channels[3].otherwise->text, "popular");
  EXPECT_EQ(shown(recall.channels[3].timeout), "15ms");
  EXPECT_EQ(shown(recall.channels[4].by->key), "item.created_at");
  const auto& rerank = std::get<RerankStep>(p.steps[12].node);
  ASSERT_EQ(rerank.rules.size(), 4u);
  EXPECT_TRUE(rerank.rules[0].must);
  EXPECT_EQ(rerank.rules[1].scope, RuleScope::in_a_row);
  EXPECT_EQ(shown(rerank.rules[3].by), "item.author");
  ASSERT_EQ(m.tests.size(), 1u);
  EXPECT_EQ(m.tests[0].name, "blocked authors never show");
}

TEST(Parse, EmptyFilesAndCommentsOnly) {
  EXPECT_TRUE(good("").module.pipelines.empty());
  EXPECT_TRUE(good("// nothing\n/* at all */ /// doc\n").module.params.empty());
  EXPECT_TRUE(good("\xEF\xBB\xBF"
                   "param x: int = 1")
                  .module.params.size() == 1);
}

TEST(Parse, EveryStep) {
  EXPECT_EQ(only_step<DeadlineStep>(good(pipeline("deadline 80ms"))).otherwise, std::nullopt);
  EXPECT_EQ(shown(only_step<EligibleStep>(good(pipeline("eligible item.a"))).condition), "item.a");
  EXPECT_EQ(only_step<MergeStep>(good(pipeline("merge in_order"))).policy.text, "in_order");
  const Parsed quota = good(pipeline("merge quota(a: 10 .. 100, take: 5)"));
  EXPECT_EQ(shown(only_step<MergeStep>(quota).arguments[0].high), "100");
  EXPECT_EQ(only_step<MergeStep>(quota).arguments[1].channel.text, "take");
  EXPECT_EQ(only_step<LetStep>(good(pipeline("let x = 1"))).name.text, "x");
  const Parsed score = good(pipeline("score p = m(input: item.x, other: 2)"));
  EXPECT_EQ(only_step<ScoreStep>(score).inputs[1].name->text, "other");
  EXPECT_TRUE(only_step<TopStep>(good(pipeline("top n + 1 by x asc"))).by.ascending);
  EXPECT_FALSE(only_step<SortStep>(good(pipeline("sort by x"))).by.ascending);
  EXPECT_EQ(shown(only_step<TakeStep>(good(pipeline("take 3 per item.author"))).per), "item.author");
  const Parsed sample = good(pipeline("sample 10 by w temperature 0.5"));
  EXPECT_EQ(shown(only_step<SampleStep>(sample).temperature), "0.5");
  const Parsed when = good(pipeline("when a { take 1 } else when b { where c } else { }"));
  ASSERT_EQ(only_step<WhenStep>(when).arms.size(), 3u);
  EXPECT_EQ(only_step<WhenStep>(when).arms[2].condition, nullptr);
  EXPECT_EQ(shown(only_step<BackfillStep>(good(pipeline("backfill to 30"))).count), "30");
  const Parsed emit = good(pipeline("emit a, b.c as where, d + 1 as take"));
  EXPECT_EQ(only_step<EmitStep>(emit).items[1].as->text, "where");
  const Parsed rerank =
      good(pipeline("rerank greedy(relevance: x) take 10 after request.seen { at least 1 in first 5 where v }"));
  EXPECT_EQ(shown(only_step<RerankStep>(rerank).after), "request.seen");
  EXPECT_TRUE(only_step<RerankStep>(rerank).rules[0].at_least);
}

TEST(Parse, EveryPlace) {
  const Parsed at = good(pipeline("insert ads at 3, 9, 15 most 2 apart 3"));
  EXPECT_EQ(only_step<InsertStep>(at).positions.size(), 3u);
  EXPECT_EQ(shown(only_step<InsertStep>(at).apart), "3");
  const Parsed every = good(pipeline("insert items where x by y asc take 3 timeout 5ms when c every 8 from 4"));
  EXPECT_EQ(only_step<InsertStep>(every).place, PlaceKind::every);
  EXPECT_TRUE(only_step<InsertStep>(every).by->ascending);
  const Parsed random = good(pipeline("insert ads at random 5 .. 20"));
  EXPECT_EQ(only_step<InsertStep>(random).place, PlaceKind::random);
  const Parsed column = good(pipeline("insert ads at column slot"));
  EXPECT_EQ(only_step<InsertStep>(column).column->text, "slot");
}

TEST(Parse, ChannelOptionsInAnyOrder) {
  const Parsed parsed = good(
      pipeline("recall { a = items required when c take 5 by x asc where y timeout 1ms else b  b = list([1, 2]) }"));
  const Channel& channel = only_step<RecallStep>(parsed).channels[0];
  EXPECT_TRUE(channel.required);
  EXPECT_TRUE(channel.by->ascending);
  EXPECT_EQ(shown(channel.when), "c");
  EXPECT_FALSE(channel.source.called);
  EXPECT_TRUE(only_step<RecallStep>(parsed).channels[1].source.called);
}

TEST(Parse, KeywordsAreNamesElsewhere) {
  const Parsed parsed =
      good("param within : int = 1 within 0 .. 2\nparam a : int = 2\nfn first(row: int, any: int) = row + any\n" +
           pipeline("recall { by = items by by asc take 3  timeout = items take 3 timeout 1s  every = f(take: 5, in: "
                    "3, where: x) }\n"
                    "let by = within\nlet per = first(at, most)\nlet x = item.in + user.where.take.score\nlet to = a "
                    "in a .. row\n"
                    "take per per per\nrerank must(x: e => e.if) take a { at most a in a row where row by by  must at "
                    "most 1 in any any }\n"
                    "insert from every every from from\nemit x as in, by as as, asc"));
  ASSERT_EQ(parsed.module.pipelines.size(), 1u);
  EXPECT_EQ(std::get<RecallStep>(parsed.module.pipelines[0].steps[0].node).channels.size(), 3u);
}

TEST(Parse, Types) {
  const Parsed parsed =
      good("fn f(a: int?, b: [string], c: vector(64), d: row(notes), e: seq(clicks), g: [row(notes)]?) = 1");
  const auto& parameters = parsed.module.functions[0].parameters;
  EXPECT_TRUE(parameters[0].type.optional);
  EXPECT_EQ(parameters[1].type.element->name, "string");
  EXPECT_EQ(shown(parameters[2].type.size), "64");
  EXPECT_EQ(parameters[3].type.table.text, "notes");
  EXPECT_EQ(parameters[4].type.name, "seq");
  EXPECT_EQ(parameters[5].type.element->table.text, "notes");
}

TEST(Parse, Spans) {
  const Parsed parsed = good(pipeline("where (a) + b.c\ntake 1"));
  const auto& step = parsed.module.pipelines[0].steps[0];
  const std::string& text = parsed.sources.file(0).text;
  const auto cut = [&](Span span) { return text.substr(span.begin, span.end - span.begin); };
  EXPECT_EQ(cut(step.span), "where (a) + b.c");
  EXPECT_EQ(cut(step.keyword), "where");
  EXPECT_EQ(cut(std::get<WhereStep>(step.node).condition->span), "(a) + b.c");
  const Parsed wide = good("// \u4e2d\u6587\nparam x: string = \"\u00e9\" ");
  const auto& value = *wide.module.params[0].default_value;
  EXPECT_EQ(wide.sources.file(0).text.substr(value.span.begin, value.span.end - value.span.begin), "\"\u00e9\"");
}

TEST(Parse, PartOfAFileAsAnExpression) {
  source::Sources sources;
  diagnostics::Diagnostics diagnostics;
  const auto file = sources.add("catalog.yaml", "where: 'e.action == \"click\"' # x");
  const auto expr = parse_expression({file, 8, 27}, sources, diagnostics);
  EXPECT_TRUE(diagnostics.empty()) << render_text(diagnostics, sources);
  EXPECT_EQ(print(*expr), "e.action == \"click\"");
  EXPECT_EQ(expr->span.begin, 8u);
  const auto bad = parse_expression({file, 8, 19}, sources, diagnostics);
  EXPECT_TRUE(std::holds_alternative<ErrorExpr>(bad->node));
  EXPECT_EQ(diagnostics.errors(), 1u);
  EXPECT_NE(parse_expression({file, 8, 8}, sources, diagnostics), nullptr);
  EXPECT_EQ(diagnostics.errors(), 2u);
}

TEST(Parse, LinesMeanNothingWhereNothingIsWrong) {
  source::Sources sources;
  diagnostics::Diagnostics diagnostics;
  const auto file = sources.add("free.rec",
                                "pipeline p(user: users, item: notes) {\n recall { a = items }\n"
                                "let x = user.clicks.\nwhere(e => (e.\nscore != item.\ntake)).count()\n}\n");
  const Module module = parse_module(file, sources, diagnostics);
  EXPECT_TRUE(diagnostics.empty()) << render_text(diagnostics, sources);
  ASSERT_EQ(module.pipelines.size(), 1U);
  EXPECT_EQ(module.pipelines[0].steps.size(), 2U);
}

}  // namespace
}  // namespace rec::syntax
