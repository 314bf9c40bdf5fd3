// What the expressions of one run can see, and everything about it that is computed once: request-level values,
// sequences, sets. A request has one; so has a run over a log while building, without a generation and a user.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "operators/operator.h"
#include "runtime/interpreter/evaluate.h"
#include "runtime/interpreter/key_set.h"

namespace rec::interpreter {

struct EventGroups;

/// A set of codes or rows as bits.
struct SetBits {
  const uint32_t* words = nullptr;
  int32_t size = 0;                     // bits that are there, 32 at least
  const uint32_t* first_512 = nullptr;  // 16 words
};
class Layouts;

class Scope {
 public:
  Scope(const graph::Plan& plan, const store::Generation* generation, const store::Table& items, RequestInputs inputs,
        column::StringSpace& strings, column::Arena& arena, std::string_view zone);
  /// For another thread, on that of `parent`: has what the parent computed so far, whose memory must outlive it.
  /// `strings`: a copy of the parent's.
  Scope(const Scope& parent, column::StringSpace& strings, column::Arena& arena);
  ~Scope();
  Scope(const Scope&) = delete;
  Scope& operator=(const Scope&) = delete;

  const graph::Plan& plan() const { return plan_; }
  const graph::Node& node(graph::ExprId id) const { return plan_.exprs[id]; }
  /// The table of the candidates; offline that of the events' items.
  const store::Table& items() const { return items_; }
  const store::Generation* generation() const { return generation_; }
  const RequestInputs& inputs() const { return inputs_; }
  column::StringSpace& strings() { return strings_; }
  column::Arena& arena() { return arena_; }
  const operators::KernelContext& kernel_context() const { return kernel_; }
  const Layouts& layouts() const { return layouts_; }
  uint64_t gone() const { return gone_; }
  const std::optional<std::string>& error() const { return error_; }

  /// Memory that one program after another uses, so that it stays in cache; as good as new.
  std::byte* borrow(size_t bytes);
  void give_back(std::byte* memory, size_t bytes);

  /// A request-level expression: one value, computed once.
  Values value(graph::ExprId id);
  int64_t integer(graph::ExprId id) { return *value(id).as<int64_t>(); }
  /// Computes what of an expression is of request level.
  void prepare(graph::ExprId id);
  /// A request-level sequence.
  const column::EventColumns& sequence(graph::ExprId id);
  /// `body` on each event of `events`; kept, so that a second use costs nothing. The events' memory must outlive the
  /// scope.
  Values on_events(graph::ExprId body, const column::EventColumns& events, size_t events_index);
  /// Which of the catalog's event logs a sequence expression is of, and the table of their items.
  size_t events_of(graph::ExprId sequence) const;
  const store::Table& items_of(size_t events_index) const;

  /// The elements of a request-level list, or the items of a request-level sequence, as a set.
  const KeySet& list_set(graph::ExprId list, bool as_double);
  const RowSet& sequence_set(graph::ExprId sequence);
  /// A request-level list of strings or rows, or the items of a request-level sequence.
  const SetBits& bits(graph::ExprId set);

  /// The native code of the plan, where there is one.
  const native::Tier* tier() const { return tier_; }
  void use(const native::Tier* tier) { tier_ = tier; }
  bool waited_for_code() const { return native_use_.waited > 0; }
  void waits_for_code() { ++native_use_.waited; }
  void ran_code() { ++native_use_.ran; }
  NativeUse native_use() const { return native_use_; }

  /// The groups of events behind a correlated aggregate; `made` false where they are still to be built.
  std::shared_ptr<EventGroups>& groups(graph::ExprId aggregate) { return groups_[aggregate]; }

  /// The request's code for a string of a table; the identity where the table's dictionary is the request's.
  bool same_codes(const store::Table& table) const;
  int32_t translate(const store::Table& table, int32_t code);
  column::ListRef translate(const store::Table& table, column::ListRef codes);

 private:
  Values compute(graph::ExprId id);
  Values row_wise(graph::ExprId id);
  Values user_column(const graph::Node& node);
  Values column_of_row(const graph::Node& node, uint32_t row);
  Values rows_of_keys(const graph::Node& node);
  Values aggregate(const graph::Node& node);
  bool in_list(const graph::Node& node);
  bool in_sequence(const graph::Node& node);
  column::EventColumns make_sequence(graph::ExprId id);
  column::EventColumns read(size_t sequence);
  column::EventColumns filtered(const column::EventColumns& events, graph::ExprId condition, size_t events_index);

  const graph::Plan& plan_;
  const store::Generation* generation_;
  const store::Table& items_;
  RequestInputs inputs_;
  column::StringSpace& strings_;
  column::Arena& arena_;
  operators::KernelContext kernel_;
  const Layouts& layouts_;  // the plan's
  struct Spare {
    size_t bytes;
    std::vector<std::byte*> pieces{};
  };
  std::vector<Spare> spare_;  // a few sizes
  uint64_t gone_ = 0;
  std::optional<std::string> error_;
  const native::Tier* tier_ = nullptr;
  NativeUse native_use_;

  std::vector<std::optional<Values>> values_;
  std::map<graph::ExprId, column::EventColumns> sequences_;
  // By the body, the events' memory and their number.
  std::map<std::tuple<graph::ExprId, const uint32_t*, size_t>, Values> event_values_;
  std::map<std::pair<graph::ExprId, bool>, std::shared_ptr<const KeySet>> sets_;
  std::map<graph::ExprId, std::shared_ptr<const RowSet>> row_sets_;
  std::map<graph::ExprId, std::shared_ptr<EventGroups>> groups_;
  std::map<graph::ExprId, SetBits> bits_;
  std::map<const store::Table*, const store::Translation*> translations_;
};

}  // namespace rec::interpreter
