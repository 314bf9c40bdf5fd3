// The shapes of sections: each must have the width and count that the catalog's type asks for.
#include "runtime/store/column_reader.h"

#include <fmt/format.h>

#include <bit>

#include "runtime/store/sections.h"

namespace rec::store {
namespace {

using types::Kind;

std::unexpected<FileProblem> damaged(const MappedFile& file, std::string message) {
  return std::unexpected(
      FileProblem{.reason = FileProblem::Reason::damaged, .path = file.path(), .message = std::move(message)});
}

bool narrow(Kind kind) {
  return kind == Kind::integer || kind == Kind::time || kind == Kind::duration;
}

bool same_type(const SectionEntry& section, const types::Type& type) {
  return section.kind == type.kind && section.element == type.element && (section.optional != 0) == type.optional &&
         section.dimension == type.size;
}

}  // namespace

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
      return 8;
  }
}

std::expected<column::ColumnView, FileProblem> read_column(const MappedFile& file, size_t index,
                                                           const types::Type& type) {
  const uint64_t rows = file.rows();
  const std::string name = fmt::format("{}.values", index);
  const SectionEntry* section = file.section(name);
  if (section == nullptr || !same_type(*section, type)) {
    return damaged(file, fmt::format("column {} is not of type {}", index, types::to_text(type)));
  }
  const bool fits = narrow(type.kind) ? std::has_single_bit(section->width) && section->width <= 8
                                      : section->width == stored_width(type);
  if (!fits || (type.kind != Kind::list && section->count != rows)) {
    return damaged(file, fmt::format("column {} has {} values of {} bytes", index, section->count, section->width));
  }
  column::ColumnView view{
      .type = type, .rows = static_cast<uint32_t>(rows), .width = section->width, .values = file.data(*section)};
  Sections sections(file);
  if (type.kind == Kind::list) view.offsets = sections.read<uint64_t>(fmt::format("{}.offsets", index), rows + 1);
  if (type.optional) view.present = sections.read<uint8_t>(fmt::format("{}.present", index), rows);
  if (sections.problem()) return std::unexpected(*sections.problem());
  return view;
}

std::expected<column::Dictionary, FileProblem> read_dictionary(const MappedFile& file) {
  Sections sections(file);
  const auto* offsets = sections.read<uint64_t>("strings.offsets");
  const auto* bytes = sections.read<char>("strings.bytes");
  const uint64_t count = sections.count("strings.offsets");
  if (!sections.problem() && (count == 0 || count - 1 > INT32_MAX))
    sections.damaged("its dictionary has an impossible size");
  if (sections.problem()) return std::unexpected(*sections.problem());
  return column::Dictionary(static_cast<uint32_t>(count - 1), offsets, bytes);
}

std::expected<Slots, FileProblem> read_slots(const MappedFile& file) {
  Sections sections(file);
  const auto* slots = sections.read<uint32_t>("slots");
  const uint64_t count = sections.count("slots");
  if (!sections.problem() && (!std::has_single_bit(count) || count <= file.rows()))
    sections.damaged(fmt::format("it has {} hash slots for {} rows", count, file.rows()));
  if (sections.problem()) return std::unexpected(*sections.problem());
  return Slots{.slots = slots, .mask = count - 1};
}

}  // namespace rec::store
