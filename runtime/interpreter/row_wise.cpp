// Operations that compute each row from the same row of their operands, with missing values.
#include "runtime/interpreter/row_wise.h"

#include <cassert>
#include <cstring>
#include <utility>

#include "runtime/column/column.h"
#include "runtime/interpreter/key_set.h"

namespace rec::interpreter {

namespace {

using graph::Op;
using operators::Operand;

struct Sixteen {
  uint64_t low, high;
};
static_assert(sizeof(column::ListRef) == sizeof(Sixteen));

template <typename Do>
void with_width(size_t width, Do&& run) {
  switch (width) {
    case 1:
      return run(uint8_t{});
    case 4:
      return run(uint32_t{});
    case 8:
      return run(uint64_t{});
    case 16:
      return run(Sixteen{});
    default:
      assert(false && "no value has this width");
  }
}

uint8_t has(const Operand& operand, size_t i) {
  return operand.present == nullptr ? 1 : operand.present[i];
}

template <typename T>
void select(const uint8_t* __restrict which, const T* __restrict yes, const T* __restrict no, size_t n,
            T* __restrict out) {
  for (size_t i = 0; i < n; ++i) out[i] = which[i] != 0 ? yes[i] : no[i];
}

void choose(std::span<const Operand> args, size_t width, size_t n, void* out, uint8_t* out_present) {
  const auto* which = args[0].as<uint8_t>();
  with_width(width, [&]<typename T>(T) { select(which, args[1].as<T>(), args[2].as<T>(), n, static_cast<T*>(out)); });
  if (out_present == nullptr) return;
  for (size_t i = 0; i < n; ++i) out_present[i] = which[i] != 0 ? has(args[1], i) : has(args[2], i);
}

void coalesce(std::span<const Operand> args, size_t width, size_t n, void* out, uint8_t* out_present) {
  if (args[0].present == nullptr) {
    std::memcpy(out, args[0].data, n * width);
  } else {
    with_width(width, [&]<typename T>(T) {
      select(args[0].present, args[0].as<T>(), args[1].as<T>(), n, static_cast<T*>(out));
    });
  }
  if (out_present == nullptr) return;
  for (size_t i = 0; i < n; ++i) out_present[i] = has(args[0], i) | has(args[1], i);
}

void element(const graph::Node& node, std::span<const Operand> args, size_t n, void* out, uint8_t* out_present) {
  const auto* lists = args[0].as<column::ListRef>();
  const auto* at = args[1].as<int64_t>();
  const size_t width = scalar_width(node.type.kind);
  auto* bytes = static_cast<std::byte*>(out);
  for (size_t i = 0; i < n; ++i) {
    const bool inside = at[i] >= 0 && at[i] < static_cast<int64_t>(lists[i].size);
    if (inside) {
      std::memcpy(bytes + i * width, static_cast<const std::byte*>(lists[i].data) + static_cast<size_t>(at[i]) * width,
                  width);
    } else {
      std::memset(bytes + i * width, 0, width);
    }
    if (out_present != nullptr) out_present[i] = inside ? 1 : 0;
  }
}

void to_float(const Operand& arg, size_t n, float* __restrict out, uint8_t* out_present) {
  const int64_t* __restrict in = arg.as<int64_t>();
  for (size_t i = 0; i < n; ++i) out[i] = static_cast<float>(in[i]);
  if (out_present == nullptr) return;
  for (size_t i = 0; i < n; ++i) out_present[i] = has(arg, i);
}

template <typename Function>
void logical(size_t n, const uint8_t* __restrict a, const uint8_t* __restrict b, uint8_t* __restrict out,
             Function function) {
  for (size_t i = 0; i < n; ++i) out[i] = static_cast<uint8_t>(function(a[i], b[i]));
}

}  // namespace

bool is_alias(Op op) {
  return op == Op::assume_present || op == Op::make_optional;
}

bool is_row_wise(Op op) {
  switch (op) {
    case Op::call:
    case Op::to_float:
    case Op::logical_and:
    case Op::logical_or:
    case Op::logical_not:
    case Op::choose:
    case Op::coalesce:
    case Op::is_missing:
    case Op::assume_present:
    case Op::make_optional:
    case Op::length:
    case Op::element:
      return true;
    default:
      return false;
  }
}

void run_row_wise(const graph::Node& node, std::span<const Operand> args, size_t n, void* out, uint8_t* out_present,
                  const operators::KernelContext& context) {
  auto* truth = static_cast<uint8_t*>(out);
  switch (node.op) {
    case Op::call:
      return node.overload->kernel({.n = n, .args = args, .out = out, .out_present = out_present, .context = &context});
    case Op::to_float:
      return to_float(args[0], n, static_cast<float*>(out), out_present);
    case Op::logical_and:
      return logical(n, args[0].as<uint8_t>(), args[1].as<uint8_t>(), truth,
                     [](uint8_t a, uint8_t b) { return a & b; });
    case Op::logical_or:
      return logical(n, args[0].as<uint8_t>(), args[1].as<uint8_t>(), truth,
                     [](uint8_t a, uint8_t b) { return a | b; });
    case Op::logical_not:
      for (size_t i = 0; i < n; ++i) truth[i] = args[0].as<uint8_t>()[i] ^ 1;
      return;
    case Op::choose:
      return choose(args, types::width(node.type), n, out, out_present);
    case Op::coalesce:
      return coalesce(args, types::width(node.type), n, out, out_present);
    case Op::is_missing:
      for (size_t i = 0; i < n; ++i) truth[i] = has(args[0], i) ^ 1;
      return;
    case Op::length:
      for (size_t i = 0; i < n; ++i) static_cast<int64_t*>(out)[i] = args[0].as<column::ListRef>()[i].size;
      return;
    case Op::element:
      return element(node, args, n, out, out_present);
    default:
      assert(false && "not a row-wise operation");
  }
}

void gather(const void* values, size_t width, const uint32_t* index, size_t n, void* out) {
  with_width(width, [&]<typename T>(T) {
    const T* __restrict from = static_cast<const T*>(values);
    T* __restrict to = static_cast<T*>(out);
    for (size_t i = 0; i < n; ++i) to[i] = from[index[i]];
  });
}

void scatter(const void* values, size_t width, const uint32_t* index, size_t n, void* out) {
  with_width(width, [&]<typename T>(T) {
    const T* __restrict from = static_cast<const T*>(values);
    T* __restrict to = static_cast<T*>(out);
    for (size_t i = 0; i < n; ++i) to[index[i]] = from[i];
  });
}

bool are_consecutive(const uint32_t* index, size_t n) {
  const uint32_t first = index[0], count = static_cast<uint32_t>(n);
  if (index[n - 1] != first + (count - 1)) return false;
  uint32_t differences = 0;
  for (uint32_t i = 0; i < count; ++i) differences |= index[i] ^ (first + i);
  return differences == 0;
}

void broadcast(const void* value, size_t width, size_t n, void* out) {
  with_width(width, [&]<typename T>(T) {
    const T one = *static_cast<const T*>(value);
    for (size_t i = 0; i < n; ++i) static_cast<T*>(out)[i] = one;
  });
}

}  // namespace rec::interpreter
