// A generation's look-ups, and opening the one that is current.
#include "runtime/store/generation.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>

#include "runtime/store/generation_reader.h"
#include "runtime/store/mapping.h"
#include "runtime/store/overlay.h"
#include "runtime/store/user_store.h"

namespace rec::store {

Generation::Generation() : translations_(std::make_unique<Translations>()) {}
Generation::Generation(Generation&&) noexcept = default;
Generation::~Generation() = default;

const Table* Generation::table(std::string_view name) const {
  for (const Table& table : tables_) {
    if (table.name() == name) {
      return &table;
    }
  }
  return nullptr;
}

const Translation& Generation::translation(const Table& from, const Table& to) const {
  return translations_->of(from.strings(), to.strings());
}

namespace {

template <typename Index>
const Index* find(const std::vector<Index>& indexes, std::string_view name) {
  const auto found = std::ranges::find(indexes, name, [](const Index& index) { return std::string_view(index.name); });
  return found == indexes.end() ? nullptr : &*found;
}

}  // namespace

const NeighbourIndex* Generation::index(std::string_view name) const {
  return find(indexes_, name);
}

const UserIndex* Generation::user_index(std::string_view name) const {
  return find(user_indexes_, name);
}

const VectorIndex* Generation::vector_index(std::string_view name) const {
  return find(vector_indexes_, name);
}

std::expected<SequenceRead, std::string> Generation::read_sequence(size_t sequence, const Key& user,
                                                                   column::StringSpace& strings,
                                                                   column::Arena& arena) const {
  assert(sequence < catalog_.sequences.size());
  const catalog::Events& events = catalog_.events[catalog_.sequences[sequence].events];
  if (overlay_ != nullptr) {
    if (auto given = read_given(*overlay_, sequence, user, *table(events.item_table), events, strings, arena))
      return *given;
  }
  const UserStore* users = overlay_ != nullptr ? overlay_->base->users_.get() : users_.get();
  assert(users != nullptr);
  return users->read(sequence, user, event_types(events), *table(events.item_table), strings, arena);
}

namespace {

void warn_if_catalog_changed(const std::string& directory, const Generation& generation,
                             diagnostics::Diagnostics& diagnostics) {
  const auto now = read_bytes(directory + "/catalog.yaml");
  const auto then = read_bytes(generation.directory() + "/catalog.yaml");
  if (now && then && *now != *then) {
    diagnostics
        .warning(
            diagnostics::Code::catalog_changed, {},
            fmt::format("{}/catalog.yaml has changed since generation {} was built", directory, generation.number()))
        .help.push_back(fmt::format("run `rec-build {}` for the change to take effect", directory));
  }
}

}  // namespace

std::shared_ptr<const Generation> open_generation(const std::string& directory, source::Sources& sources,
                                                  diagnostics::Diagnostics& diagnostics) {
  const auto number = read_current(directory);
  if (!number) {
    GenerationReader reader(directory, directory, sources, diagnostics);
    if (number.error().reason == FileProblem::Reason::missing) {
      reader.report(diagnostics::Code::no_generation, fmt::format("no data has been built in {}", directory));
    } else {
      reader.report(number.error());
    }
    return nullptr;
  }
  auto generation = GenerationReader(directory, generation_path(directory, *number), sources, diagnostics).open();
  if (generation != nullptr) {
    warn_if_catalog_changed(directory, *generation, diagnostics);
  }
  return generation;
}

bool check_generation(const std::string& directory, uint64_t number, source::Sources& sources,
                      diagnostics::Diagnostics& diagnostics) {
  GenerationReader reader(directory, generation_path(directory, number), sources, diagnostics);
  const auto generation = reader.open();
  return generation != nullptr && reader.check(*generation);
}

}  // namespace rec::store
