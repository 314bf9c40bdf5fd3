// The passes by name, one file each.
#pragma once

#include "compiler/passes/passes.h"

namespace rec::passes {

Pass parameters();
Pass constants();
Pass sides();
Pass request_values();
Pass common();
Pass filters();
Pass limits();
Pass dead();

}  // namespace rec::passes
