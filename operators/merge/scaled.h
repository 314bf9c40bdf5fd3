// Merging by scores that are made comparable: each channel's scaled to 0 .. 1.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "operators/operator.h"

namespace rec::operators {

/// (s − min) / (max − min) over the finite scores, turned round where the smallest is best; 1 where all are equal; NaN
/// is 0, an infinity its end of the range. Without scores, 1 / position from 1.
std::vector<double> scaled_scores(const MergeInput& channel);

/// One item for each row of the channels, best first by `combine` of weight · scaled score over the channels that have
/// it; equal ones in the order in which they are first met, channel after channel.
std::vector<MergePick> merge_scaled(std::span<const MergeInput> channels, std::optional<uint32_t> take,
                                    double (*combine)(double, double));

}  // namespace rec::operators
