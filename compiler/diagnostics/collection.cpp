// Collecting diagnostics, and the order in which they are shown.
#include <algorithm>
#include <tuple>
#include <utility>

#include "compiler/diagnostics/diagnostics.h"

namespace rec::diagnostics {
namespace {

auto order(const Diagnostic& d) {
  return std::make_tuple(d.primary.span.file, d.primary.span.begin, d.primary.span.end, d.code,
                         std::string_view(d.message));
}

}  // namespace

Diagnostic& Diagnostics::add(Diagnostic diagnostic) {
  if (diagnostic.severity == Severity::error) ++errors_;
  list_.push_back(std::move(diagnostic));
  return list_.back();
}

Diagnostic& Diagnostics::error(Code code, source::Span span, std::string message, std::string label) {
  return add({.code = code, .message = std::move(message), .primary = {span, std::move(label)}});
}

Diagnostic& Diagnostics::warning(Code code, source::Span span, std::string message, std::string label) {
  return add({.code = code,
              .severity = Severity::warning,
              .message = std::move(message),
              .primary = {span, std::move(label)}});
}

void Diagnostics::sort() {
  std::ranges::sort(list_, [](const Diagnostic& a, const Diagnostic& b) { return order(a) < order(b); });
  const auto repeats = std::ranges::unique(
      list_, [](const Diagnostic& a, const Diagnostic& b) { return order(a) == order(b) && a.severity == b.severity; });
  list_.erase(repeats.begin(), repeats.end());
  errors_ = static_cast<size_t>(
      std::ranges::count_if(list_, [](const Diagnostic& d) { return d.severity == Severity::error; }));
}

void Diagnostics::append(Diagnostics other) {
  for (Diagnostic& diagnostic : other.list_) add(std::move(diagnostic));
}

}  // namespace rec::diagnostics
