// The parameters that rerankers have in common.
#pragma once

#include "operators/operator.h"

namespace rec::operators {

inline ParameterDef relevance_parameter() {
  return {.name = "relevance", .doc = "how good a candidate is by itself; NaN comes last"};
}
inline ParameterDef similarity_parameter() {
  return {.name = "similarity",
          .kind = ParameterKind::similarity,
          .doc = "how alike two candidates are: cosine(V), dot(V), same(COLUMN) and jaccard(LIST), added with weights"};
}
inline ParameterDef theta_parameter() {
  return {
      .name = "theta", .low = 0, .high = 1, .doc = "the share of relevance: 1 is relevance alone, 0 diversity alone"};
}
inline ParameterDef window_parameter() {
  return {.name = "window",
          .type = types::integer(),
          .may_be_absent = true,
          .low = 1,
          .doc = "how many of the last selected a candidate is compared with; all unless given"};
}

}  // namespace rec::operators
