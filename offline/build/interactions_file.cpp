// One section an array of the side.
#include "offline/build/interactions_file.h"

#include "runtime/store/sections.h"

namespace rec::build {

std::expected<void, store::WriteError> write_interactions(const std::string& path, const indexes::Side& of_user,
                                                          const std::function<void()>& between_pieces) {
  auto file = store::FileWriter::create(path, store::FileKind::interactions, of_user.rows(), 4);
  if (!file) return std::unexpected(file.error());
  file->between_pieces(between_pieces);
  file->add<uint64_t>("offsets", types::integer(), of_user.offsets);
  file->add<uint32_t>("item", types::integer(), of_user.id);
  file->add<float>("weight", types::floating(), of_user.weight);
  file->add<int64_t>("time", types::integer(), of_user.time);
  return file->finish();
}

std::expected<indexes::Side, store::FileProblem> read_interactions(const std::string& path) {
  const auto file = store::MappedFile::open(path, store::FileKind::interactions);
  if (!file) return std::unexpected(file.error());
  if (auto problem = file->verify()) return std::unexpected(*problem);
  store::Sections sections(*file);
  const uint64_t entries = sections.count("item"), weights = sections.count("weight"), times = sections.count("time");
  const auto* offsets = sections.read<uint64_t>("offsets", file->rows() + 1);
  const auto* item = sections.read<uint32_t>("item");
  const auto* weight = sections.read<float>("weight", weights == 0 ? 0 : entries);
  const auto* time = sections.read<int64_t>("time", times == 0 ? 0 : entries);
  if (!sections.problem() && !store::offsets_hold(offsets, file->rows(), entries))
    sections.damaged("its offsets do not ascend");
  if (sections.problem()) return std::unexpected(*sections.problem());
  return indexes::Side{.offsets = {offsets, offsets + file->rows() + 1},
                       .id = std::vector(item, item + entries),
                       .weight = std::vector(weight, weight + weights),
                       .time = std::vector(time, time + times)};
}

}  // namespace rec::build
