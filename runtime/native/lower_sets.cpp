// Membership in sets as lanes: bits where values are numbered from 0, comparisons with few constants, else look-ups of
// keys.
#include <algorithm>

#include "runtime/native/lower.h"

namespace rec::native {

using form::Id;
using form::Lane;
using graph::ExprId;
using graph::Node;
using types::Kind;
using FormOp = form::Op;
using ExprOp = graph::Op;

namespace {

constexpr uint8_t kVarying = graph::kCandidate | graph::kBarrier | graph::kEvent;
constexpr uint32_t kSmallDictionary = 512;
constexpr size_t kFewConstants = 8;

}  // namespace

std::optional<Id> Lowering::membership(const Node& n) {
  const Node& x = exprs_[n.args[0]];
  const Node& set = exprs_[n.args[1]];
  if ((set.level & kVarying) != 0 || x.type.optional || set.type.optional) return std::nullopt;
  if (n.op == ExprOp::in_sequence || x.type.kind == Kind::row) {
    // Rows of the candidates are there, and of this table.
    if (x.op != ExprOp::item_row) return std::nullopt;
    return in_bits(n.args[1], Kernel::kRow, true);
  }
  if (x.type.kind == Kind::string && set.type.element == Kind::string) {
    const bool own = x.op == ExprOp::item_column;  // its codes are those of the table's dictionary
    const Id code = value(n.args[0]).id;
    Memory words{.source = Source::bits_512, .storage = Storage::i32, .expr = n.args[1]};
    auto known = own ? known_bits(set) : std::nullopt;
    if (known) {
      words = {
          .source = Source::known_bits, .storage = Storage::i32, .index = static_cast<uint32_t>(kernel_.known.size())};
      kernel_.known.push_back(std::move(*known));
    }
    if (own && items_.strings().size() <= kSmallDictionary) {
      kernel_.memory.push_back(words);
      return kernel_.graph.add(
          {.op = FormOp::among, .lane = Lane::truth, .a = code, .bits = kernel_.memory.size() - 1});
    }
    return known ? bit(words, code) : in_bits(n.args[1], code, false);
  }
  if (x.type.kind != Kind::integer || set.type.element != Kind::integer) return std::nullopt;
  const Id key = value(n.args[0]).id;
  if (const auto found = in_constants(set, key)) return found;
  kernel_.memory.push_back({.source = Source::keys, .storage = Storage::i64, .expr = n.args[1]});
  const Id number =
      kernel_.graph.add({.op = FormOp::find, .lane = Lane::i32, .a = key, .bits = kernel_.memory.size() - 1});
  return node(FormOp::less, Lane::truth, kernel_.graph.constant(Lane::i32, UINT32_MAX), number);
}

/// A list that the strategy names; null where it is another.
template <typename Element>
const std::vector<Element>* Lowering::named(const Node& list) const {
  const types::Value* value = list.op == ExprOp::constant    ? &list.value
                              : list.op == ExprOp::parameter ? &of_.parameters[list.index]
                                                             : nullptr;
  return value == nullptr ? nullptr : std::get_if<std::vector<Element>>(value);
}

std::optional<std::vector<uint32_t>> Lowering::known_bits(const Node& set) const {
  const auto* texts = named<std::string>(set);
  if (texts == nullptr) return std::nullopt;
  constexpr uint32_t kWord = 32;
  std::vector<uint32_t> out(std::max(items_.strings().size(), kSmallDictionary) / kWord + 1, 0);
  for (const std::string& text : *texts) {
    const auto code = items_.strings().find(text);  // one that is not there equals nothing that is
    if (code) out[static_cast<uint32_t>(*code) / kWord] |= 1U << (static_cast<uint32_t>(*code) % kWord);
  }
  return out;
}

/// A list of a few ints that the strategy names.
std::optional<Id> Lowering::in_constants(const Node& set, Id x) {
  const auto* elements = named<int64_t>(set);
  if (elements == nullptr || elements->size() > kFewConstants) return std::nullopt;
  Id found = truth(false);
  for (const int64_t element : *elements) {
    const Id one = kernel_.graph.constant(Lane::i64, static_cast<uint64_t>(element));
    found = either(found, node(FormOp::equal, Lane::truth, x, one));
  }
  return found;
}

/// `bounded`: there is a bit for every x.
Id Lowering::in_bits(ExprId set, Id x, bool bounded) {
  const auto number = [&](uint64_t value) { return kernel_.graph.constant(Lane::i32, value); };
  Id inside = truth(true), at = x;
  if (!bounded) {
    inside = node(FormOp::less, Lane::truth, x,
                  uniform({.source = Source::bits_size, .storage = Storage::i32, .expr = set}));
    at = node(FormOp::select, Lane::i32, inside, x, number(0));
  }
  return both(inside, bit({.source = Source::bits, .storage = Storage::i32, .expr = set}, at));
}

/// Whether that of a number is set.
Id Lowering::bit(const Memory& words, Id at) {
  const auto number = [&](uint64_t value) { return kernel_.graph.constant(Lane::i32, value); };
  const Id word = load(words, node(FormOp::shift_right, Lane::i32, at, number(5)));
  const Id moved = node(FormOp::shift_right, Lane::i32, word, node(FormOp::bit_and, Lane::i32, at, number(31)));
  return node(FormOp::unequal, Lane::truth, node(FormOp::bit_and, Lane::i32, moved, number(1)), number(0));
}

}  // namespace rec::native
