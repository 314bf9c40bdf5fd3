// A pipeline run one row at a time: the page of one request, and what each step does to it.
#pragma once

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <stdexcept>
#include <vector>

#include "tests/interpreter/page_state.h"
#include "tests/interpreter/pipeline_reference.h"
#include "tests/operators/slate.h"

namespace rec::interpreter {

/// What a channel brought, best first.
struct Found {
  std::vector<uint32_t> rows;
  std::vector<float> scores;  // empty: none
  std::map<uint32_t, std::vector<Cell>> emits;
};

/// An item of the page: a candidate, or a row of another table with what it emits.
struct Slot {
  uint32_t at = 0;
  std::shared_ptr<const ReferenceItem> foreign{};
};

class PageReference {
 public:
  explicit PageReference(RequestContext& context)
      : context_(context),
        plan_(context.plan()),
        state_(plan_, std::get<graph::RecallStep>(plan_.steps.front().what).channels.size()) {}

  std::vector<ReferenceItem> run();

 private:
  // ---- values: page_reference_steps.cpp ----

  Cell value(graph::ExprId id, uint32_t at);
  Cell of_row(graph::ExprId id, uint32_t row);
  bool holds(graph::ExprId id, uint32_t at);
  int64_t number(graph::ExprId id);
  size_t count(graph::ExprId id);
  std::vector<uint32_t> list_of_rows(graph::ExprId id);
  ReferenceItem item(uint32_t at);
  /// What steps look at: the page's candidates, in order.
  std::vector<uint32_t> present() const;
  void keep(const std::vector<uint32_t>& order);
  void cut(std::vector<uint32_t> order, size_t most);
  /// Whether a key stands before another: NaN last, whatever the direction.
  static bool before(const Cell& a, const Cell& b, types::Kind kind, bool ascending);
  template <typename Key>
  std::vector<uint32_t> ordered(std::vector<uint32_t> things, const graph::Order& by, Key key_of) {
    std::map<uint32_t, Cell> keys;
    for (const uint32_t thing : things) keys[thing] = key_of(thing);
    const types::Kind kind = plan_.exprs[by.key].type.kind;
    std::ranges::stable_sort(things,
                             [&](uint32_t a, uint32_t b) { return before(keys[a], keys[b], kind, by.ascending); });
    return things;
  }

  // ---- recall: page_reference_recall.cpp ----

  Found source(const graph::Channel& channel);
  Found channel(const graph::Channel& channel);
  void run(const graph::RecallStep& recall);

  // ---- steps: page_reference_steps.cpp ----

  void run_step(const graph::Step& step);
  void run(const graph::WhereStep& step);
  void run(const graph::LetStep& step);
  void compute(const graph::LetStep& step, uint32_t at);
  std::vector<uint32_t> by(const graph::Order& order);
  void run(const graph::TopStep& step);
  void run(const graph::SortStep& step);
  void run(const graph::TakeStep& step);
  void run(const graph::SampleStep& step);
  void run(const graph::WhenStep& step);

  // ---- rows that come in late: page_reference_late.cpp ----

  uint32_t add_late(uint32_t row);
  bool was_inserted(uint32_t at) const;

  // ---- rerank: page_reference_rerank.cpp ----

  tests::SlateRule rule(const graph::Rule& rule, const std::vector<uint32_t>& candidates);
  std::vector<int64_t> groups(graph::ExprId by, uint32_t at);
  tests::Slate slate(const graph::RerankStep& step, const std::vector<uint32_t>& candidates, size_t shown, size_t take);
  /// Fills the page of a slate with the first in `best_first` that may stand at each position.
  static void fill(const tests::Slate& slate, const std::vector<uint32_t>& best_first, tests::Page& page,
                   size_t length);
  void run(const graph::RerankStep& step);

  // ---- backfill: page_reference_late.cpp ----

  void run(const graph::BackfillStep& step);
  bool catches_up(uint32_t at);
  /// Those that may stand behind the page by the rules of the last rerank.
  std::vector<uint32_t> by_rules(const std::vector<uint32_t>& candidates, size_t room);

  // ---- insert: page_reference_insert.cpp ----

  struct Inserted {
    Slot slot;
    int64_t apart = 0;
  };
  struct Coming {
    ReferenceItem item;
    int64_t position = 0;
  };
  bool same_item(const Slot& slot, const ReferenceItem& item) const;
  const Inserted* inserted_at(const Slot& slot) const;
  std::vector<int64_t> wanted(const graph::InsertStep& step, const std::vector<Coming>& coming);
  /// The next free position: `apart` from all, and as those that stand ask for.
  static int64_t free_place(int64_t position, const std::vector<std::pair<int64_t, int64_t>>& taken, int64_t apart);
  void run(const graph::InsertStep& step);
  void put(const graph::InsertStep& step, const Coming& each, int64_t apart, std::vector<Slot>& others,
           std::map<int64_t, Slot>& fixed);
  ReferenceItem as_emitted(const graph::InsertStep& step, const ReferenceItem& from) const;

  void run(const auto&) { throw std::logic_error("no reference for this step"); }

  RequestContext& context_;
  const graph::Plan& plan_;
  PageState state_;
  std::vector<Slot> page_{};
  std::vector<Inserted> inserted_{};
  std::vector<uint32_t> left_out_{}, shown_{};   // by the last cutting step; on the page before
  std::vector<const graph::Step*> since_cut_{};  // `let` and `where`
  std::vector<const graph::LetStep*> lets_{};    // so far
  const graph::RerankStep* rerank_ = nullptr;    // the last one
};

}  // namespace rec::interpreter
