// The conditions of an aggregate, split at their `and`s.
#include "compiler/graph/split.h"

#include <algorithm>

namespace rec::graph {
namespace {

/// Whether == between values of the two kinds is made in double.
bool compares_as_double(types::Kind a, types::Kind b) {
  return a != b && (a == types::Kind::floating || b == types::Kind::floating);
}

bool reads_candidate(const Node& node) {
  return (node.level & (kCandidate | kBarrier)) != 0;
}
bool reads_event(const Node& node) {
  return (node.level & kEvent) != 0;
}

class Splitter {
 public:
  explicit Splitter(const Exprs& exprs) : exprs_(exprs) {}

  Split of(const Node& node) {
    const bool membership = node.op == Op::in_sequence;
    std::vector<ExprId> stages;
    out_.base = node.args[membership ? 1 : 0];
    for (; reads_candidate(exprs_[out_.base]); out_.base = exprs_[out_.base].args[0]) stages.push_back(out_.base);
    for (auto at = stages.rbegin(); at != stages.rend(); ++at) add_stage(exprs_[*at]);
    if (membership) {
      add_membership(node);
    } else if (node.args.size() > 1) {
      if (node.op == Op::sequence_count) {
        add_conditions(node.args[1]);
      } else {
        out_.value = node.args[1];
      }
    }
    if (out_.value != kNoExpr && (!out_.checks.empty() || reads_candidate(exprs_[out_.value]))) {
      out_.value_root = out_.pair_roots.size();
      out_.pair_roots.push_back(out_.value);
    }
    return std::move(out_);
  }

 private:
  using Kind = Split::Check::Kind;

  size_t operand(ExprId id) {
    out_.operands.push_back(id);
    return out_.operands.size() - 1;
  }
  bool has_last() const { return std::ranges::find(out_.checks, Kind::last, &Split::Check::kind) != out_.checks.end(); }

  void add_stage(const Node& stage) {
    if (stage.op == Op::sequence_where) {
      add_conditions(stage.args[1]);
    } else if (stage.op == Op::sequence_last) {
      out_.checks.push_back({Kind::last, operand(stage.args[1])});
    } else if (reads_candidate(exprs_[stage.args[1]]) || has_last()) {
      out_.checks.push_back({Kind::within, operand(stage.args[1])});
    } else {
      out_.within.push_back(stage.args[1]);
    }
  }

  void add_membership(const Node& node) {
    if (has_last() || out_.keyed) {
      out_.checks.push_back({Kind::item, operand(node.args[0])});
    } else {
      out_.keyed = true;
      out_.candidate_key = operand(node.args[0]);
    }
  }

  // After a `last` only the order of the checks is right: nothing moves ahead of it any more.
  void add_conditions(ExprId condition) {
    const Node& n = exprs_[condition];
    if (!has_last()) {
      if (n.op == Op::logical_and) {
        add_conditions(n.args[0]);
        return add_conditions(n.args[1]);
      }
      if (!reads_candidate(n)) return out_.of_event.push_back(condition);
      if (!reads_event(n)) return out_.gates.push_back(operand(condition));
      if (take_as_key(n)) return;
    }
    out_.checks.push_back({Kind::condition, out_.pair_roots.size()});
    out_.pair_roots.push_back(condition);
  }

  bool take_as_key(const Node& conjunct) {
    if (out_.keyed || conjunct.op != Op::call || conjunct.def->name != "==") return false;
    for (const size_t side : {0U, 1U}) {
      const Node& event = exprs_[conjunct.args[side]];
      const Node& candidate = exprs_[conjunct.args[1 - side]];
      if (reads_candidate(event) || !reads_event(event) || reads_event(candidate)) continue;
      out_.keyed = true;
      out_.as_double = compares_as_double(event.type.kind, candidate.type.kind);
      out_.event_key = conjunct.args[side];
      out_.candidate_key = operand(conjunct.args[1 - side]);
      return true;
    }
    return false;
  }

  const Exprs& exprs_;
  Split out_;
};

}  // namespace

Split split(const Plan& plan, ExprId aggregate) {
  return Splitter(plan.exprs).of(plan.exprs[aggregate]);
}

}  // namespace rec::graph
