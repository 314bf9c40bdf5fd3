// Pairs of rows of one column.
#include "offline/evaluation/diversity.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <set>

namespace rec::evaluation {
namespace {

using types::Kind;

size_t element_width(Kind element) {
  return element == Kind::boolean ? 1 : element == Kind::integer ? 8 : 4;
}

double jaccard(const column::ListRef& a, const column::ListRef& b, Kind element) {
  const size_t width = element_width(element);
  const auto elements = [&](const column::ListRef& list) {
    std::set<std::string> out;
    for (uint32_t i = 0; i < list.size; ++i) out.emplace(static_cast<const char*>(list.data) + i * width, width);
    return out;
  };
  const auto x = elements(a), y = elements(b);
  const auto both = static_cast<double>(std::ranges::count_if(x, [&](const auto& each) { return y.contains(each); }));
  const double either = static_cast<double>(x.size() + y.size()) - both;
  return either > 0 ? both / either : 0;
}

double cosine(const float* a, const float* b, uint32_t size) {
  double product = 0, aa = 0, bb = 0;
  for (uint32_t k = 0; k < size; ++k) {
    product += double{a[k]} * b[k];
    aa += double{a[k]} * a[k];
    bb += double{b[k]} * b[k];
  }
  return aa > 0 && bb > 0 ? product / std::sqrt(aa * bb) : 0;
}

}  // namespace

std::expected<Diversity, std::string> Diversity::make(const store::Table& table, const catalog::Table& description,
                                                      const std::string& column) {
  Diversity out;
  if (!column.empty()) {
    const auto index = description.column_index(column);
    if (!index) return std::unexpected("`" + description.name + "` has no column `" + column + "`");
    out.column_ = &table.columns()[*index];
    return out;
  }
  for (const Kind kind : {Kind::vector, Kind::list, Kind::string}) {
    for (size_t c = 1; c < description.columns.size(); ++c) {
      if (out.column_ == nullptr && description.columns[c].type.kind == kind) out.column_ = &table.columns()[c];
    }
  }
  return out;
}

double Diversity::similarity(uint32_t a, uint32_t b) const {
  if (!column_->has(a) || !column_->has(b)) return 0;
  switch (column_->type.kind) {
    case Kind::vector:
      return cosine(column_->vector(a), column_->vector(b), column_->type.size);
    case Kind::list:
      return jaccard(column_->list(a), column_->list(b), column_->type.element);
    case Kind::floating:
      return column_->floating(a) == column_->floating(b) ? 1 : 0;
    default:
      return column_->integer(a) == column_->integer(b) ? 1 : 0;
  }
}

double Diversity::of(std::span<const uint32_t> rows) const {
  double sum = 0, pairs = 0;
  for (size_t i = 0; i < rows.size(); ++i) {
    for (size_t j = i + 1; j < rows.size(); ++j) {
      sum += 1 - similarity(rows[i], rows[j]);
      ++pairs;
    }
  }
  return pairs > 0 ? sum / pairs : 0;
}

}  // namespace rec::evaluation
