// `list(EXPR)`: the items that a list of rows or keys names, in its order.
#include "operators/list.h"
#include "operators/recall/admission.h"
#include "operators/row_index.h"

namespace rec::operators {
namespace {

std::expected<Candidates, std::string> run(const SourceCall& call) {
  const std::span<const uint32_t> named = std::get<SeedEvents>(call.arguments[0]).rows;
  RowIndex distinct(named.size());
  for (const uint32_t row : named) {
    if (row != column::kNoRow) distinct.insert(row);
  }
  Admission admission(call);
  std::span<const uint32_t> left = distinct.rows();
  while (!left.empty() && !admission.done() && !call.stop.stop_requested()) {
    const auto block = left.first(admission.block(left.size()));
    admission.offer(block);
    left = left.subspan(block.size());
  }
  return admission.take();
}

}  // namespace

OperatorDef list_source() {
  return {.name = "list",
          .doc = "Yields the items that a list of rows or keys names, in that order, each once.",
          .example = "pinned = list([1001, 1002])",
          .parameters = {{.name = "rows",
                          .kind = ParameterKind::rows,
                          .positional = true,
                          .doc = "a list of rows or of keys of the item table; keys without a row are left out"}},
          .what = SourceDef{.run = run, .take_required = false}};
}

}  // namespace rec::operators
