// What the item table's indexes say about a channel, for this request.
#pragma once

#include "operators/operator.h"
#include "runtime/engine/run.h"

namespace rec::engine {

operators::ScanHints scan_hints(Run& run, const graph::Channel& channel);

}  // namespace rec::engine
