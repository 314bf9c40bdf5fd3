// NumPy's .npy format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
#include <array>
#include <cctype>
#include <charconv>
#include <cstring>
#include <optional>
#include <utility>

#include "offline/ingest/csv.h"
#include "offline/ingest/mapped_file.h"
#include "offline/ingest/output_file.h"

namespace rec::ingest {

namespace {

constexpr std::string_view kMagic = "\x93NUMPY";

/// The header is a Python dict literal; what else it could hold (structured types) is not followed.
struct HeaderText {
  std::string_view rest;

  void skip_space() {
    while (!rest.empty() && std::isspace(static_cast<unsigned char>(rest.front())) != 0) rest.remove_prefix(1);
  }
  bool take(std::string_view token) {
    skip_space();
    if (!rest.starts_with(token)) return false;
    rest.remove_prefix(token.size());
    return true;
  }
  std::optional<std::string_view> string() {
    skip_space();
    if (rest.empty() || (rest[0] != '\'' && rest[0] != '"')) return std::nullopt;
    const size_t end = rest.find(rest[0], 1);
    if (end == std::string_view::npos) return std::nullopt;
    const std::string_view value = rest.substr(1, end - 1);
    rest.remove_prefix(end + 1);
    return value;
  }
  std::optional<std::vector<uint64_t>> tuple() {
    std::vector<uint64_t> values;
    if (!take("(")) return std::nullopt;
    while (!take(")")) {
      skip_space();
      uint64_t value = 0;
      const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), value);
      if (error != std::errc() || values.size() == 64) return std::nullopt;
      rest.remove_prefix(static_cast<size_t>(end - rest.data()));
      values.push_back(value);
      if (!take(",") && !rest.starts_with(")")) return std::nullopt;
    }
    return values;
  }
};

struct Header {
  std::string dtype;
  bool fortran_order = false;
  std::vector<uint64_t> shape;
};

std::optional<Header> parse_header(std::string_view text) {
  HeaderText in{text};
  Header header;
  bool dtype = false, order = false, shape = false;
  if (!in.take("{")) return std::nullopt;
  while (!in.take("}")) {
    const auto key = in.string();
    if (!key || !in.take(":")) return std::nullopt;
    if (*key == "descr") {
      if (in.take("[")) return Header{.dtype = "a structured type", .shape = {}};
      const auto value = in.string();
      if (!value) return std::nullopt;
      header.dtype = *value;
      dtype = true;
    } else if (*key == "fortran_order") {
      header.fortran_order = in.take("True");
      if (!header.fortran_order && !in.take("False")) return std::nullopt;
      order = true;
    } else if (*key == "shape") {
      auto value = in.tuple();
      if (!value) return std::nullopt;
      header.shape = std::move(*value);
      shape = true;
    } else {
      return std::nullopt;
    }
    if (!in.take(",") && !in.rest.starts_with("}")) return std::nullopt;
  }
  if (!dtype || !order || !shape) return std::nullopt;
  return header;
}

std::string shape_text(const std::vector<uint64_t>& shape) {
  std::string text = "(";
  for (size_t i = 0; i < shape.size(); ++i) {
    if (i > 0) text += ", ";
    text += std::to_string(shape[i]);
  }
  text += shape.size() == 1 ? ",)" : ")";
  return text;
}

/// Splits the file into its header's text and its data; empty where it is no .npy file or ends too early.
struct Parts {
  std::string_view header, data;
};
std::expected<Parts, std::string> split(std::string_view text) {
  if (!text.starts_with(kMagic)) return std::unexpected("is no .npy file: it does not begin with \\x93NUMPY");
  if (text.size() < 10) return std::unexpected("ends within its header");
  const auto byte = [&](size_t i) { return static_cast<size_t>(static_cast<unsigned char>(text[i])); };
  const size_t version = byte(6);
  if (version < 1 || version > 3) {
    return std::unexpected("is .npy version " + std::to_string(version) + "; 1 to 3 can be read");
  }
  const size_t begin = version == 1 ? 10 : 12;
  if (text.size() < begin) return std::unexpected("ends within its header");
  const size_t length =
      version == 1 ? byte(8) | byte(9) << 8 : byte(8) | byte(9) << 8 | byte(10) << 16 | byte(11) << 24;
  if (length > text.size() - begin) return std::unexpected("ends within its header");
  return Parts{text.substr(begin, length), text.substr(begin + length)};
}

std::expected<void, std::string> check(const Header& header, size_t data_bytes) {
  if (header.dtype != "<f4") {
    return std::unexpected("holds " + header.dtype + "; little-endian 32-bit floats (<f4) are needed");
  }
  if (header.fortran_order) return std::unexpected("is in Fortran order; C order is needed (numpy.ascontiguousarray)");
  if (header.shape.size() != 2) {
    return std::unexpected("has the shape " + shape_text(header.shape) + "; two dimensions are needed");
  }
  const uint64_t rows = header.shape[0], columns = header.shape[1];
  uint64_t bytes = 0;
  if (__builtin_mul_overflow(rows, columns, &bytes) || __builtin_mul_overflow(bytes, uint64_t{4}, &bytes) ||
      bytes != data_bytes) {
    return std::unexpected("holds " + std::to_string(data_bytes) + " bytes of data, which is not the shape " +
                           shape_text(header.shape) + " of its header");
  }
  return {};
}

}  // namespace

struct NpyMatrix::State {
  MappedFile file;
  uint64_t rows = 0, columns = 0;
  const float* values = nullptr;
  std::vector<float> aligned{};  // a copy where the file's data do not lie on a multiple of 4 bytes
};

NpyMatrix::NpyMatrix(std::unique_ptr<State> state) : state_(std::move(state)) {}
NpyMatrix::NpyMatrix(NpyMatrix&&) noexcept = default;
NpyMatrix::~NpyMatrix() = default;

std::expected<NpyMatrix, FileError> NpyMatrix::open(const std::string& path) {
  auto file = MappedFile::open(path);
  if (!file) return std::unexpected(std::move(file.error()));
  const auto parts = split(file->text());
  if (!parts) return std::unexpected(FileError{path, parts.error()});
  const auto header = parse_header(parts->header);
  if (!header) return std::unexpected(FileError{path, "has a header that cannot be read"});
  if (auto checked = check(*header, parts->data.size()); !checked) {
    return std::unexpected(FileError{path, std::move(checked.error())});
  }
  auto state =
      std::make_unique<State>(State{.file = std::move(*file), .rows = header->shape[0], .columns = header->shape[1]});
  if (reinterpret_cast<uintptr_t>(parts->data.data()) % alignof(float) == 0) {
    state->values = reinterpret_cast<const float*>(parts->data.data());
  } else {
    state->aligned.resize(parts->data.size() / sizeof(float));
    std::memcpy(state->aligned.data(), parts->data.data(), parts->data.size());
    state->values = state->aligned.data();
  }
  return NpyMatrix(std::move(state));
}

uint64_t NpyMatrix::rows() const {
  return state_->rows;
}
uint64_t NpyMatrix::columns() const {
  return state_->columns;
}
const float* NpyMatrix::row(uint64_t index) const {
  return state_->values + index * state_->columns;
}

std::expected<void, FileError> write_npy(const std::string& path, const float* values, uint64_t rows,
                                         uint64_t columns) {
  auto file = OutputFile::create(path);
  if (!file) return std::unexpected(std::move(file.error()));
  std::string header = "{'descr': '<f4', 'fortran_order': False, 'shape': " + shape_text({rows, columns}) + ", }";
  constexpr size_t kPrefix = 10, kAlignment = 64;
  header.append((kAlignment - (kPrefix + header.size() + 1) % kAlignment) % kAlignment, ' ');
  header += '\n';
  std::string prefix(kMagic);
  prefix += {'\x01', '\x00', static_cast<char>(header.size() & 0xFF), static_cast<char>(header.size() >> 8)};
  file->write(prefix + header);
  file->write({reinterpret_cast<const char*>(values), rows * columns * sizeof(float)});
  return file->close();
}

}  // namespace rec::ingest
