// Parsing fields by type.
#include "offline/ingest/field.h"

#include <fmt/format.h>

#include <cmath>

#include "compiler/types/text.h"

namespace rec::ingest {
namespace {

using types::Kind;

std::optional<int64_t> scaled(std::string_view text, int64_t factor) {
  if (const auto whole = types::parse_int(text)) {
    int64_t product = 0;
    if (__builtin_mul_overflow(*whole, factor, &product)) {
      return std::nullopt;
    }
    return product;
  }
  const auto number = types::parse_double(text);
  constexpr double kLimit = 9.2e18;
  const double product = number.value_or(NAN) * static_cast<double>(factor);
  if (!(std::abs(product) < kLimit)) {
    return std::nullopt;
  }
  return std::llrint(product);
}

std::optional<int64_t> parse_bool(std::string_view text) {
  if (text == "true" || text == "1") {
    return 1;
  }
  if (text == "false" || text == "0") {
    return 0;
  }
  return std::nullopt;
}

/// A scalar or element of `kind`; false: the text is none.
bool append_scalar(std::string_view text, Kind kind, catalog::TimeFormat format, store::StringPool& pool,
                   store::ColumnData& data) {
  if (kind == Kind::string) {
    data.strings.push_back(pool.add(text));
    return true;
  }
  if (kind == Kind::floating) {
    const auto value = types::parse_float(text);
    if (value) {
      data.floats.push_back(*value);
    }
    return value.has_value();
  }
  const auto value = kind == Kind::boolean    ? parse_bool(text)
                     : kind == Kind::integer  ? types::parse_int(text)
                     : kind == Kind::duration ? types::parse_duration(text)
                                              : parse_time_field(text, format);
  if (value) {
    data.integers.push_back(*value);
  }
  return value.has_value();
}

/// Calls `use` with each element; an empty text has none.
template <typename Use>
bool split(std::string_view text, char separator, Use use) {
  while (!text.empty()) {
    const size_t end = text.find(separator);
    if (!use(text.substr(0, end))) {
      return false;
    }
    if (end == std::string_view::npos) {
      return true;
    }
    text.remove_prefix(end + 1);
    if (text.empty()) {
      return use(text);  // "a|" has an empty last element
    }
  }
  return true;
}

size_t elements(const store::ColumnData& data) {
  return data.integers.size() + data.floats.size() + data.strings.size();
}

std::optional<std::string> append_list(std::string_view text, const catalog::Column& column, store::StringPool& pool,
                                       store::ColumnData& data) {
  const bool parsed = split(text, column.separator, [&](std::string_view element) {
    return append_scalar(element, data.type.element, column.time_format, pool, data);
  });
  if (!parsed) {
    return fmt::format("`{}` is no {}", column.name, types::to_text(types::required(column.type)));
  }
  data.offsets.push_back(elements(data));
  return std::nullopt;
}

std::optional<std::string> append_written_vector(std::string_view text, const catalog::Column& column,
                                                 store::StringPool& pool, store::ColumnData& data) {
  std::vector<float> values;
  const bool parsed = split(text, column.separator, [&](std::string_view element) {
    const auto value = types::parse_float(element);
    values.push_back(value.value_or(0));
    return value.has_value();
  });
  if (!parsed || values.size() != column.type.size) {
    return fmt::format("`{}` is no {}", column.name, types::to_text(types::required(column.type)));
  }
  return append_vector(values.data(), column, pool, data);
}

void mark_present(store::ColumnData& data) {
  if (data.type.optional) {
    data.present.push_back(1);
  }
}

}  // namespace

std::optional<int64_t> parse_time_field(std::string_view text, catalog::TimeFormat format) {
  switch (format) {
    case catalog::TimeFormat::unix_seconds:
      return scaled(text, 1'000'000);
    case catalog::TimeFormat::unix_milliseconds:
      return scaled(text, 1'000);
    case catalog::TimeFormat::unix_microseconds:
      return scaled(text, 1);
    case catalog::TimeFormat::iso:
      return types::parse_time(text);
  }
  return std::nullopt;
}

std::optional<std::string> append_field(std::string_view text, const catalog::Column& column, store::StringPool& pool,
                                        store::ColumnData& data) {
  const Kind kind = column.type.kind;
  if (text.empty() && column.type.optional) {
    append_missing(pool, data);
    return std::nullopt;
  }
  if (text.empty() && kind != Kind::list && (kind != Kind::string || column.is_key)) {
    return fmt::format("`{}` is missing", column.name);
  }
  const size_t before = data.type.kind == Kind::list ? data.offsets.size() - 1 : 0;
  std::optional<std::string> reason;
  if (kind == Kind::list) {
    reason = append_list(text, column, pool, data);
  } else if (kind == Kind::vector) {
    return append_written_vector(text, column, pool, data);
  } else if (!append_scalar(text, kind, column.time_format, pool, data)) {
    reason = fmt::format("`{}` is no {}", column.name, types::to_text(types::required(column.type)));
  }
  if (!reason) {
    mark_present(data);
  } else if (kind == Kind::list) {
    truncate(data, before);
  }
  return reason;
}

void append_missing(store::StringPool& pool, store::ColumnData& data) {
  data.present.push_back(0);
  switch (data.type.kind) {
    case Kind::list:
      data.offsets.push_back(data.offsets.back());
      break;
    case Kind::string:
      data.strings.push_back(pool.add(""));
      break;
    case Kind::floating:
      data.floats.push_back(0);
      break;
    case Kind::vector:
      data.floats.resize(data.floats.size() + data.type.size);
      break;
    default:
      data.integers.push_back(0);
  }
}

std::optional<std::string> append_vector(const float* values, const catalog::Column& column, store::StringPool& pool,
                                         store::ColumnData& data) {
  size_t finite = 0;
  size_t nan = 0;
  for (size_t i = 0; i < data.type.size; ++i) {
    finite += std::isfinite(values[i]) ? 1 : 0;
    nan += std::isnan(values[i]) ? 1 : 0;
  }
  if (nan == data.type.size && data.type.optional) {
    append_missing(pool, data);
    return std::nullopt;
  }
  if (finite != data.type.size) {
    return fmt::format("`{}` is not finite", column.name);
  }
  data.floats.insert(data.floats.end(), values, values + data.type.size);
  mark_present(data);
  return std::nullopt;
}

store::ColumnData empty_column(const types::Type& type) {
  store::ColumnData data{.type = type};
  if (type.kind == Kind::list) {
    data.offsets.push_back(0);
  }
  return data;
}

void truncate(store::ColumnData& data, size_t rows) {
  size_t values = rows;
  if (data.type.kind == Kind::list) {
    values = data.offsets[rows];
    data.offsets.resize(rows + 1);
  }
  const Kind kind = data.type.kind == Kind::list ? data.type.element : data.type.kind;
  if (kind == Kind::vector) {
    data.floats.resize(rows * data.type.size);
  } else if (kind == Kind::floating) {
    data.floats.resize(values);
  } else if (kind == Kind::string) {
    data.strings.resize(values);
  } else {
    data.integers.resize(values);
  }
  if (data.type.optional) {
    data.present.resize(rows);
  }
}

}  // namespace rec::ingest
