// hash(x, ..., n): a number from 0 to n - 1 that depends on the values alone, the same on every machine.
#include <string>

#include "compiler/types/text.h"
#include "operators/functions/signature.h"
#include "operators/list.h"
#include "operators/text_hash.h"

namespace rec::operators {

namespace {

void append_value(std::string& text, const Operand& operand, size_t i, const KernelContext& context) {
  using types::Kind;
  switch (operand.type->kind) {
    case Kind::boolean:
      text += operand.as<uint8_t>()[i] != 0 ? "true" : "false";
      return;
    case Kind::integer:
      text += std::to_string(operand.as<int64_t>()[i]);
      return;
    case Kind::floating:
      text += types::format_float(operand.as<float>()[i]);
      return;
    case Kind::string:
      text += context.strings->text(operand.as<int32_t>()[i]);
      return;
    case Kind::time:
      text += types::format_time(operand.as<int64_t>()[i]);
      return;
    case Kind::duration:
      text += types::format_duration(operand.as<int64_t>()[i]);
      return;
    case Kind::enumeration: {
      const auto variant = static_cast<size_t>(operand.as<int32_t>()[i]);
      if (operand.type->names != nullptr && variant < operand.type->names->size())
        text += (*operand.type->names)[variant];
      return;
    }
    case Kind::row: {
      const uint32_t row = operand.as<uint32_t>()[i];
      const store::Table* table = context.table(operand.type->name);
      if (table != nullptr && row < table->rows()) text += table->key_text(row);
      return;
    }
    default:
      return;  // lists, vectors and sequences have no text; the checker refuses them
  }
}

void hash_kernel(const KernelCall& call) {
  const size_t values = call.args.size() - 1;
  const int64_t* n = call.args[values].as<int64_t>();
  int64_t* out = call.result<int64_t>();
  std::string text;
  for (size_t i = 0; i < call.n; ++i) {
    text.clear();
    for (size_t k = 0; k < values; ++k) {
      if (k > 0) text += ':';
      append_value(text, call.args[k], i, *call.context);
    }
    out[i] = n[i] < 1 ? 0 : static_cast<int64_t>(text_hash(text) % static_cast<uint64_t>(n[i]));
  }
}

std::string check_hash(std::span<const std::optional<types::Value>> arguments) {
  if (arguments.empty() || !arguments.back()) return {};
  const int64_t* n = std::get_if<int64_t>(&*arguments.back());
  return n != nullptr && *n < 1 ? "the last argument of `hash`, the number of results, must be at least 1"
                                : std::string();
}

}  // namespace

std::vector<OperatorDef> hash_functions() {
  OperatorDef def = function(
      "hash",
      "xxhash64 (seed 0) of the values' texts joined by `:`, modulo n; a row by its key, a float in its shortest form.",
      "let tenth = hash(item.author, \"salt\", 10)",
      {operand("x", "the values, any scalars, one or more"), operand("n", "how many results there are, at least 1")},
      {{.parameters = {types::integer()}, .result = types::integer(), .kernel = hash_kernel}});
  std::get<FunctionDef>(def.what).variadic = true;
  std::get<FunctionDef>(def.what).check_constants = check_hash;
  return {def};
}

}  // namespace rec::operators
