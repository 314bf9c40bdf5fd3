// overlaps, jaccard and len of lists.
#include <algorithm>
#include <bit>
#include <vector>

#include "operators/functions/signature.h"
#include "operators/list.h"

namespace rec::operators {

namespace {

/// The elements of a list as an ascending set; equal elements have equal numbers, NaN (which equals nothing) is left
/// out.
void to_set(const column::ListRef& list, types::Kind element, std::vector<int64_t>& set) {
  set.clear();
  const auto add_all = [&](auto elements) { set.insert(set.end(), elements.begin(), elements.end()); };
  switch (element) {
    case types::Kind::boolean:
      add_all(list.as<uint8_t>());
      break;
    case types::Kind::string:
      add_all(list.as<int32_t>());
      break;
    case types::Kind::row:
      add_all(list.as<uint32_t>());
      break;
    case types::Kind::floating:
      for (const float x : list.as<float>()) {
        if (x == x) set.push_back(std::bit_cast<int32_t>(x + 0.0F));  // -0 + 0 is 0
      }
      break;
    case types::Kind::none:
      break;  // the empty literal
    default:
      add_all(list.as<int64_t>());
      break;
  }
  std::sort(set.begin(), set.end());
  set.erase(std::unique(set.begin(), set.end()), set.end());
}

size_t common(const std::vector<int64_t>& a, const std::vector<int64_t>& b) {
  size_t count = 0;
  for (auto x = a.begin(), y = b.begin(); x != a.end() && y != b.end();) {
    if (*x < *y) {
      ++x;
    } else if (*y < *x) {
      ++y;
    } else {
      ++count, ++x, ++y;
    }
  }
  return count;
}

template <typename Out, auto Function>
void pair_kernel(const KernelCall& call) {
  const auto* a = call.args[0].as<column::ListRef>();
  const auto* b = call.args[1].as<column::ListRef>();
  Out* out = call.result<Out>();
  std::vector<int64_t> set_a, set_b;
  for (size_t i = 0; i < call.n; ++i) {
    if (i == 0 || !call.args[0].uniform) to_set(a[i], call.args[0].type->element, set_a);
    if (i == 0 || !call.args[1].uniform) to_set(b[i], call.args[1].type->element, set_b);
    out[i] = Function(set_a, set_b);
  }
}

uint8_t overlapping(const std::vector<int64_t>& a, const std::vector<int64_t>& b) {
  return common(a, b) > 0 ? 1 : 0;
}

float jaccard_of(const std::vector<int64_t>& a, const std::vector<int64_t>& b) {
  const size_t both = common(a, b), either = a.size() + b.size() - both;
  return either == 0 ? 0.0F : static_cast<float>(static_cast<double>(both) / static_cast<double>(either));
}

}  // namespace

std::vector<OperatorDef> list_functions() {
  const types::Type any = types::list(types::Kind::none);
  const std::vector two{operand("a", "one list"), operand("b", "the other, of the same elements")};
  return {
      function("overlaps", "Whether two lists have an element in common.", "where overlaps(item.tags, [\"travel\"])",
               two,
               {{.parameters = {any, any}, .result = types::boolean(), .kernel = pair_kernel<uint8_t, overlapping>}}),
      function("jaccard", "The distinct elements in both lists over those in either; 0 for two empty lists.",
               "let alike = jaccard(item.tags, [\"travel\", \"food\"])", two,
               {{.parameters = {any, any}, .result = types::floating(), .kernel = pair_kernel<float, jaccard_of>}}),
      // No kernel: a node of its own.
      function("len", "How many elements a list has.", "where len(item.tags) > 0", {operand("xs", "the list")},
               {{.parameters = {any}, .result = types::integer()}}),
  };
}

}  // namespace rec::operators
