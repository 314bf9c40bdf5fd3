// Writes JSON, compact or indented.
#include "runtime/engine/json_writer.h"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "compiler/types/text.h"

namespace rec::engine {

using types::Kind;

void JsonWriter::line_end() {
  if (pretty_) out_.append("\n").append(2 * depth_, ' ');
}

void JsonWriter::separate() {
  if (after_key_) {
    after_key_ = false;
    return;
  }
  if (depth_ == 0) return;
  if (!first_) out_ += pretty_ ? "," : ", ";
  line_end();
}

JsonWriter& JsonWriter::raw(std::string_view token) {
  separate();
  out_ += token;
  first_ = false;
  return *this;
}

JsonWriter& JsonWriter::open(char bracket) {
  separate();
  out_ += bracket;
  first_ = true;
  ++depth_;
  return *this;
}

JsonWriter& JsonWriter::close(char bracket) {
  --depth_;
  if (!first_) line_end();
  out_ += bracket;
  first_ = false;
  return *this;
}

JsonWriter& JsonWriter::key(std::string_view name) {
  text(name);
  out_ += ": ";
  after_key_ = true;
  return *this;
}

JsonWriter& JsonWriter::text(std::string_view value) {
  // Bytes that are not UTF-8 become U+FFFD: a response is always valid JSON.
  return raw(nlohmann::json(std::string(value)).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

JsonWriter& JsonWriter::integer(int64_t value) {
  return raw(fmt::format_int(value).c_str());
}
JsonWriter& JsonWriter::natural(uint64_t value) {
  return raw(fmt::format_int(value).c_str());
}
JsonWriter& JsonWriter::boolean(bool value) {
  return raw(value ? "true" : "false");
}
JsonWriter& JsonWriter::null() {
  return raw("null");
}

JsonWriter& JsonWriter::floating(float value) {
  const std::string number = types::format_float(value);
  return std::isfinite(value) ? raw(number) : text(number);
}

JsonWriter& JsonWriter::json(const nlohmann::ordered_json& value) {
  if (value.is_object()) {
    open('{');
    for (const auto& [name, member] : value.items()) key(name).json(member);
    return close('}');
  }
  if (value.is_array()) {
    open('[');
    for (const auto& element : value) json(element);
    return close(']');
  }
  return raw(value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

namespace {

struct ValueWriter {
  JsonWriter& out;
  const types::Type& type;

  void operator()(std::monostate) { out.null(); }
  void operator()(bool b) { out.boolean(b); }
  void operator()(float f) { out.floating(f); }
  void operator()(const std::string& s) { out.text(s); }
  void operator()(int64_t i) {
    if (type.kind == Kind::time) {
      out.text(types::format_time(i));
    } else if (type.kind == Kind::enumeration) {
      out.text(type.names->at(static_cast<size_t>(i)));
    } else {
      out.integer(i);
    }
  }
  template <typename T>
  void operator()(const std::vector<T>& list) {
    const types::Type element = type.kind == Kind::list ? types::element_of(type) : types::floating();
    out.open('[');
    for (const auto& item : list) ValueWriter{out, element}(static_cast<T>(item));
    out.close(']');
  }
};

}  // namespace

JsonWriter& JsonWriter::value(const types::Value& value, const types::Type& type) {
  std::visit(ValueWriter{*this, type}, value);
  return *this;
}

}  // namespace rec::engine
