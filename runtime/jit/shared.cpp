// Made when a kernel first calls them, freed with the last that does.
#include "runtime/jit/shared.h"

#include <fmt/format.h>

#include "runtime/jit/thread_time.h"

namespace rec::jit {

std::expected<std::shared_ptr<const Session::Shared>, std::string> Session::shared(const native::Function& function) {
  const std::lock_guard lock(compiling_);
  const auto known = shared_.find(function.key);
  if (known != shared_.end()) {
    if (auto held = known->second.lock()) return held;
  }
  const double begin = thread_seconds();
  const std::string name = fmt::format("{} of lanes #{}", function.name, functions_.made++);
  llvm::LLVMContext context;
  const auto made = module(context, name);
  emit_function(*made, name, function.form, target_);
  auto linked = link(*made, name);
  functions_.seconds += thread_seconds() - begin;
  if (!linked) return std::unexpected(linked.error());
  std::erase_if(shared_, [](const auto& each) { return each.second.expired(); });
  auto out = std::make_shared<const Shared>(*this, name, std::move(*linked));
  shared_[function.key] = out;
  return out;
}

Session::FunctionCounts Session::functions() const {
  const std::lock_guard lock(compiling_);
  return functions_;
}

}  // namespace rec::jit
