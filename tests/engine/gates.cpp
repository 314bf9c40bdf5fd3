// The sources of gates.h.
#include "tests/engine/gates.h"

#include <barrier>
#include <stdexcept>

namespace rec::tests {
namespace {

using operators::Candidates;
using operators::SourceCall;
using Found = std::expected<Candidates, std::string>;

Found rows(const SourceCall& call) {
  Candidates out;
  const uint32_t all = call.generation.table(call.item_table).rows();
  std::vector<uint32_t> row(1);
  for (uint32_t i = 0; i < all; ++i) {
    row[0] = i;
    uint8_t keep = 1;
    call.admit(row, {&keep, 1});
    if (keep != 0) out.rows.push_back(i);
  }
  out.looked_at = all;
  return out;
}

Found stuck(const SourceCall& call) {
  gate().wait();
  return rows(call);
}

Found failing(const SourceCall&) {
  return std::unexpected("no answer");
}
Found throwing(const SourceCall&) {
  throw std::runtime_error("oh");
}
Found throwing_number(const SourceCall&) {
  throw 7;
}

Found meeting(const SourceCall& call) {
  static std::barrier<> both(2);
  both.arrive_and_wait();
  return rows(call);
}

}  // namespace

Gate& gate() {
  static Gate the_gate;
  return the_gate;
}

void add_gated_sources(operators::Registry& registry) {
  const auto add = [&](const char* name, operators::Source run) {
    registry.add({.name = name, .doc = "", .example = "", .parameters = {}, .what = operators::SourceDef{.run = run}});
  };
  add("rows", rows);
  add("stuck", stuck);
  add("failing", failing);
  add("throwing", throwing);
  add("throwing_number", throwing_number);
  registry.add({.name = "meeting",
                .doc = "",
                .example = "",
                .parameters = {},
                .what = operators::SourceDef{.run = meeting, .waits = true}});
}

}  // namespace rec::tests
