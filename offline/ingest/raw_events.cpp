// Events to bytes and back, value by value, and laid out newest first.
#include "offline/ingest/raw_events.h"

#include <algorithm>
#include <numeric>

#include "offline/ingest/field.h"

namespace rec::ingest {
namespace {

using store::ByteReader;
using store::ByteWriter;
using types::Kind;

void write_scalar(ByteWriter& out, const RawEvents& raw, const store::ColumnData& data, Kind kind, size_t at) {
  switch (kind) {
    case Kind::floating:
      return out.raw(&data.floats[at], sizeof(float));
    case Kind::string:
      return out.text(raw.pool.text(data.strings[at]));
    default:
      return out.signed_number(data.integers[at]);
  }
}

void read_scalar(ByteReader& in, RawEvents& raw, store::ColumnData& data, Kind kind) {
  switch (kind) {
    case Kind::floating:
      return in.raw(&data.floats.emplace_back(), sizeof(float));
    case Kind::string:
      return data.strings.push_back(raw.pool.add(in.text()));
    default:
      return data.integers.push_back(in.signed_number());
  }
}

void write_value(ByteWriter& out, const RawEvents& raw, const store::ColumnData& data, size_t index) {
  if (data.type.optional) out.byte(data.present[index]);
  if (data.type.kind == Kind::list) {
    out.number(data.offsets[index + 1] - data.offsets[index]);
    for (uint64_t at = data.offsets[index]; at < data.offsets[index + 1]; ++at)
      write_scalar(out, raw, data, data.type.element, at);
  } else if (data.type.kind == Kind::vector) {
    out.raw(data.floats.data() + index * data.type.size, data.type.size * sizeof(float));
  } else {
    write_scalar(out, raw, data, data.type.kind, index);
  }
}

void read_value(ByteReader& in, RawEvents& raw, store::ColumnData& data) {
  if (data.type.optional) data.present.push_back(in.byte());
  if (data.type.kind == Kind::list) {
    const size_t count = in.count(1);
    for (size_t i = 0; i < count; ++i) read_scalar(in, raw, data, data.type.element);
    data.offsets.push_back(data.offsets.back() + count);
  } else if (data.type.kind == Kind::vector) {
    data.floats.resize(data.floats.size() + data.type.size);
    in.raw(data.floats.data() + data.floats.size() - data.type.size, data.type.size * sizeof(float));
  } else {
    read_scalar(in, raw, data, data.type.kind);
  }
}

template <typename T, typename From, typename Convert>
std::span<T> arrange(column::Arena& arena, std::span<const uint32_t> order, const From& from, Convert convert) {
  const auto to = arena.allocate<T>(order.size());
  for (size_t i = 0; i < order.size(); ++i) {
    to[i] = convert(from[order[i]]);
  }
  return to;
}

template <typename T>
std::span<T> arrange(column::Arena& arena, std::span<const uint32_t> order, const std::vector<T>& from) {
  return arrange<T>(arena, order, from, [](T value) { return value; });
}

/// All elements of a list column in their physical type.
const std::byte* list_elements(column::Arena& arena, const store::ColumnData& data, std::span<const int32_t> codes,
                               size_t& width) {
  const auto copy = [&]<typename T>(T, const auto& from) {
    const auto to = arena.allocate<T>(from.size());
    std::ranges::transform(from, to.begin(), [](auto value) { return static_cast<T>(value); });
    width = sizeof(T);
    return reinterpret_cast<const std::byte*>(to.data());
  };
  switch (data.type.element) {
    case Kind::boolean:
      return copy(uint8_t{}, data.integers);
    case Kind::floating:
      return copy(float{}, data.floats);
    case Kind::string: {
      const auto to = arena.allocate<int32_t>(data.strings.size());
      std::ranges::transform(data.strings, to.begin(), [&](uint32_t number) { return codes[number]; });
      width = sizeof(int32_t);
      return reinterpret_cast<const std::byte*>(to.data());
    }
    default:
      return copy(int64_t{}, data.integers);
  }
}

/// A column in its physical type, in the order of the events. `codes`: of the pool's strings.
column::EventColumns::Column lay_out(column::Arena& arena, const store::ColumnData& data,
                                     std::span<const uint32_t> order, std::span<const int32_t> codes) {
  column::EventColumns::Column out;
  if (data.type.optional) {
    out.present = arrange(arena, order, data.present).data();
  }
  switch (data.type.kind) {
    case Kind::boolean:
      out.data =
          arrange<uint8_t>(arena, order, data.integers, [](int64_t v) { return static_cast<uint8_t>(v); }).data();
      break;
    case Kind::floating:
      out.data = arrange(arena, order, data.floats).data();
      break;
    case Kind::string:
      out.data = arrange<int32_t>(arena, order, data.strings, [&](uint32_t number) { return codes[number]; }).data();
      break;
    case Kind::list: {
      size_t width = 0;
      const std::byte* elements = list_elements(arena, data, codes, width);
      const auto lists = arena.allocate<column::ListRef>(order.size());
      for (size_t i = 0; i < order.size(); ++i) {
        const uint64_t begin = data.offsets[order[i]];
        lists[i] = {.data = elements + begin * width,
                    .size = static_cast<uint32_t>(data.offsets[order[i] + size_t{1}] - begin)};
      }
      out.data = lists.data();
      break;
    }
    case Kind::vector: {
      const auto floats = arena.allocate<float>(data.floats.size());
      std::ranges::copy(data.floats, floats.begin());
      const auto vectors = arena.allocate<const float*>(order.size());
      for (size_t i = 0; i < order.size(); ++i) {
        const bool there = !data.type.optional || data.present[order[i]] != 0;
        vectors[i] = there ? floats.data() + size_t{order[i]} * data.type.size : nullptr;
      }
      out.data = vectors.data();
      break;
    }
    default:
      out.data = arrange(arena, order, data.integers).data();
  }
  return out;
}

}  // namespace

RawEvents::RawEvents(const catalog::Events& events) {
  for (const catalog::Column& column : events.columns) columns.push_back(empty_column(column.type));
}

uint64_t RawEvents::bytes() const {
  constexpr uint64_t kTextBytes = 96;  // of a pool's entry, beside the text
  for (; counted_ < pool.size(); ++counted_) text_bytes_ += kTextBytes + pool.text(counted_).size();
  uint64_t bytes = text_bytes_ + size() * (2 * sizeof(uint32_t) + sizeof(int64_t) + sizeof(uint64_t));
  for (const store::ColumnData& data : columns) {
    bytes += data.present.size() + (data.offsets.size() + data.integers.size()) * sizeof(int64_t) +
             (data.floats.size() + data.strings.size()) * sizeof(float);
  }
  return bytes;
}

void write_event(ByteWriter& out, const RawEvents& raw, size_t index, uint64_t place) {
  out.number(raw.user[index]);
  out.number(raw.item[index]);
  out.signed_number(raw.time[index]);
  out.number(place);
  for (const store::ColumnData& data : raw.columns) write_value(out, raw, data, index);
}

void read_event(ByteReader& in, RawEvents& raw) {
  raw.user.push_back(static_cast<uint32_t>(in.number()));
  raw.item.push_back(static_cast<uint32_t>(in.number()));
  raw.time.push_back(in.signed_number());
  raw.place.push_back(in.number());
  for (store::ColumnData& data : raw.columns) read_value(in, raw, data);
}

void remove_last(RawEvents& raw) {
  raw.user.pop_back();
  raw.item.pop_back();
  raw.time.pop_back();
  raw.place.pop_back();
  for (store::ColumnData& data : raw.columns) truncate(data, raw.size());
}

void lay_out(const RawEvents& raw, const store::Table& items, EventLog& log) {
  std::vector<uint32_t> order(raw.size());
  std::iota(order.rbegin(), order.rend(), 0U);
  const auto newer = [&](uint32_t a, uint32_t b) {
    return raw.time[a] != raw.time[b] ? raw.time[a] > raw.time[b] : !raw.place.empty() && raw.place[a] > raw.place[b];
  };
  if (!std::ranges::is_sorted(order, newer)) std::ranges::stable_sort(order, newer);
  if (log.strings == nullptr) log.strings = std::make_shared<column::StringSpace>(items.strings());
  std::vector<int32_t> codes;
  for (uint32_t number = 0; number < raw.pool.size(); ++number) {
    codes.push_back(log.strings->intern(raw.pool.text(number)));
  }
  column::Arena& arena = log.arena;
  log.user = arrange(arena, order, raw.user);
  if (!raw.place.empty()) log.place = arrange(arena, order, raw.place);
  log.events.size = order.size();
  log.events.time = arrange(arena, order, raw.time).data();
  log.events.item = arrange(arena, order, raw.item).data();
  for (const store::ColumnData& data : raw.columns) {
    log.events.columns.push_back(lay_out(arena, data, order, codes));
  }
}

}  // namespace rec::ingest
