// What a channel did to one item: where it had it, or why it did not bring it.
#pragma once

#include "runtime/engine/run.h"
#include "runtime/engine/why.h"

namespace rec::engine {

/// Adds what `channel` did to the item in `row` to `told`; whether it brought it. Runs the channel again without its
/// `take`, and then without its conditions, where it did not.
bool tell_channel(Run& run, const graph::RecallStep& step, size_t channel, const ChannelResult& result, uint32_t row,
                  WhyStep& told);

/// Why the merged list has no place for an item that the channels marked in `brought` have.
std::string merge_had_no_place(Run& run, const graph::RecallStep& step, const std::vector<uint8_t>& brought);

}  // namespace rec::engine
