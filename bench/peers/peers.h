// Who stands beside Rec. Each is optional: an `Absent` says how to get it.
#pragma once

#include <functional>
#include <vector>

#include "bench/native/contender.h"

namespace rec::bench::peers {

inline constexpr const char* kLoopOfGcc = "C++ loop, g++";

/// C++ loops of g++, of clang, of g++ with libmvec; AVX-512 by hand for the filter.
std::vector<Entry> compiled(const Task& task);
/// A formula as C, compiled by clang for this machine while the benchmark runs.
std::vector<Entry> compiled_formula(const Task& task);
std::vector<Entry> muparser(const Task& task);
std::vector<Entry> luajit(const Task& task);

/// Somebody who reads the columns once, and then takes part in tasks.
using Peer = std::function<std::vector<Entry>(const Task&)>;
Peer duckdb(const World& world);
/// `tool`: numpy or numexpr, in a process of its own that reads the columns from files.
Peer python(const World& world, const std::string& tool);

}  // namespace rec::bench::peers
