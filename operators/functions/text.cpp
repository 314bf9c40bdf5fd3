// starts_with.
#include <string_view>

#include "operators/functions/signature.h"
#include "operators/list.h"

namespace rec::operators {

namespace {

void starts_with_kernel(const KernelCall& call) {
  const auto* text = call.args[0].as<int32_t>();
  const auto* prefix = call.args[1].as<int32_t>();
  uint8_t* out = call.result<uint8_t>();
  column::StringSpace& strings = *call.context->strings;
  for (size_t i = 0; i < call.n; ++i) out[i] = strings.text(text[i]).starts_with(strings.text(prefix[i])) ? 1 : 0;
}

}  // namespace

std::vector<OperatorDef> text_functions() {
  return {function(
      "starts_with", "Whether a string begins with another, byte for byte.", "where starts_with(item.topic, \"mu\")",
      {operand("s", "the string"), operand("prefix", "its beginning")},
      {{.parameters = {types::string(), types::string()}, .result = types::boolean(), .kernel = starts_with_kernel}})};
}

}  // namespace rec::operators
