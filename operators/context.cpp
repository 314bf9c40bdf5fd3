// What a kernel may look at besides its operands.
#include "operators/operator.h"

namespace rec::operators {

const store::Table* KernelContext::table(std::string_view name) const {
  if (generation != nullptr) return generation->table(name);
  return items != nullptr && items->name() == name ? items : nullptr;
}

}  // namespace rec::operators
