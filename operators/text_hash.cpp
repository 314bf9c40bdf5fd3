// xxhash64 of a text.
#include "operators/text_hash.h"

#include <xxhash.h>

namespace rec::operators {

uint64_t text_hash(std::string_view text) {
  return XXH64(text.data(), text.size(), 0);
}

}  // namespace rec::operators
