// `items`: the rows of the item table, in key order.
#include <numeric>

#include "operators/list.h"
#include "operators/recall/admission.h"

namespace rec::operators {
namespace {

std::expected<Candidates, std::string> run(const SourceCall& call) {
  const uint32_t rows = call.generation.table(call.item_table).rows();
  Admission admission(call);
  std::vector<uint32_t> block;
  for (uint32_t at = 0; at < rows && !admission.done() && !call.stop.stop_requested();) {
    block.resize(admission.block(rows - at));
    std::iota(block.begin(), block.end(), at);
    admission.offer(block);
    at += static_cast<uint32_t>(block.size());
  }
  return admission.take();
}

}  // namespace

OperatorDef items() {
  return {.name = "items",
          .doc = "Yields the rows of the pipeline's item table, in key order unless `by` orders them.",
          .example = "popular = items by item.clicks_7d take 50",
          .parameters = {},
          .what = SourceDef{.run = run}};
}

}  // namespace rec::operators
