// What --version prints: the version, the build, the CPU it was built for.
#include "apps/rec_run/command.h"

namespace rec::rec_run {

std::string version() {
  std::string out = "rec 0.1.0\nbuilt with ";
#if defined(__clang__)
  out += __VERSION__;
#else
  out += std::string("GCC ") + __VERSION__;
#endif
  out += "\nCPU path: ";
#if defined(__AVX512F__)
  out += "AVX-512";
#elif defined(__AVX2__)
  out += "AVX2 (x86-64-v3)";
#elif defined(__x86_64__)
  out += "SSE2 (x86-64)";
#else
  out += "portable";
#endif
  return out;
}

}  // namespace rec::rec_run
