// Functions that the kernels of a session share.
#pragma once

#include <string>

#include "runtime/jit/function.h"
#include "runtime/jit/session.h"

namespace rec::jit {

class Session::Shared {
 public:
  Shared(Session& session, std::string name, Linked code)
      : symbol(std::move(name)), session_(session), code_(std::move(code)) {}
  ~Shared() { session_.free(code_); }
  Shared(const Shared&) = delete;
  Shared& operator=(const Shared&) = delete;

  const std::string symbol;

 private:
  Session& session_;
  const Linked code_;
};

}  // namespace rec::jit
