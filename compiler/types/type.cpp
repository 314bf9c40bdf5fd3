// What can be asked of a type: equality, its text, the bytes of a value; and reading one from a catalog.
#include "compiler/types/type.h"

#include <fmt/format.h>

#include <cassert>

#include "compiler/types/text.h"

namespace rec::types {
namespace {

template <typename T, typename Equal>
bool same(const std::shared_ptr<const std::vector<T>>& a, const std::shared_ptr<const std::vector<T>>& b, Equal equal) {
  if (a == b) return true;
  const size_t a_size = a ? a->size() : 0;
  const size_t b_size = b ? b->size() : 0;
  if (a_size != b_size) return false;
  for (size_t i = 0; i < a_size; ++i) {
    if (!equal((*a)[i], (*b)[i])) return false;
  }
  return true;
}

std::string_view scalar_name(Kind kind) {
  switch (kind) {
    case Kind::boolean:
      return "bool";
    case Kind::integer:
      return "int";
    case Kind::floating:
      return "float";
    case Kind::string:
      return "string";
    case Kind::time:
      return "time";
    case Kind::duration:
      return "duration";
    default:
      return {};
  }
}

bool parse_scalar(std::string_view text, Kind& out) {
  for (const Kind kind : {Kind::boolean, Kind::integer, Kind::floating, Kind::string, Kind::time, Kind::duration}) {
    if (text == scalar_name(kind)) {
      out = kind;
      return true;
    }
  }
  return false;
}

std::string_view trim(std::string_view text) {
  const size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

std::string variants_text(const Type& type) {
  if (!type.names) return "enum";
  std::string out;
  for (const std::string& name : *type.names) out += (out.empty() ? "enum { " : ", ") + name;
  return out + " }";
}

std::string base_text(const Type& type) {
  switch (type.kind) {
    case Kind::list:
      if (type.element == Kind::none) return "[]";
      return type.element == Kind::row ? fmt::format("[row({})]", type.name)
                                       : fmt::format("[{}]", scalar_name(type.element));
    case Kind::vector:
      return fmt::format("vector({})", type.size);
    case Kind::row:
      return fmt::format("row({})", type.name);
    case Kind::sequence:
      return fmt::format("seq({})", type.name);
    case Kind::enumeration:
      return variants_text(type);
    case Kind::record:
      return "record";
    case Kind::none:
      return "none";
    default:
      return std::string(scalar_name(type.kind));
  }
}

}  // namespace

bool operator==(const Type& a, const Type& b) {
  return a.kind == b.kind && a.optional == b.optional && a.element == b.element && a.size == b.size &&
         a.name == b.name &&
         same(a.names, b.names, [](const std::string& x, const std::string& y) { return x == y; }) &&
         same(a.fields, b.fields, [](const Field& x, const Field& y) { return x.name == y.name && x.type == y.type; });
}

Type element_of(const Type& list) {
  assert(list.kind == Kind::list);
  return list.element == Kind::row ? row(list.name) : Type{.kind = list.element};
}

bool is_number(const Type& type) {
  return !type.optional && (type.kind == Kind::integer || type.kind == Kind::floating);
}

bool is_ordered(const Type& type) {
  return is_number(type) || (!type.optional && (type.kind == Kind::time || type.kind == Kind::duration));
}

std::string to_text(const Type& type) {
  return base_text(type) + (type.optional ? "?" : "");
}

size_t width(const Type& type) {
  switch (type.kind) {
    case Kind::boolean:
      return 1;
    case Kind::integer:
    case Kind::time:
    case Kind::duration:
      return 8;
    case Kind::floating:
    case Kind::string:
    case Kind::row:
    case Kind::enumeration:
      return 4;
    case Kind::list:
      return 16;  // column::ListRef: a pointer and a count
    case Kind::vector:
      return sizeof(const float*);
    case Kind::sequence:
    case Kind::record:
    case Kind::none:
      return 0;
  }
  return 0;
}

bool parse_type(std::string_view text, Type& out) {
  text = trim(text);
  Type type;
  if (text.ends_with('?')) {
    type.optional = true;
    text = trim(text.substr(0, text.size() - 1));
  }
  if (text.starts_with('[') && text.ends_with(']')) {
    type.kind = Kind::list;
    if (!parse_scalar(trim(text.substr(1, text.size() - 2)), type.element)) return false;
  } else if (text.starts_with("vector(") && text.ends_with(')')) {
    type.kind = Kind::vector;
    const auto size = parse_int(trim(text.substr(7, text.size() - 8)));
    if (!size || *size < 1 || *size > UINT32_MAX) return false;
    type.size = static_cast<uint32_t>(*size);
  } else if (!parse_scalar(text, type.kind)) {
    return false;
  }
  out = std::move(type);
  return true;
}

}  // namespace rec::types
