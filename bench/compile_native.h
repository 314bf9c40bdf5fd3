// What it costs to make native code, beside what it may cost.
#pragma once

namespace rec::bench {

/// Prints the times of each kernel of home_feed_rules.rec, of all of them, and of another value of a parameter; whether
/// they are within their bars.
bool compile_native();

}  // namespace rec::bench
