// A column of a table that rows were laid over, as it is written: values one a row, in their widest stored form.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "compiler/catalog/catalog.h"
#include "runtime/column/column.h"
#include "runtime/store/overlay.h"

namespace rec::store {

class OverlayColumn {
 public:
  /// `strings`: the new table's, with all texts that will be put. `codes`: the new code of each of the old table; empty
  /// where they stay. Both outlive the column.
  OverlayColumn(const catalog::Column& declared, const column::Dictionary& strings, std::span<const int32_t> codes)
      : declared_(declared), strings_(strings), codes_(codes) {}

  /// The next row's value is that of a row of the old column.
  void put_old(const column::ColumnView& old, uint32_t row);
  /// The next row's value; monostate: missing, with a zero, an empty text or list in its place. An error where a vector
  /// has another length.
  std::optional<std::string> put(const types::Value& value);

  /// The view of what was put, moved into the overlay's memory.
  column::ColumnView keep_in(Overlay& overlay) const;

 private:
  template <typename T>
  void append(T value);
  void append_scalar(types::Kind kind, const types::Value& value);
  void append_list(const types::Value& value);
  std::optional<std::string> append_vector(const types::Value& value);
  void append_old_scalar(const column::ColumnView& old, uint32_t row);
  void append_old_list(const column::ColumnView& old, uint32_t row);
  void end_row(bool present);
  int32_t new_code(int64_t old) const {
    return codes_.empty() ? static_cast<int32_t>(old) : codes_[static_cast<size_t>(old)];
  }
  bool is_list() const { return declared_.type.kind == types::Kind::list; }

  const catalog::Column& declared_;
  const column::Dictionary& strings_;
  std::span<const int32_t> codes_;
  std::vector<std::byte> values_;
  std::vector<uint64_t> offsets_{0};  // of lists
  std::vector<uint8_t> present_;
};

}  // namespace rec::store
