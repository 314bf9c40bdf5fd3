// Which instructions code may use.
#pragma once

#include <string>
#include <vector>

namespace rec::jit {

/// `best`: all that this CPU has. The others are what x86-64 CPUs of a kind have; each can be run on the better ones.
enum class Isa : unsigned char { sse2, avx2, avx512, neon, best };

struct Target {
  Isa isa;         // not `best`
  unsigned lanes;  // floats in one vector
  std::string cpu{};
  std::vector<std::string> features{};
};

/// Nothing where this CPU cannot run it.
bool runs_here(Isa isa);
Target target(Isa isa);

}  // namespace rec::jit
