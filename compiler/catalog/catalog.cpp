// Looking things up in a catalog by name.
#include "compiler/catalog/catalog.h"

#include <algorithm>

namespace rec::catalog {

namespace {

template <typename T>
std::optional<size_t> find(const std::vector<T>& list, std::string_view name) {
  const auto found = std::ranges::find(list, name, &T::name);
  if (found == list.end()) return std::nullopt;
  return static_cast<size_t>(found - list.begin());
}

template <typename T>
const T* at(const std::vector<T>& list, std::optional<size_t> index) {
  return index ? &list[*index] : nullptr;
}

}  // namespace

std::optional<size_t> Table::column_index(std::string_view column_name) const {
  return find(columns, column_name);
}
const Column* Table::column(std::string_view column_name) const {
  return at(columns, column_index(column_name));
}
std::optional<size_t> Events::column_index(std::string_view column_name) const {
  return find(columns, column_name);
}

std::optional<size_t> Catalog::table_index(std::string_view name) const {
  return find(tables, name);
}
std::optional<size_t> Catalog::sequence_index(std::string_view name) const {
  return find(sequences, name);
}
std::optional<size_t> Catalog::index_index(std::string_view name) const {
  return find(indexes, name);
}
const Table* Catalog::table(std::string_view name) const {
  return at(tables, table_index(name));
}
const Events* Catalog::event_log(std::string_view name) const {
  return at(events, find(events, name));
}
const Index* Catalog::index(std::string_view name) const {
  return at(indexes, index_index(name));
}
const Model* Catalog::model(std::string_view name) const {
  return at(models, find(models, name));
}

}  // namespace rec::catalog
