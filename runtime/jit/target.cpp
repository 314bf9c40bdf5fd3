// Instruction sets as LLVM names them.
#include "runtime/jit/target.h"

#include <llvm/TargetParser/Host.h>

#include "runtime/jit/llvm.h"

namespace rec::jit {
namespace {

bool has(const char* feature) {
  static const auto features = llvm::sys::getHostCPUFeatures();
  return features.lookup(feature);
}

Isa best() {
#if defined(__aarch64__)
  return Isa::neon;
#else
  if (runs_here(Isa::avx512)) return Isa::avx512;
  return runs_here(Isa::avx2) ? Isa::avx2 : Isa::sse2;
#endif
}

}  // namespace

bool runs_here(Isa isa) {
  switch (isa) {
    case Isa::avx512:
      return has("avx512f") && has("avx512bw") && has("avx512dq") && has("avx512vl") && has("fma");
    case Isa::avx2:
      return has("avx2") && has("fma") && has("bmi2");
    case Isa::neon:
#if defined(__aarch64__)
      return true;
#else
      return false;
#endif
    case Isa::sse2:
#if defined(__x86_64__)
      return true;
#else
      return false;
#endif
    case Isa::best:
      return true;
  }
  return false;
}

Target target(Isa isa) {
  const bool any = isa == Isa::best;
  if (any) isa = best();
  const std::string host = llvm::sys::getHostCPUName().str();
  switch (isa) {
    case Isa::avx512:
      return {isa, 16, any ? host : "x86-64-v4", {}};
    case Isa::avx2:
      return {isa, 8, any ? host : "x86-64-v3", {}};
    case Isa::neon:
      return {isa, 4, host, {}};
    default:
      return {isa, 4, "x86-64", {}};
  }
}

}  // namespace rec::jit
