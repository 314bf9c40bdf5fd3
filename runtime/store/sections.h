// Reading the sections of a mapped file one after another; the first that is not as it must be is kept as the problem.
#pragma once

#include <fmt/format.h>

#include <optional>
#include <string>

#include "runtime/store/mapped_file.h"

namespace rec::store {

class Sections {
 public:
  explicit Sections(const MappedFile& file) : file_(file) {}

  /// The elements of a section; nullptr after a problem.
  template <typename T>
  const T* read(std::string_view name, std::optional<uint64_t> count = std::nullopt) {
    const SectionEntry* section = find(name);
    if (section == nullptr) return nullptr;
    if (section->width != sizeof(T) || (count && section->count != *count)) {
      damaged(fmt::format("section `{}` has {} elements of {} bytes", name, section->count, section->width));
      return nullptr;
    }
    return reinterpret_cast<const T*>(file_.data(*section));
  }
  /// The vectors of a section, and how long they are.
  const float* read_vectors(std::string_view name, uint32_t& dimension) {
    const SectionEntry* section = find(name);
    if (section == nullptr) return nullptr;
    dimension = section->dimension;
    if (section->width != dimension * sizeof(float) || dimension == 0) {
      damaged(fmt::format("section `{}` has no vectors", name));
      return nullptr;
    }
    return reinterpret_cast<const float*>(file_.data(*section));
  }
  uint64_t count(std::string_view name) const {
    const SectionEntry* section = file_.section(name);
    return section == nullptr ? 0 : section->count;
  }
  void damaged(std::string message) {
    if (!problem_)
      problem_ = {.reason = FileProblem::Reason::damaged, .path = file_.path(), .message = std::move(message)};
  }
  const std::optional<FileProblem>& problem() const { return problem_; }

 private:
  const SectionEntry* find(std::string_view name) {
    const SectionEntry* section = file_.section(name);
    if (section == nullptr) damaged(fmt::format("section `{}` is not there", name));
    return section;
  }

  const MappedFile& file_;
  std::optional<FileProblem> problem_{};
};

/// Whether offsets begin with 0, ascend, and end with the number of elements.
bool offsets_hold(const uint64_t* offsets, uint64_t rows, uint64_t elements);

}  // namespace rec::store
