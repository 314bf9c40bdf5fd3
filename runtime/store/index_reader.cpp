// The sections of indexes.
#include "runtime/store/index_reader.h"

#include <algorithm>
#include <cmath>

#include "runtime/store/sections.h"

namespace rec::store {
namespace {

std::optional<FileProblem> read_lists(const MappedFile& file, uint64_t rows, NeighbourLists& lists) {
  Sections sections(file);
  lists.offsets = sections.read<uint64_t>("offsets", rows + 1);
  lists.neighbour = sections.read<uint32_t>("neighbour");
  lists.similarity = sections.read<float>("similarity", sections.count("neighbour"));
  return sections.problem();
}

bool all_below(const uint32_t* values, uint64_t count, uint32_t bound) {
  return std::all_of(values, values + count, [&](uint32_t value) { return value < bound; });
}

std::optional<std::string> check_lists(const MappedFile& file, const NeighbourLists& lists, uint32_t rows) {
  const uint64_t count = file.section("neighbour")->count;
  if (!offsets_hold(lists.offsets, rows, count)) return "the offsets of its lists do not ascend";
  if (!all_below(lists.neighbour, count, rows)) return "a neighbour has no row";
  return std::nullopt;
}

}  // namespace

FileKind index_kind(std::string_view algorithm) {
  if (algorithm == "item_cf" || algorithm == "swing") return FileKind::neighbours;
  return algorithm == "user_cf" ? FileKind::user_neighbours : FileKind::vectors;
}

std::optional<FileProblem> read_index(const MappedFile& file, NeighbourIndex& index) {
  index.items = static_cast<uint32_t>(file.rows());
  return read_lists(file, file.rows(), index);
}

std::optional<FileProblem> read_index(const MappedFile& file, UserIndex& index) {
  index.users = static_cast<uint32_t>(file.rows());
  if (auto problem = read_lists(file, file.rows(), index)) return problem;
  Sections sections(file);
  index.history_offsets = sections.read<uint64_t>("history.offsets", file.rows() + 1);
  index.history_item = sections.read<uint32_t>("history.item");
  index.history_weight = sections.read<float>("history.weight", sections.count("history.item"));
  return sections.problem();
}

std::optional<FileProblem> read_index(const MappedFile& file, VectorIndex& index) {
  Sections sections(file);
  index.row = sections.read<uint32_t>("row");
  index.count = static_cast<uint32_t>(sections.count("row"));
  index.vectors = sections.read_vectors("vectors", index.dimension);
  if (!sections.problem() && sections.count("vectors") != index.count) sections.damaged("it lacks vectors");
  uint32_t dimension = 0;
  index.user_vectors = sections.read_vectors("users", dimension);
  index.users = static_cast<uint32_t>(sections.count("users"));
  if (!sections.problem() && dimension != index.dimension) sections.damaged("its vectors are of different lengths");
  return sections.problem();
}

std::optional<std::string> check_index(const MappedFile& file, const NeighbourIndex& index, uint32_t item_rows) {
  if (index.items != item_rows) return "it has not the rows of its table";
  return check_lists(file, index, index.items);
}

std::optional<std::string> check_index(const MappedFile& file, const UserIndex& index, uint32_t item_rows) {
  if (auto wrong = check_lists(file, index, index.users)) return wrong;
  const uint64_t events = file.section("history.item")->count;
  if (!offsets_hold(index.history_offsets, index.users, events)) return "the offsets of its histories do not ascend";
  if (!all_below(index.history_item, events, item_rows)) return "an item has no row";
  return std::nullopt;
}

std::optional<std::string> check_index(const MappedFile&, const VectorIndex& index, uint32_t item_rows) {
  for (uint32_t at = 0; at < index.count; ++at) {
    if (index.row[at] >= item_rows || (at > 0 && index.row[at] <= index.row[at - 1])) return "its rows do not ascend";
  }
  const auto finite = [&](const float* values, uint32_t count) {
    return std::all_of(values, values + size_t{count} * index.dimension, [](float v) { return std::isfinite(v); });
  };
  if (!finite(index.vectors, index.count) || !finite(index.user_vectors, index.users)) return "a vector is not finite";
  return std::nullopt;
}

std::span<const float> VectorIndex::user(uint32_t row_of_user) const {
  if (row_of_user >= users) return {};
  const std::span<const float> own(user_vectors + size_t{row_of_user} * dimension, dimension);
  return std::ranges::all_of(own, [](float value) { return value == 0; }) ? std::span<const float>{} : own;
}

}  // namespace rec::store
