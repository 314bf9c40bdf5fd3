// Values of many as the language defines them: aggregates over events, barriers over all candidates.
#include <cmath>

#include "tests/interpreter/reference.h"

namespace rec::interpreter {

using graph::Node;
using graph::Op;
using types::Kind;

Reference::Events Reference::events(graph::ExprId id, const Place& place) {
  const Node& node = plan_.exprs[id];
  if (node.op == Op::sequence) {
    const auto [at, fresh] = read_.try_emplace(node.index);
    if (fresh && context_.inputs().user_row) {
      at->second = context_.generation()
                       .read_sequence(node.index, context_.inputs().user_key, context_.strings(), context_.arena())
                       ->events;
    }
    Events all{
        .log = context_.generation().catalog().sequences[node.index].events, .columns = &at->second, .which = {}};
    for (size_t i = 0; i < all.columns->size; ++i) all.which.push_back(i);
    return all;
  }
  Events from = events(node.args[0], place);
  std::vector<size_t> kept;
  for (const size_t i : from.which) {
    bool keep = false;
    if (node.op == Op::sequence_where) {
      keep = evaluate(node.args[1], {.candidate = place.candidate, .log = from.log, .events = from.columns, .event = i})
                 .as<uint8_t>() != 0;
    } else {
      const auto limit = evaluate(node.args[1], place).as<int64_t>();
      keep = node.op == Op::sequence_last ? static_cast<int64_t>(kept.size()) < limit
                                          : from.columns->time[i] > context_.inputs().now - limit;
    }
    if (keep) kept.push_back(i);
  }
  from.which = kept;
  return from;
}

Cell Reference::aggregate(const Node& node, const Place& place) {
  const Events from = events(node.args[0], place);
  int64_t count = 0, whole = 0;
  double sum = 0;
  Cell best;
  const bool has_body = node.args.size() > 1;
  const Kind kind = has_body ? plan_.exprs[node.args[1]].type.kind : Kind::none;
  for (const size_t i : from.which) {
    if (!has_body) {
      ++count;
      continue;
    }
    const Cell x =
        evaluate(node.args[1], {.candidate = place.candidate, .log = from.log, .events = from.columns, .event = i});
    if (node.op == Op::sequence_count) {
      count += x.as<uint8_t>();
      continue;
    }
    if (!x.present || (kind == Kind::floating && std::isnan(x.as<float>()))) continue;
    const double wide =
        kind == Kind::floating ? static_cast<double>(x.as<float>()) : static_cast<double>(x.as<int64_t>());
    sum += wide;
    if (kind != Kind::floating)  // past the ends it goes round
      whole = static_cast<int64_t>(static_cast<uint64_t>(whole) + static_cast<uint64_t>(x.as<int64_t>()));
    const bool less = kind == Kind::floating ? x.as<float>() < best.as<float>() : x.as<int64_t>() < best.as<int64_t>();
    const bool more = kind == Kind::floating ? x.as<float>() > best.as<float>() : x.as<int64_t>() > best.as<int64_t>();
    if (count++ == 0 || (node.op == Op::sequence_min ? less : more)) best = x;
  }
  switch (node.op) {
    case Op::sequence_count:
      return Cell::of(count);
    case Op::sequence_sum:
      return node.type.kind == Kind::floating ? Cell::of(static_cast<float>(sum)) : Cell::of(whole);
    case Op::sequence_mean: {
      if (count == 0) return Cell::of<uint64_t>(0, false);
      return Cell::of(static_cast<float>(sum / static_cast<double>(count)));
    }
    default:
      best.present = count > 0;
      return best;
  }
}

Cell Reference::barrier(const Node& node, const Place& place) {
  if (node.op == Op::barrier_count) return Cell::of(static_cast<int64_t>(batch_->order.size()));
  const bool floats = plan_.exprs[node.args[0]].type.kind == Kind::floating;
  const auto number = [&](const Cell& cell) {
    return floats ? static_cast<double>(cell.as<float>()) : static_cast<double>(cell.as<int64_t>());
  };
  const Cell own = evaluate(node.args[0], place);
  const bool own_nan = floats && std::isnan(own.as<float>());
  int64_t better = 0, whole = 0, known = 0;
  double sum = 0, low = 0, high = 0;
  Cell least, most;
  for (const uint32_t at : batch_->order) {
    const Cell x = evaluate(node.args[0], {.candidate = at});
    if (floats && std::isnan(x.as<float>())) continue;
    const bool larger = floats ? x.as<float>() > own.as<float>() : x.as<int64_t>() > own.as<int64_t>();
    better += own_nan || larger ? 1 : 0;
    if (!floats) whole = static_cast<int64_t>(static_cast<uint64_t>(whole) + static_cast<uint64_t>(x.as<int64_t>()));
    sum += number(x);
    const bool first = known++ == 0;
    if (first || (floats ? x.as<float>() < least.as<float>() : x.as<int64_t>() < least.as<int64_t>())) least = x;
    if (first || (floats ? x.as<float>() > most.as<float>() : x.as<int64_t>() > most.as<int64_t>())) most = x;
    low = number(least);
    high = number(most);
  }
  const double mean = sum / static_cast<double>(known);
  double squares = 0;
  for (const uint32_t at : batch_->order) {
    const double x = number(evaluate(node.args[0], {.candidate = at}));
    if (!std::isnan(x)) squares += (x - mean) * (x - mean);
  }
  const double deviation = std::sqrt(squares / static_cast<double>(known));
  const double x = number(own);
  switch (node.op) {
    case Op::barrier_rank:
      return Cell::of(better + 1);
    case Op::barrier_minmax:
      return Cell::of(std::isnan(x) ? std::nanf("")
                      : low == high ? 0.5F
                                    : static_cast<float>((x - low) / (high - low) + 0.0));  // never -0
    case Op::barrier_zscore:
      return Cell::of(std::isnan(x)    ? std::nanf("")
                      : deviation == 0 ? 0.0F
                                       : static_cast<float>((x - mean) / deviation));
    case Op::barrier_mean:
      return Cell::of(known == 0 ? std::nanf("") : static_cast<float>(mean));
    case Op::barrier_total:
      return floats ? Cell::of(static_cast<float>(sum)) : Cell::of(whole);
    default: {
      if (known == 0) return floats ? Cell::of(std::nanf("")) : Cell::of(int64_t{0});
      const Cell end = node.op == Op::barrier_largest ? most : least;
      return floats && end.as<float>() == 0.0F ? Cell::of(0.0F) : end;
    }
  }
}

}  // namespace rec::interpreter
