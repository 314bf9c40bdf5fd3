// What a test gives and asks: rows, events, request fields, parameters.
#include "compiler/check/tests.h"

#include <fmt/format.h>

#include <algorithm>

#include "compiler/check/pipeline.h"
#include "compiler/check/plans.h"
#include "compiler/syntax/parse.h"

namespace rec::check {

using types::Kind;

namespace {

class TestChecker {
 public:
  TestChecker(const Context& context, const syntax::TestDecl& test)
      : context_(context), test_(test), values_(context, out_->values) {
    out_->values.parameters = context.declarations.parameters;
    scope_.request = false;
    scope_.hidden_because =
        "a record of a test is made before there is a request: it has literals, parameters and `now`";
    scope_.names["now"] =
        values_.add({.op = graph::Op::request_field, .type = types::time(), .level = graph::kRequest, .index = 0});
  }

  std::shared_ptr<const graph::Test> run() {
    const size_t before = context_.diagnostics.errors();
    out_->name = test_.name;
    out_->span = test_.span;
    const syntax::PipelineDecl* pipeline = find_pipeline();
    if (pipeline == nullptr) return nullptr;
    // A pipeline with errors has been told of.
    const graph::PlanPtr plain = context_.plans->of(context_, *pipeline, pipeline->name.span);
    if (plain == nullptr) return nullptr;
    out_->plan = PipelineChecker(context_, *pipeline).run_for(test_, *out_);
    out_->values.user_table = plain->user_table;
    out_->values.item_table = plain->item_table;
    for (const auto& line : test_.lines) {
      if (const auto* given = std::get_if<syntax::GivenLine>(&line.node)) this->given(*given);
      if (const auto* with = std::get_if<syntax::WithRecord>(&line.node)) request(*with);
      if (const auto* with = std::get_if<syntax::WithParameter>(&line.node)) parameter(*with);
    }
    if (out_->user == kNoExpr && context_.diagnostics.errors() == before) {
      const auto& users = table(out_->values.user_table);
      context_.diagnostics.error(Code::test_lacks, test_.name_span, "this test does not say which user asks", "no user")
          .help.push_back(fmt::format("add `given user {{ {}: … }}`", users.columns[0].name));
    }
    return context_.diagnostics.errors() > before ? nullptr : out_;
  }

 private:
  const catalog::Table& table(size_t index) const { return context_.catalog.tables[index]; }

  const syntax::PipelineDecl* find_pipeline() {
    const syntax::RunLine* run = nullptr;
    for (const auto& line : test_.lines) {
      const auto* each = std::get_if<syntax::RunLine>(&line.node);
      if (each == nullptr) continue;
      if (run != nullptr) {
        auto& d = context_.diagnostics.error(Code::test_lacks, line.span, "a test runs one pipeline", "a second one");
        d.secondary.push_back({run->pipeline.span, "the first"});
        return nullptr;
      }
      run = each;
    }
    if (run == nullptr) {
      context_.diagnostics.error(Code::test_lacks, test_.name_span, "this test runs no pipeline", "nothing is run")
          .help.emplace_back("add `run PIPELINE`");
      return nullptr;
    }
    const auto it = context_.declarations.pipelines.find(run->pipeline.text);
    if (it != context_.declarations.pipelines.end()) return it->second;
    std::vector<std::string> names;
    for (const auto& [name, decl] : context_.declarations.pipelines) names.push_back(name);
    suggest(context_.diagnostics.error(Code::unknown_pipeline, run->pipeline.span,
                                       fmt::format("there is no pipeline `{}`", run->pipeline.text), "not a pipeline"),
            run->pipeline.text, names, "the strategy");
    return nullptr;
  }

  /// A value for something of `type`; `none` where it may be missing.
  ExprId value(const syntax::Expr& expr, const types::Type& type, const std::string& what) {
    if (type.kind == Kind::vector)
      return values_.check_as(expr, scope_, types::list(Kind::floating), graph::kRequest, what);
    return values_.check_as(expr, scope_, type, graph::kRequest, what);
  }

  void given(const syntax::GivenLine& given) {
    const auto& catalog = context_.catalog;
    const std::string& word = given.what.text;
    const auto& users = table(out_->values.user_table);
    if (const auto sequence = catalog.sequence_index(word);
        sequence && catalog.events[catalog.sequences[*sequence].events].user_table == users.name)
      return events(given, *sequence);
    const auto index = word == "user"   ? std::optional(out_->values.user_table)
                       : word == "item" ? std::optional(out_->values.item_table)
                                        : catalog.table_index(word);
    if (!index) {
      std::vector<std::string> names{"user", "item"};
      for (const auto& each : catalog.tables) names.push_back(each.name);
      for (auto& name : sequence_names(catalog, users.name)) names.push_back(std::move(name));
      suggest(context_.diagnostics.error(
                  Code::unknown_name, given.what.span,
                  fmt::format("`{}` is neither `user`, `item`, a table nor a sequence of {}", word, users.name)),
              word, names, "`given`");
      return;
    }
    for (const auto& record : given.records) row(record, *index, word == "user");
  }

  void row(const syntax::Record& record, size_t index, bool asks) {
    const auto& table = this->table(index);
    graph::GivenRow out{.table = index};
    bool key = false;
    for (const auto& field : record.fields) {
      const auto column = table.column_index(field.name.text);
      if (!column) {
        unknown_column(context_.diagnostics, field.name, table);
        continue;
      }
      if (again(out.values, *column, field.name)) continue;
      const ExprId id =
          value(*field.value, table.columns[*column].type, fmt::format("`{}` of `{}`", field.name.text, table.name));
      if (id == kNoExpr) continue;
      if (*column == 0) key = true;
      if (*column == 0 && asks) out_->user = id;
      out.values.push_back({*column, id});
    }
    if (!key &&
        std::ranges::none_of(record.fields, [&](const auto& f) { return f.name.text == table.columns[0].name; })) {
      context_.diagnostics
          .error(Code::test_lacks, record.span, fmt::format("this row of `{}` has no key", table.name),
                 fmt::format("`{}` is missing", table.columns[0].name))
          .help.push_back(
              fmt::format("add `{}: …`: a key that is there is changed, another is added", table.columns[0].name));
    }
    out_->rows.push_back(std::move(out));
  }

  bool again(const std::vector<graph::TestValue>& values, size_t column, const syntax::Name& name) {
    if (std::ranges::none_of(values, [&](const auto& v) { return v.column == column; })) return false;
    context_.diagnostics.error(Code::duplicate_name, name.span, fmt::format("`{}` is given twice", name.text), "again");
    return true;
  }

  void events(const syntax::GivenLine& given, size_t sequence) {
    const auto& catalog = context_.catalog;
    const auto& log = catalog.events[catalog.sequences[sequence].events];
    const auto& items = *catalog.table(log.item_table);
    graph::GivenEvents out{.sequence = sequence};
    for (const auto& record : given.records) {
      graph::GivenEvent event;
      bool item = false;
      for (const auto& field : record.fields) {
        const std::string& word = field.name.text;
        const std::string what = fmt::format("`{}` of an event of `{}`", word, given.what.text);
        if (word == "item") {
          item = true;
          event.item = value(*field.value, items.columns[0].type, what);
        } else if (word == "time") {
          event.time = value(*field.value, types::time(), what);
        } else if (const auto column = log.column_index(word)) {
          if (again(event.values, *column, field.name)) continue;
          if (const ExprId id = value(*field.value, log.columns[*column].type, what); id != kNoExpr)
            event.values.push_back({*column, id});
        } else {
          std::vector<std::string> names{"item", "time"};
          for (const auto& each : log.columns) names.push_back(each.name);
          suggest(context_.diagnostics.error(Code::unknown_column, field.name.span,
                                             fmt::format("an event of `{}` has no `{}`", given.what.text, word)),
                  word, names, "an event");
        }
      }
      if (!item) {
        context_.diagnostics.error(Code::test_lacks, record.span, "this event names no item", "`item` is missing")
            .help.emplace_back("add `item: KEY`");
      }
      out.events.push_back(std::move(event));
    }
    out_->events.push_back(std::move(out));
  }

  void request(const syntax::WithRecord& with) {
    if (with.what.text != "request") {
      context_.diagnostics
          .error(Code::unknown_name, with.what.span, fmt::format("`with {}` cannot have a record", with.what.text),
                 "not `request`")
          .help.push_back(
              fmt::format("`with request {{ … }}` sets its fields, `with {} = LITERAL` a parameter", with.what.text));
      return;
    }
    for (const auto& field : with.record.fields) {
      const std::string& word = field.name.text;
      std::optional<types::Type> type;
      if (word == "now") type = types::time();
      if (word == "id") type = types::string();
      std::vector<std::string> names{"now", "id"};
      for (const auto& each : context_.catalog.request) {
        names.push_back(each.name);
        if (each.name == word) type = each.type;
      }
      if (!type) {
        suggest(context_.diagnostics.error(Code::unknown_name, field.name.span,
                                           fmt::format("a request has no field `{}`", word)),
                word, names, "a request");
        continue;
      }
      const ExprId id = value(*field.value, *type, fmt::format("`request.{}`", word));
      if (id != kNoExpr) out_->fields[word] = id;
    }
  }

  void parameter(const syntax::WithParameter& with) {
    const auto it = context_.declarations.parameter_index.find(with.name.text);
    if (it == context_.declarations.parameter_index.end()) {
      if (context_.declarations.broken_parameters.contains(with.name.text)) return;
      std::vector<std::string> names;
      for (const auto& each : context_.declarations.parameters) names.push_back(each.name);
      suggest(context_.diagnostics.error(Code::unknown_name, with.name.span,
                                         fmt::format("there is no parameter `{}`", with.name.text), "not a parameter"),
              with.name.text, names, "the strategy");
      return;
    }
    const auto& declared = context_.declarations.parameters[it->second];
    types::Value value;
    if (!literal_value(*with.value, declared.type, context_.diagnostics, value)) return;
    if (!within_bounds(declared, value)) {
      const auto bound = declared.type.kind == Kind::list ? types::element_of(declared.type) : declared.type;
      auto& d = context_.diagnostics.error(
          Code::bad_bounds, with.value->span,
          fmt::format("`{}` is within {} .. {}", with.name.text, types::to_text(*declared.low, bound),
                      types::to_text(*declared.high, bound)),
          "out of its bounds");
      d.secondary.push_back({declared.span, "declared here"});
      return;
    }
    out_->set[with.name.text] = std::move(value);
  }

  const Context& context_;
  const syntax::TestDecl& test_;
  std::shared_ptr<graph::Test> out_ = std::make_shared<graph::Test>();
  Expressions values_;
  Scope scope_;
};

}  // namespace

std::shared_ptr<const graph::Test> check_test(const Context& context, const syntax::TestDecl& test) {
  return TestChecker(context, test).run();
}

}  // namespace rec::check
