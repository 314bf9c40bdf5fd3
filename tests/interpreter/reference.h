// Expressions evaluated as the language defines them, one row at a time: what the interpreter must agree with, bit for
// bit.
#pragma once

#include <array>
#include <cstddef>
#include <cstring>
#include <map>
#include <vector>

#include "runtime/interpreter/evaluate.h"

namespace rec::interpreter {

/// One value in its physical form.
struct Cell {
  alignas(16) std::array<std::byte, 16> bytes{};
  bool present = true;

  template <typename T>
  T as() const {
    T out;
    std::memcpy(&out, bytes.data(), sizeof(T));
    return out;
  }
  template <typename T>
  static Cell of(T value, bool present = true) {
    Cell cell;
    cell.present = present;
    std::memcpy(cell.bytes.data(), &value, sizeof(T));
    return cell;
  }
};

class Reference {
 public:
  /// Shares the context's strings and memory, nothing else. `batch`: null for rows of the item table.
  Reference(RequestContext& context, const Batch* batch) : context_(context), plan_(context.plan()), batch_(batch) {}

  /// `candidate`: a base index of the batch, or an item row.
  Cell value(graph::ExprId id, uint32_t candidate) { return evaluate(id, {.candidate = candidate}); }

 private:
  struct Place {
    uint32_t candidate = 0;
    size_t log = 0;                                // of the event
    const column::EventColumns* events = nullptr;  // null: no event
    size_t event = 0;
  };
  struct Events {
    size_t log = 0;
    const column::EventColumns* columns = nullptr;
    std::vector<size_t> which;
  };

  Cell evaluate(graph::ExprId id, const Place& place);
  Cell literal(const types::Value& value, const types::Type& type);
  Cell stored(const store::Table& table, size_t column, uint32_t row);
  Cell call(const graph::Node& node, const Place& place);
  Cell aggregate(const graph::Node& node, const Place& place);
  Cell barrier(const graph::Node& node, const Place& place);
  Cell provenance(const graph::Node& node, const Place& place);
  bool in_list(const graph::Node& node, const Place& place);
  Events events(graph::ExprId id, const Place& place);
  uint32_t item_row(const Place& place) const {
    return batch_ == nullptr ? place.candidate : batch_->rows[place.candidate];
  }
  const store::Table& items_of(size_t log) const;

  RequestContext& context_;
  const graph::Plan& plan_;
  const Batch* batch_;
  std::map<uint32_t, column::EventColumns> read_;
};

}  // namespace rec::interpreter
