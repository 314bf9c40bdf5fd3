// The sections of indexes.
#include "runtime/store/index_reader.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

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

/// Read once, and let go of piece by piece.
bool all_below(const MappedFile& file, const uint32_t* values, uint64_t count, uint32_t bound) {
  constexpr uint64_t kPiece = uint64_t{1} << 20;
  for (uint64_t first = 0; first < count; first += kPiece) {
    const uint32_t* const end = values + std::min(count, first + kPiece);
    if (!std::all_of(values + first, end, [&](uint32_t value) { return value < bound; })) return false;
    file.let_go();
  }
  return true;
}

std::optional<std::string> check_lists(const MappedFile& file, const NeighbourLists& lists, uint32_t rows) {
  const uint64_t count = file.section("neighbour")->count;
  if (!offsets_hold(lists.offsets, rows, count)) return "the offsets of its lists do not ascend";
  if (!all_below(file, lists.neighbour, count, rows)) return "a neighbour has no row";
  return std::nullopt;
}

void read_graph(Sections& sections, VectorIndex& index) {
  const auto* shape = sections.read<uint32_t>("graph", 3);
  if (shape == nullptr) return;
  index.graph = {.links = shape[0], .entry = shape[1], .layers = shape[2]};
  index.graph.links0 = sections.read<uint32_t>("graph.links", uint64_t{index.count} * 2 * index.graph.links);
  index.graph.upper_offsets = sections.read<uint64_t>("graph.offsets", index.count + uint64_t{1});
  index.graph.upper = sections.read<uint32_t>("graph.upper");
}

void read_codes(Sections& sections, VectorIndex& index) {
  const auto* shape = sections.read<uint32_t>("codes", 2);
  if (shape == nullptr) return;
  index.codes = {.subvectors = shape[0], .words = shape[1]};
  index.codes.book = sections.read<float>("codes.book", uint64_t{index.codes.words} * index.dimension);
  index.codes.code = sections.read<uint16_t>("codes.code", uint64_t{index.count} * index.codes.subvectors);
  if (index.cells.count == 0) sections.damaged("it has codes and no cells");
}

/// Links lead to vertices, and a vertex is in every layer that it is linked from.
std::optional<std::string> check_graph(const VectorIndex& index) {
  const VectorGraph& graph = index.graph;
  if (graph.layers == 0) return std::nullopt;
  const auto in_layer = [&](uint32_t vertex, uint32_t layer) {
    return layer == 0 ||
           graph.upper_offsets[vertex + size_t{1}] - graph.upper_offsets[vertex] >= uint64_t{layer} * graph.links;
  };
  if (graph.entry >= index.count || !in_layer(graph.entry, graph.layers - 1)) return "its graph has no entry";
  for (uint32_t vertex = 0; vertex < index.count; ++vertex) {
    for (uint32_t layer = 0; layer < graph.layers && in_layer(vertex, layer); ++layer) {
      for (const uint32_t next : graph.links_of(vertex, layer)) {
        if (next != VectorGraph::kNoLink && (next >= index.count || !in_layer(next, layer)))
          return "a link of its graph leads nowhere";
      }
    }
  }
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
  const bool coded = sections.count("codes") > 0;
  if (coded) index.vectors = nullptr;
  if (!sections.problem() && sections.count("vectors") != (coded ? 0 : index.count))
    sections.damaged("it lacks vectors");
  uint32_t dimension = 0;
  index.user_vectors = sections.read_vectors("users", dimension);
  index.users = static_cast<uint32_t>(sections.count("users"));
  if (!sections.problem() && dimension != index.dimension) sections.damaged("its vectors are of different lengths");
  if (!sections.problem() && sections.count("graph") > 0) read_graph(sections, index);
  if (!sections.problem() && sections.count("cells") > 0) {
    index.cells.centroids = sections.read_vectors("cells", dimension);
    index.cells.count = static_cast<uint32_t>(sections.count("cells"));
    index.cells.offsets = sections.read<uint64_t>("cells.offsets", index.cells.count + uint64_t{1});
  }
  if (!sections.problem() && coded) read_codes(sections, index);
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
  if (!all_below(file, index.history_item, events, item_rows)) return "an item has no row";
  return std::nullopt;
}

std::optional<std::string> check_index(const MappedFile& file, const VectorIndex& index, uint32_t item_rows) {
  std::vector<uint8_t> seen(item_rows);
  for (uint32_t at = 0; at < index.count; ++at) {
    if (index.row[at] >= item_rows || std::exchange(seen[index.row[at]], uint8_t{1}) != 0)
      return "its rows are not each there once";
  }
  if (index.graph.layers > 0 &&
      !offsets_hold(index.graph.upper_offsets, index.count, file.section("graph.upper")->count))
    return "the offsets of its graph do not ascend";
  if (auto wrong = check_graph(index)) return wrong;
  if (index.cells.count > 0 && !offsets_hold(index.cells.offsets, index.cells.count, index.count))
    return "the offsets of its cells do not ascend";
  const uint64_t codes = uint64_t{index.count} * index.codes.subvectors;
  if (std::any_of(index.codes.code, index.codes.code + codes, [&](uint16_t code) { return code >= index.codes.words; }))
    return "a code has no word";
  const auto finite = [&](const float* values, uint32_t count) {
    return std::all_of(values, values + size_t{count} * index.dimension, [](float v) { return std::isfinite(v); });
  };
  if (!finite(index.vectors, index.vectors == nullptr ? 0 : index.count) || !finite(index.user_vectors, index.users))
    return "a vector is not finite";
  return std::nullopt;
}

std::span<const float> VectorIndex::user(uint32_t row_of_user) const {
  if (row_of_user >= users) return {};
  const std::span<const float> own(user_vectors + size_t{row_of_user} * dimension, dimension);
  return std::ranges::all_of(own, [](float value) { return value == 0; }) ? std::span<const float>{} : own;
}

}  // namespace rec::store
