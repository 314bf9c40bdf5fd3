// Kernels and forms from one-line lambdas: how a function's file states a signature and what it computes for one row.
#pragma once

#include <concepts>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "operators/form/traced.h"
#include "operators/operator.h"

namespace rec::operators {

// The scalar types of the language, with their physical types, and those that functions see: a lane of a form.
struct Bool {
  using Physical = uint8_t;
  using Lane = bool;
  static types::Type type() { return types::boolean(); }
};
struct Int {
  using Physical = int64_t;
  using Lane = int64_t;
  static types::Type type() { return types::integer(); }
};
struct Float {
  using Physical = float;
  using Lane = float;
  static types::Type type() { return types::floating(); }
};
struct String {
  using Physical = int32_t;
  using Lane = int32_t;
  static types::Type type() { return types::string(); }
};
struct Time {
  using Physical = int64_t;
  using Lane = int64_t;
  static types::Type type() { return types::time(); }
};
struct Duration {
  using Physical = int64_t;
  using Lane = int64_t;
  static types::Type type() { return types::duration(); }
};
struct Row {
  using Physical = uint32_t;
  using Lane = int32_t;  // two rows are the same or not
  static types::Type type() { return types::row(""); }
};
struct Enum {
  using Physical = int32_t;
  using Lane = int32_t;
  static types::Type type() { return {.kind = types::Kind::enumeration}; }
};

template <auto Function, typename Out, typename... In>
void each_row(size_t n, typename Out::Physical* __restrict out, const typename In::Physical* __restrict... in) {
  using Result = typename Out::Lane;
  for (size_t i = 0; i < n; ++i) {
    out[i] =
        static_cast<typename Out::Physical>(static_cast<Result>(Function(static_cast<typename In::Lane>(in[i])...)));
  }
}

/// The overload of a signature, R(A...) in the types above, whose result for a row is Function of the row's operands.
/// Where Function takes any type (`auto`), it is also traced for native code.
template <typename Signature, auto Function>
struct RowWise;
template <typename R, typename... A, auto Function>
struct RowWise<R(A...), Function> {
  static void kernel(const KernelCall& call) { run(call, std::index_sequence_for<A...>{}); }
  template <size_t... I>
  static void run(const KernelCall& call, std::index_sequence<I...>) {
    each_row<Function, R, A...>(call.n, call.result<typename R::Physical>(),
                                call.args[I].template as<typename A::Physical>()...);
  }
  static form::Form traced() {
    form::Recorder recorder;
    const std::tuple arguments{recorder.argument<typename A::Lane>()...};  // braces: from left to right
    return recorder.form(form::Traced<typename R::Lane>(std::apply(Function, arguments)));
  }
  static Overload overload() {
    Overload out{.parameters = {A::type()...}, .result = R::type(), .kernel = &kernel};
    if constexpr (std::invocable<decltype(Function), form::Traced<typename A::Lane>...>) out.form = &traced;
    return out;
  }
};
template <typename Signature, auto Function>
Overload row_wise() {
  return RowWise<Signature, Function>::overload();
}

inline ParameterDef operand(std::string name, std::string doc) {
  return {.name = std::move(name), .positional = true, .doc = std::move(doc)};
}

inline OperatorDef function(std::string name, std::string doc, std::string example,
                            std::vector<ParameterDef> parameters, std::vector<Overload> overloads) {
  return {.name = std::move(name),
          .doc = std::move(doc),
          .example = std::move(example),
          .parameters = std::move(parameters),
          .what = FunctionDef{.overloads = std::move(overloads)}};
}

}  // namespace rec::operators
