// Values and old rows as the bytes of a column.
#include "runtime/store/overlay_column.h"

#include <fmt/format.h>

#include "runtime/store/column_reader.h"
#include "runtime/store/overlay_indexes.h"

namespace rec::store {

using types::Kind;
using types::Value;

void OverlayColumn::put_old(const column::ColumnView& old, uint32_t row) {
  if (is_list()) {
    append_old_list(old, row);
  } else {
    append_old_scalar(old, row);
  }
  end_row(old.has(row));
}

std::optional<std::string> OverlayColumn::put(const Value& value) {
  if (is_list()) {
    append_list(value);
  } else if (declared_.type.kind == Kind::vector) {
    if (auto wrong = append_vector(value)) return wrong;
  } else {
    append_scalar(declared_.type.kind, value);
  }
  end_row(!std::holds_alternative<std::monostate>(value));
  return {};
}

column::ColumnView OverlayColumn::keep_in(Overlay& overlay) const {
  column::ColumnView out{.type = declared_.type,
                         .rows = static_cast<uint32_t>(present_.size()),
                         .width = stored_width(declared_.type),
                         .values = keep(overlay, values_)};
  if (is_list()) out.offsets = keep(overlay, offsets_);
  if (declared_.type.optional) out.present = keep(overlay, present_);
  return out;
}

void OverlayColumn::end_row(bool present) {
  present_.push_back(present ? 1 : 0);
  if (is_list()) offsets_.push_back(values_.size() / stored_width(declared_.type));
}

template <typename T>
void OverlayColumn::append(T value) {
  const auto* bytes = reinterpret_cast<const std::byte*>(&value);
  values_.insert(values_.end(), bytes, bytes + sizeof(T));
}

void OverlayColumn::append_scalar(Kind kind, const Value& value) {
  switch (kind) {
    case Kind::boolean:
      return append<uint8_t>(std::get_if<bool>(&value) != nullptr && std::get<bool>(value) ? 1 : 0);
    case Kind::floating:
      return append<float>(std::get_if<float>(&value) != nullptr ? std::get<float>(value) : 0.0F);
    case Kind::string: {
      const auto* text = std::get_if<std::string>(&value);
      return append<int32_t>(*strings_.find(text != nullptr ? std::string_view(*text) : std::string_view()));
    }
    default:
      return append<int64_t>(std::get_if<int64_t>(&value) != nullptr ? std::get<int64_t>(value) : 0);
  }
}

void OverlayColumn::append_list(const Value& value) {
  const Kind element = declared_.type.element;
  const auto each = [&](const auto& list) {
    for (const auto& one : list) append_scalar(element, Value{one});
  };
  if (const auto* ints = std::get_if<std::vector<int64_t>>(&value)) {
    if (element == Kind::boolean) {
      for (const int64_t one : *ints) append<uint8_t>(one != 0 ? 1 : 0);
    } else {
      each(*ints);
    }
  }
  if (const auto* floats = std::get_if<std::vector<float>>(&value)) each(*floats);
  if (const auto* texts = std::get_if<std::vector<std::string>>(&value)) each(*texts);
  if (const auto* bools = std::get_if<std::vector<bool>>(&value)) {
    for (const bool one : *bools) append<uint8_t>(one ? 1 : 0);
  }
}

std::optional<std::string> OverlayColumn::append_vector(const Value& value) {
  const uint32_t size = declared_.type.size;
  const auto* floats = std::get_if<std::vector<float>>(&value);
  if (floats != nullptr && floats->size() != size)
    return fmt::format("`{}` is a vector of {}, and {} numbers are given", declared_.name, size, floats->size());
  for (uint32_t e = 0; e < size; ++e) append<float>(floats != nullptr ? (*floats)[e] : 0.0F);
  return {};
}

void OverlayColumn::append_old_scalar(const column::ColumnView& old, uint32_t row) {
  switch (old.type.kind) {
    case Kind::boolean:
      return append<uint8_t>(static_cast<uint8_t>(old.integer(row)));
    case Kind::floating:
      return append<float>(old.floating(row));
    case Kind::string:
      return append<int32_t>(new_code(old.integer(row)));
    case Kind::vector:
      for (uint32_t e = 0; e < old.type.size; ++e)
        append<float>(reinterpret_cast<const float*>(old.values)[size_t{row} * old.type.size + e]);
      return;
    default:
      return append<int64_t>(old.integer(row));
  }
}

void OverlayColumn::append_old_list(const column::ColumnView& old, uint32_t row) {
  const column::ListRef list = old.list(row);
  if (old.type.element == Kind::string) {
    for (const int32_t code : list.as<int32_t>()) append<int32_t>(new_code(code));
  } else {
    const auto* bytes = static_cast<const std::byte*>(list.data);
    values_.insert(values_.end(), bytes, bytes + size_t{list.size} * old.width);
  }
}

}  // namespace rec::store
