// Reading a user's events back from a record, whatever its bytes are.
#include <xxhash.h>

#include <algorithm>

#include "runtime/store/bytes.h"
#include "runtime/store/event_codec.h"

namespace rec::store {
namespace {

using types::Kind;

/// The rows of the record's items, kNoRow for those that are gone.
std::span<uint32_t> decode_items(ByteReader& in, size_t count, const Table& items, column::Arena& arena) {
  const auto rows = arena.allocate<uint32_t>(count);
  const uint8_t tag = in.byte();
  if (tag > 1) {
    in.fail();
  }
  if (tag == 1) {
    for (uint32_t& row : rows) row = items.find(in.text()).value_or(column::kNoRow);
    return rows;
  }
  const auto keys = arena.allocate<int64_t>(count);
  for (int64_t& key : keys) key = in.signed_number();
  items.find_all(keys, rows.data());
  return rows;
}

const int64_t* decode_times(ByteReader& in, std::span<const uint32_t> rows, column::Arena& arena) {
  const auto times = arena.allocate<int64_t>(rows.size());
  size_t kept = 0;
  uint64_t time = 0;
  for (size_t i = 0; i < rows.size(); ++i) {
    time = i == 0 ? static_cast<uint64_t>(in.signed_number()) : time - in.number();
    times[kept] = static_cast<int64_t>(time);
    kept += rows[i] == column::kNoRow ? 0 : 1;
  }
  return times.data();
}

void* allocate_scalars(Kind kind, size_t count, column::Arena& arena) {
  const size_t width = kind == Kind::boolean ? 1 : kind == Kind::floating || kind == Kind::string ? 4 : 8;
  void* memory = arena.allocate_bytes(count * width);
  std::memset(memory, 0, count * width);
  return memory;
}

void decode_scalar(ByteReader& in, Kind kind, void* data, size_t index) {
  switch (kind) {
    case Kind::boolean:
      static_cast<uint8_t*>(data)[index] = in.byte() != 0 ? 1 : 0;
      break;
    case Kind::floating:
      in.raw(static_cast<float*>(data) + index, sizeof(float));
      break;
    case Kind::string:
      break;  // comes behind the column, see decode_strings
    default:
      static_cast<int64_t*>(data)[index] = in.signed_number();
  }
}

/// The texts of a column's strings behind its other bytes: a list of distinct ones, then a position for each value.
void decode_strings(ByteReader& in, std::span<int32_t* const> values, column::StringSpace& strings) {
  std::vector<int32_t> codes(in.count(1));
  std::ranges::generate(codes, [&] { return strings.intern(in.text()); });
  for (int32_t* value : values) {
    const uint64_t position = in.number();
    if (position >= codes.size()) {
      in.fail();
      return;
    }
    *value = codes[position];
  }
}

class ColumnDecoder {
 public:
  ColumnDecoder(ByteReader& in, const types::Type& type, std::span<const uint32_t> rows, column::Arena& arena)
      : in_(in), type_(type), rows_(rows), arena_(arena) {
    const size_t count = rows.size();  // an event that is gone is decoded where the next one will stand
    if (type.kind == Kind::list) {
      data_ = arena.allocate<column::ListRef>(count).data();
    } else if (type.kind == Kind::vector) {
      data_ = arena.allocate<const float*>(count).data();
    } else {
      data_ = allocate_scalars(type.kind, count, arena);
    }
    present_ = type.optional ? arena.allocate<uint8_t>(count).data() : nullptr;
  }

  column::EventColumns::Column decode(column::StringSpace& strings) {
    size_t kept = 0;
    for (const uint32_t row : rows_) {
      const bool there = !type_.optional || in_.byte() != 0;
      if (type_.optional) {
        present_[kept] = there ? 1 : 0;
      }
      decode_value(kept, there, row != column::kNoRow);
      kept += row == column::kNoRow ? 0 : 1;
      if (!in_.ok()) {
        break;
      }
    }
    if (type_.kind == Kind::string || type_.element == Kind::string) {
      decode_strings(in_, targets_, strings);
    }
    return {.data = data_, .present = present_};
  }

 private:
  void decode_value(size_t index, bool there, bool kept) {
    if (type_.kind == Kind::list) {
      static_cast<column::ListRef*>(data_)[index] = there ? decode_list() : column::ListRef{};
    } else if (type_.kind == Kind::vector) {
      static_cast<const float**>(data_)[index] = there ? decode_vector() : nullptr;
    } else if (type_.kind == Kind::string) {
      auto* value = static_cast<int32_t*>(data_) + index;
      *value = 0;
      if (there) {
        targets_.push_back(kept ? value : &ignored_);
      }
    } else if (there) {
      decode_scalar(in_, type_.kind, data_, index);
    } else {
      std::memset(static_cast<std::byte*>(data_) + index * width(), 0, width());
    }
  }

  size_t width() const { return type_.kind == Kind::boolean ? 1 : type_.kind == Kind::floating ? 4 : 8; }

  column::ListRef decode_list() {
    const size_t size = in_.count(type_.element == Kind::floating ? 4 : 1);
    if (type_.element == Kind::string && targets_.size() + size > in_.left()) {
      in_.fail();  // each of them takes a byte behind the column
      return {};
    }
    void* elements = allocate_scalars(type_.element, size, arena_);
    for (size_t i = 0; i < size; ++i) {
      if (type_.element == Kind::string) {
        targets_.push_back(static_cast<int32_t*>(elements) + i);
      } else {
        decode_scalar(in_, type_.element, elements, i);
      }
    }
    return {.data = elements, .size = static_cast<uint32_t>(size)};
  }

  const float* decode_vector() {
    const size_t bytes = size_t{type_.size} * sizeof(float);
    if (bytes > in_.left()) {
      in_.fail();
      return nullptr;
    }
    const auto values = arena_.allocate<float>(type_.size);
    in_.raw(values.data(), bytes);
    return values.data();
  }

  ByteReader& in_;
  const types::Type& type_;
  std::span<const uint32_t> rows_;
  column::Arena& arena_;
  void* data_ = nullptr;
  uint8_t* present_ = nullptr;
  std::vector<int32_t*> targets_;  // where each string of the column goes, in order
  int32_t ignored_ = 0;
};

}  // namespace

std::expected<SequenceRead, std::string> decode_events(std::string_view record, const EventTypes& types,
                                                       const Table& items, column::StringSpace& strings,
                                                       column::Arena& arena) {
  uint32_t checksum = 0;
  if (record.size() < sizeof(checksum)) {
    return std::unexpected("a record of the user store is too short");
  }
  const std::string_view bytes = record.substr(0, record.size() - sizeof(checksum));
  std::memcpy(&checksum, record.data() + bytes.size(), sizeof(checksum));
  if (checksum != static_cast<uint32_t>(XXH64(bytes.data(), bytes.size(), 0))) {
    return std::unexpected("the checksum of a record of the user store does not match");
  }
  ByteReader in(bytes);
  const size_t count = in.count(2);
  const auto rows = decode_items(in, count, items, arena);
  SequenceRead read;
  read.events.time = decode_times(in, rows, arena);
  for (const types::Type& type : types) {
    read.events.columns.push_back(ColumnDecoder(in, type, rows, arena).decode(strings));
  }
  if (!in.ok() || in.left() != 0) {
    return std::unexpected("a record of the user store does not have the columns of its events");
  }
  const auto end = std::ranges::remove(rows, column::kNoRow).begin();
  read.events.size = static_cast<size_t>(end - rows.begin());
  read.events.item = rows.data();
  read.gone = static_cast<uint32_t>(rows.size() - read.events.size);
  return read;
}

}  // namespace rec::store
