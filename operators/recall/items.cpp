// `items`: the rows of the item table, by its indexes where they serve.
#include <numeric>

#include "operators/list.h"
#include "operators/recall/admission.h"

namespace rec::operators {
namespace {

/// Offers rows until the channel has enough.
void offer(Admission& admission, std::span<const uint32_t> rows, const SourceCall& call) {
  while (!rows.empty() && !admission.done() && !call.stop.stop_requested()) {
    const size_t size = admission.block(rows.size());
    admission.offer(rows.first(size));
    rows = rows.subspan(size);
  }
}

Candidates scan(const SourceCall& call, uint32_t rows) {
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

/// Along the order until enough qualify. Runs of equal values are short: they are gathered into blocks.
Candidates walk(const SourceCall& call, const store::ValueOrder& order, bool ascending) {
  Admission admission(call.admit, call.take);
  std::vector<uint32_t> block;
  size_t size = admission.block(order.rows.size());
  order.walk(ascending, [&](std::span<const uint32_t> next) {
    while (!next.empty() && !admission.done()) {
      const size_t count = std::min(next.size(), size - block.size());
      block.insert(block.end(), next.begin(), next.begin() + static_cast<std::ptrdiff_t>(count));
      next = next.subspan(count);
      if (block.size() < size) break;
      admission.offer(block);
      block.clear();
      if (!admission.done()) size = admission.block(order.rows.size());
    }
    return !admission.done() && !call.stop.stop_requested();
  });
  if (!block.empty() && !admission.done() && !call.stop.stop_requested()) admission.offer(block);
  Candidates out = admission.take();
  out.in_order = true;
  return out;
}

/// Whether to go through the rows that an index found, all of them, or along the order until enough qualify: of `found`
/// among `rows`, `take` have been met after about rows / found · take.
bool finds_cheaper(uint64_t found, uint64_t rows, uint64_t take) {
  return found * found <= rows * take;
}

std::expected<Candidates, std::string> run(const SourceCall& call) {
  const uint32_t rows = call.generation.table(call.item_table).rows();
  static const ScanHints kNone{};
  const ScanHints& hints = call.hints == nullptr ? kNone : *call.hints;
  const bool ordered = hints.order && call.take;
  if (hints.rows && (!ordered || finds_cheaper(hints.rows->size(), rows, *call.take))) {
    Admission admission(call);
    offer(admission, *hints.rows, call);
    return admission.take();
  }
  if (!ordered) return scan(call, rows);
  return walk(call, *hints.order, hints.ascending);
}

}  // namespace

OperatorDef items() {
  return {.name = "items",
          .doc =
              "Yields the rows of the pipeline's item table, in key order unless `by` orders them. Conditions on "
              "`indexed` columns and an order by a `sorted` one are answered without going through the table.",
          .example = "popular = items by item.clicks_7d take 50",
          .parameters = {},
          .what = SourceDef{.run = run, .scans = true}};
}

}  // namespace rec::operators
