// dot, cosine and l2 of vectors.
#include <cmath>

#include "operators/functions/signature.h"
#include "operators/list.h"
#include "operators/numerics/vectors.h"

namespace rec::operators {

namespace {

// A missing vector (behind a proof that it decides nothing) gives 0.
template <auto Function>
void pair_kernel(const KernelCall& call) {
  const auto* a = call.args[0].as<const float*>();
  const auto* b = call.args[1].as<const float*>();
  const size_t size = call.args[0].type->size;
  float* out = call.result<float>();
  for (size_t i = 0; i < call.n; ++i)
    out[i] = a[i] == nullptr || b[i] == nullptr ? 0.0F : static_cast<float>(Function(a[i], b[i], size));
}

double distance(const float* a, const float* b, size_t size) {
  return std::sqrt(numerics::squared_distance(a, b, size));
}

// Against one vector for all rows (a user's), its own length is computed once. Same bits as numerics::cosine.
void cosine_kernel(const KernelCall& call) {
  if (call.n == 0) return;
  const auto* a = call.args[0].as<const float*>();
  const auto* b = call.args[1].as<const float*>();
  const size_t size = call.args[0].type->size;
  float* out = call.result<float>();
  const float *last_a = nullptr, *last_b = nullptr;
  double aa = 0, bb = 0;
  for (size_t i = 0; i < call.n; ++i) {
    if (a[i] == nullptr || b[i] == nullptr) {
      out[i] = 0;
      continue;
    }
    if (a[i] != last_a) aa = numerics::dot(a[i], a[i], size);
    if (b[i] != last_b) bb = numerics::dot(b[i], b[i], size);
    last_a = a[i];
    last_b = b[i];
    out[i] = numerics::cosine_of(numerics::dot(a[i], b[i], size), aa, bb);
  }
}

OperatorDef of_pair(std::string name, std::string doc, Kernel kernel) {
  std::string example = "let same = " + name + "(item.content, item.content)";
  return function(
      std::move(name), std::move(doc), std::move(example),
      {operand("a", "one vector"), operand("b", "the other, of the same dimension")},
      {{.parameters = {types::vector(0), types::vector(0)}, .result = types::floating(), .kernel = kernel}});
}

}  // namespace

std::vector<OperatorDef> vector_functions() {
  return {of_pair("dot", "The dot product of two vectors.", pair_kernel<numerics::dot>),
          of_pair("cosine", "The cosine between two vectors; 0 where one is zero.", cosine_kernel),
          of_pair("l2", "The Euclidean distance between two vectors.", pair_kernel<distance>)};
}

}  // namespace rec::operators
