// One section an array.
#include "runtime/store/index_writer.h"

namespace rec::store {

std::expected<void, WriteError> write_neighbours(const std::string& path, std::span<const uint64_t> offsets,
                                                 std::span<const uint32_t> neighbour, std::span<const float> similarity,
                                                 const std::function<void()>& between_pieces) {
  auto file = FileWriter::create(path, FileKind::neighbours, offsets.size() - 1, 3);
  if (!file) return std::unexpected(file.error());
  file->between_pieces(between_pieces);
  file->add("offsets", types::integer(), offsets);
  file->add("neighbour", types::integer(), neighbour);
  file->add("similarity", types::floating(), similarity);
  return file->finish();
}

std::expected<void, WriteError> write_user_index(const std::string& path, const UserIndex& index,
                                                 const std::function<void()>& between_pieces) {
  auto file = FileWriter::create(path, FileKind::user_neighbours, index.users, 6);
  if (!file) return std::unexpected(file.error());
  file->between_pieces(between_pieces);
  const uint64_t neighbours = index.offsets[index.users], events = index.history_offsets[index.users];
  file->add("offsets", types::integer(), std::span(index.offsets, index.users + size_t{1}));
  file->add("neighbour", types::integer(), std::span(index.neighbour, neighbours));
  file->add("similarity", types::floating(), std::span(index.similarity, neighbours));
  file->add("history.offsets", types::integer(), std::span(index.history_offsets, index.users + size_t{1}));
  file->add("history.item", types::integer(), std::span(index.history_item, events));
  file->add("history.weight", types::floating(), std::span(index.history_weight, events));
  return file->finish();
}

std::expected<void, WriteError> write_vector_index(const std::string& path, const VectorIndex& index,
                                                   uint32_t item_rows) {
  auto file = FileWriter::create(path, FileKind::vectors, item_rows, 12);
  if (!file) return std::unexpected(file.error());
  const auto vectors = [&](const float* values, uint32_t count) {
    return std::as_bytes(std::span(values, size_t{count} * index.dimension));
  };
  const auto width = static_cast<uint32_t>(index.dimension * sizeof(float));
  file->add("row", types::integer(), std::span(index.row, index.count));
  file->add("vectors", types::vector(index.dimension), width,
            vectors(index.vectors, index.vectors == nullptr ? 0 : index.count));
  file->add("users", types::vector(index.dimension), width, vectors(index.user_vectors, index.users));
  if (const VectorGraph& graph = index.graph; graph.layers > 0) {
    const uint32_t shape[] = {graph.links, graph.entry, graph.layers};
    file->add("graph", types::integer(), std::span<const uint32_t>(shape));
    file->add("graph.links", types::integer(), std::span(graph.links0, size_t{index.count} * 2 * graph.links));
    file->add("graph.offsets", types::integer(), std::span(graph.upper_offsets, index.count + size_t{1}));
    file->add("graph.upper", types::integer(), std::span(graph.upper, graph.upper_offsets[index.count]));
  }
  if (const VectorCells& cells = index.cells; cells.count > 0) {
    file->add("cells", types::vector(index.dimension), width, vectors(cells.centroids, cells.count));
    file->add("cells.offsets", types::integer(), std::span(cells.offsets, cells.count + size_t{1}));
  }
  if (const VectorCodes& codes = index.codes; codes.subvectors > 0) {
    const uint32_t shape[] = {codes.subvectors, codes.words};
    file->add("codes", types::integer(), std::span<const uint32_t>(shape));
    file->add("codes.book", types::floating(), std::span(codes.book, size_t{codes.words} * index.dimension));
    file->add("codes.code", types::integer(), std::span(codes.code, size_t{index.count} * codes.subvectors));
  }
  return file->finish();
}

}  // namespace rec::store
