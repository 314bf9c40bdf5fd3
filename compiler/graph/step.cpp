// Steps by name.
#include "compiler/graph/plan.h"

namespace rec::graph {

std::string_view step_name(const Step& step) {
  struct Namer {
    std::string_view operator()(const RecallStep&) const { return "recall"; }
    std::string_view operator()(const WhereStep&) const { return "where"; }
    std::string_view operator()(const LetStep&) const { return "let"; }
    std::string_view operator()(const TopStep&) const { return "top"; }
    std::string_view operator()(const SortStep&) const { return "sort"; }
    std::string_view operator()(const TakeStep&) const { return "take"; }
    std::string_view operator()(const RerankStep&) const { return "rerank"; }
    std::string_view operator()(const ScoreStep&) const { return "score"; }
    std::string_view operator()(const SampleStep&) const { return "sample"; }
    std::string_view operator()(const WhenStep&) const { return "when"; }
    std::string_view operator()(const InsertStep&) const { return "insert"; }
    std::string_view operator()(const BackfillStep&) const { return "backfill"; }
  };
  return std::visit(Namer{}, step.what);
}

}  // namespace rec::graph
