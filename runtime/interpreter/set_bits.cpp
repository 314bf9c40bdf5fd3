// Sets of codes and rows as bits.
#include <algorithm>

#include "runtime/interpreter/scope.h"

namespace rec::interpreter {
namespace {

using types::Kind;

constexpr size_t kWord = 32, kFirst = 512;

template <typename T>
SetBits bits_of(std::span<const T> elements, size_t room, column::Arena& arena) {
  const auto words = arena.allocate<uint32_t>(std::max<size_t>(room, kFirst) / kWord + 1);
  std::ranges::fill(words, 0U);
  for (const T element : elements) {
    const auto at = static_cast<uint32_t>(element);
    if (at < words.size() * kWord) words[at / kWord] |= 1U << (at % kWord);  // kNoRow is beyond
  }
  return {.words = words.data(), .size = static_cast<int32_t>(words.size() * kWord), .first_512 = words.data()};
}

}  // namespace

const SetBits& Scope::bits(graph::ExprId set) {
  const auto [at, fresh] = bits_.try_emplace(set);
  if (!fresh) return at->second;
  const types::Type& type = node(set).type;
  if (type.kind == Kind::sequence) {
    const column::EventColumns& events = sequence(set);
    at->second = bits_of(std::span(events.item, events.size), items_.rows(), arena_);
  } else if (type.element == Kind::row) {
    at->second = bits_of(value(set).as<column::ListRef>()->as<uint32_t>(), items_.rows(), arena_);
  } else {
    const auto codes = value(set).as<column::ListRef>()->as<int32_t>();
    const int32_t most = codes.empty() ? 0 : *std::ranges::max_element(codes);
    at->second = bits_of(codes, static_cast<size_t>(most), arena_);
  }
  return at->second;
}

}  // namespace rec::interpreter
