// Writing a user's events as one record.
#include <xxhash.h>

#include <cassert>
#include <unordered_map>

#include "runtime/store/bytes.h"
#include "runtime/store/event_codec.h"

namespace rec::store {
namespace {

using types::Kind;
using Which = std::span<const uint32_t>;

/// The strings of one column, each once, in order of appearance; values are positions in that list.
class LocalStrings {
 public:
  explicit LocalStrings(const column::StringSpace& strings) : strings_(strings) {}
  void add(int32_t code) {
    const auto [place, added] = numbers_.emplace(code, numbers_.size());
    if (added) {
      list_.text(strings_.text(code));
    }
    values_.number(place->second);
  }
  void write(ByteWriter& out) {
    out.number(numbers_.size());
    out.raw(list_.view().data(), list_.view().size());
    out.raw(values_.view().data(), values_.view().size());
  }

 private:
  const column::StringSpace& strings_;
  std::unordered_map<int32_t, size_t> numbers_;
  ByteWriter list_, values_;
};

void encode_keys(ByteWriter& out, const column::EventColumns& log, Which which, const Table& items) {
  out.byte(items.has_string_keys() ? 1 : 0);
  for (const uint32_t event : which) {
    const Key key = items.key(log.item[event]);
    if (const auto* number = std::get_if<int64_t>(&key)) {
      out.signed_number(*number);
    } else {
      out.text(std::get<std::string>(key));
    }
  }
}

void encode_times(ByteWriter& out, const column::EventColumns& log, Which which) {
  for (size_t i = 0; i < which.size(); ++i) {
    if (i == 0) {
      out.signed_number(log.time[which[0]]);
    } else {
      out.number(static_cast<uint64_t>(log.time[which[i - 1]]) - static_cast<uint64_t>(log.time[which[i]]));
    }
  }
}

/// One scalar in its physical type, at `data[index]`.
void encode_scalar(ByteWriter& out, LocalStrings& strings, Kind kind, const void* data, size_t index) {
  switch (kind) {
    case Kind::boolean:
      out.byte(static_cast<const uint8_t*>(data)[index]);
      break;
    case Kind::floating:
      out.raw(static_cast<const float*>(data) + index, sizeof(float));
      break;
    case Kind::string:
      strings.add(static_cast<const int32_t*>(data)[index]);
      break;
    default:
      out.signed_number(static_cast<const int64_t*>(data)[index]);
  }
}

void encode_column(ByteWriter& out, const column::EventColumns::Column& column, const types::Type& type, Which which,
                   const column::StringSpace& strings) {
  LocalStrings local(strings);
  for (const uint32_t event : which) {
    const bool there = !type.optional || column.present[event] != 0;
    if (type.optional) {
      out.byte(there ? 1 : 0);
    }
    if (!there) {
      continue;
    }
    if (type.kind == Kind::list) {
      const auto& list = static_cast<const column::ListRef*>(column.data)[event];
      out.number(list.size);
      for (uint32_t i = 0; i < list.size; ++i) {
        encode_scalar(out, local, type.element, list.data, i);
      }
    } else if (type.kind == Kind::vector) {
      out.raw(static_cast<const float* const*>(column.data)[event], size_t{type.size} * sizeof(float));
    } else {
      encode_scalar(out, local, type.kind, column.data, event);
    }
  }
  if (type.kind == Kind::string || type.element == Kind::string) {
    local.write(out);
  }
}

}  // namespace

std::string encode_events(const column::EventColumns& log, Which which, const EventTypes& types, const Table& items,
                          const column::StringSpace& strings) {
  assert(log.columns.size() == types.size());
  ByteWriter out;
  out.number(which.size());
  encode_keys(out, log, which, items);
  encode_times(out, log, which);
  for (size_t i = 0; i < types.size(); ++i) {
    encode_column(out, log.columns[i], types[i], which, strings);
  }
  const auto checksum = static_cast<uint32_t>(XXH64(out.view().data(), out.view().size(), 0));
  out.raw(&checksum, sizeof(checksum));
  return out.take();
}

}  // namespace rec::store
