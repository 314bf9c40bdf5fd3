// Operations that compute each row from the same row of their operands, with missing values.
#pragma once

#include <span>

#include "compiler/graph/expr.h"
#include "operators/operator.h"

namespace rec::interpreter {

/// Whether the node's value is its operand's, seen under another type: nothing is computed.
bool is_alias(graph::Op op);
bool is_row_wise(graph::Op op);

/// n results of a row-wise node that is no alias. `out_present` is set where the node's type is optional, and only then
/// looked at. Missing results are zero bytes.
void run_row_wise(const graph::Node& node, std::span<const operators::Operand> args, size_t n, void* out,
                  uint8_t* out_present, const operators::KernelContext& context);

/// out[i] = values[index[i]] for values of `width` bytes (1, 4, 8 or 16).
void gather(const void* values, size_t width, const uint32_t* index, size_t n, void* out);
/// out[index[i]] = values[i], of the same widths.
void scatter(const void* values, size_t width, const uint32_t* index, size_t n, void* out);
/// Whether n > 0 indices count up by one.
bool are_consecutive(const uint32_t* index, size_t n);
/// out[0 .. n) = the one value.
void broadcast(const void* value, size_t width, size_t n, void* out);

}  // namespace rec::interpreter
