// The shapes of sections: each must have the width and count that the catalog's type asks for.
#include "runtime/store/column_reader.h"

#include <fmt/format.h>

#include <bit>

namespace rec::store {
namespace {

using types::Kind;

std::unexpected<FileProblem> damaged(const MappedFile& file, std::string message) {
  return std::unexpected(
      FileProblem{.reason = FileProblem::Reason::damaged, .path = file.path(), .message = std::move(message)});
}

std::expected<const SectionEntry*, FileProblem> shaped(const MappedFile& file, const std::string& name, uint32_t width,
                                                       std::optional<uint64_t> count) {
  const SectionEntry* section = file.section(name);
  if (section == nullptr) {
    return damaged(file, fmt::format("section `{}` is not there", name));
  }
  if (section->width != width || (count && section->count != *count)) {
    return damaged(file, fmt::format("section `{}` has {} elements of {} bytes", name, section->count, section->width));
  }
  return section;
}

bool narrow(Kind kind) {
  return kind == Kind::integer || kind == Kind::time || kind == Kind::duration;
}

/// Bytes of one stored value; 0 for ints of a scalar column, which may have any of four widths.
uint32_t stored_width(const types::Type& type) {
  switch (type.kind == Kind::list ? type.element : type.kind) {
    case Kind::boolean:
      return 1;
    case Kind::floating:
    case Kind::string:
      return 4;
    case Kind::vector:
      return 4 * type.size;
    default:
      return type.kind == Kind::list ? 8 : 0;
  }
}

bool same_type(const SectionEntry& section, const types::Type& type) {
  return section.kind == type.kind && section.element == type.element && (section.optional != 0) == type.optional &&
         section.dimension == type.size;
}

template <typename T>
const T* values(const MappedFile& file, const SectionEntry* section) {
  return reinterpret_cast<const T*>(file.data(*section));
}

}  // namespace

std::expected<column::ColumnView, FileProblem> read_column(const MappedFile& file, size_t index,
                                                           const types::Type& type) {
  const uint64_t rows = file.rows();
  const std::string name = fmt::format("{}.values", index);
  const SectionEntry* section = file.section(name);
  if (section == nullptr || !same_type(*section, type)) {
    return damaged(file, fmt::format("column {} is not of type {}", index, types::to_text(type)));
  }
  const uint32_t width = stored_width(type);
  const bool fits = narrow(type.kind) ? std::has_single_bit(section->width) && section->width <= 8
                                      : width > 0 && section->width == width;
  if (!fits || (type.kind != Kind::list && section->count != rows)) {
    return damaged(file, fmt::format("column {} has {} values of {} bytes", index, section->count, section->width));
  }
  column::ColumnView view{
      .type = type, .rows = static_cast<uint32_t>(rows), .width = section->width, .values = file.data(*section)};
  if (type.kind == Kind::list) {
    const auto offsets = shaped(file, fmt::format("{}.offsets", index), 8, rows + 1);
    if (!offsets) {
      return std::unexpected(offsets.error());
    }
    view.offsets = values<uint64_t>(file, *offsets);
  }
  if (type.optional) {
    const auto present = shaped(file, fmt::format("{}.present", index), 1, rows);
    if (!present) {
      return std::unexpected(present.error());
    }
    view.present = values<uint8_t>(file, *present);
  }
  return view;
}

std::expected<column::Dictionary, FileProblem> read_dictionary(const MappedFile& file) {
  const auto offsets = shaped(file, "strings.offsets", 8, std::nullopt);
  if (!offsets) {
    return std::unexpected(offsets.error());
  }
  const auto bytes = shaped(file, "strings.bytes", 1, std::nullopt);
  if (!bytes) {
    return std::unexpected(bytes.error());
  }
  if ((*offsets)->count == 0 || (*offsets)->count - 1 > INT32_MAX) {
    return damaged(file, "its dictionary has an impossible size");
  }
  return column::Dictionary(static_cast<uint32_t>((*offsets)->count - 1), values<uint64_t>(file, *offsets),
                            values<char>(file, *bytes));
}

std::expected<Slots, FileProblem> read_slots(const MappedFile& file) {
  const auto section = shaped(file, "slots", 4, std::nullopt);
  if (!section) {
    return std::unexpected(section.error());
  }
  const uint64_t count = (*section)->count;
  if (!std::has_single_bit(count) || count <= file.rows()) {
    return damaged(file, fmt::format("it has {} hash slots for {} rows", count, file.rows()));
  }
  return Slots{.slots = values<uint32_t>(file, *section), .mask = count - 1};
}

}  // namespace rec::store
