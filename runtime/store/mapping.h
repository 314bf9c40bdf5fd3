// What keeps a generation's files mapped for as long as it lives.
#pragma once

#include "runtime/store/generation.h"
#include "runtime/store/mapped_file.h"

namespace rec::store {

struct Generation::Mapping {
  explicit Mapping(MappedFile mapped) : file(std::move(mapped)) {}
  MappedFile file;
};

}  // namespace rec::store
