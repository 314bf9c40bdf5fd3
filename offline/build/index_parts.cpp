// The indexes of a generation.
#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "offline/build/builder.h"
#include "offline/build/index_options.h"
#include "offline/build/inputs.h"
#include "offline/build/interactions_file.h"
#include "offline/indexes/vectors.h"
#include "offline/memory/size.h"
#include "runtime/store/index_reader.h"
#include "runtime/store/index_writer.h"
#include "runtime/store/mapped_file.h"

namespace rec::build {

bool Builder::make_index(const catalog::Index& index) {
  if (index.algorithm == "user_cf") return make_user_lists(index);
  if (index.algorithm == "als") return make_factors(index);
  return index.sequence ? make_item_lists(index) : make_vectors(index);
}

indexes::Work Builder::work(const catalog::Index& index) {
  indexes::Work work{.threads = options_.threads, .memory = &*budget_};
  if (options_.progress) {
    work.progress = [this, part = "index " + index.name](double share) { tell(part, share); };
  }
  return work;
}

std::optional<Builder::Feedback> Builder::feedback(const catalog::Index& index, bool recent) {
  const size_t events = catalog_.sequences[*index.sequence].events;
  const Log* from = log(events);
  if (from == nullptr) return std::nullopt;
  Feedback out{.list = indexes::InteractionList(&*budget_),
               .users = from->all->users(),
               .known_users = from->all->known_users,
               .items = tables_->table(catalog_.events[events].item_table)->rows()};
  uint64_t without_weight = 0;
  const auto fold = [&](const ingest::EventLog& part, const KeptEvents& kept_events) {
    const auto weight = evaluate_number(index.weight, events, part, context());
    if (weight) fold_interactions(kept_events, part, *weight, out.list, without_weight);
    return weight.has_value();
  };
  if (!each_history(*index.sequence, recent, fold)) return std::nullopt;
  out.list.finish();
  if (without_weight > 0) {
    report_.notes.push_back(fmt::format("index {}: {} events{} left out, their weight is no number", index.name,
                                        without_weight, recent ? " of users with new ones" : ""));
  }
  return out;
}

bool Builder::keep_interactions(const catalog::Index& index, const indexes::Side& of_user) {
  if (!options_.without.empty()) return true;  // nothing will grow out of it
  const auto written =
      write_interactions(store::interactions_path(path_, index.name), of_user, [&] { budget_->relieve(); });
  return written || fail(written.error());
}

indexes::Interactions Builder::arrange_items(const catalog::Index& index, Feedback from) {
  if (index.algorithm != "swing") {
    return indexes::arrange_for_item_cf(std::move(from.list), from.users, from.items, item_cf_options(index),
                                        &*budget_);
  }
  const auto options = swing_options(index);
  indexes::SwingSampled sampled;
  auto all = indexes::arrange_for_swing(std::move(from.list), from.users, from.items, options, sampled, &*budget_);
  const auto note = [&](uint64_t cut, const char* rows, const char* entries, std::optional<uint32_t> most) {
    if (cut == 0) return;
    report_.notes.push_back(fmt::format("index {}: {} {} have more than {} {}, of which that many were drawn",
                                        index.name, cut, rows, *most, entries));
  };
  note(sampled.users, "users", "items", options.max_items);
  note(sampled.items, "items", "users", options.max_users);
  return all;
}

void Builder::grew_by_rows(uint64_t made, uint64_t rows) {
  if (made < rows || rows == 0) grew(fmt::format(" ({} of {} rows)", made, rows));
}

bool Builder::make_item_lists(const catalog::Index& index) {
  const bool swing = index.algorithm == "swing";
  const auto before = index_before(index);
  // What is drawn of an item's users depends on all of them.
  const bool recent = before && before->recent_suffices && !index.options.contains("max_users") &&
                      !(swing && index.options.contains("max_items"));
  auto from = feedback(index, recent);
  if (!from) return false;
  const uint32_t items = from->items;
  auto all = arrange_items(index, std::move(*from));
  if (recent) {
    const auto& flagged = logs_.at(catalog_.sequences[*index.sequence].events).recent_users;
    all = indexes::replace_users(before->of_user, flagged, all.of_user, items, &*budget_);
  }
  indexes::NeighbourLists lists;
  if (before) {
    auto updated = swing ? indexes::update_swing(*before, all, swing_options(index), work(index))
                         : indexes::update_item_cf(*before, all, item_cf_options(index), work(index));
    lists = std::move(updated.lists);
    grew_by_rows(updated.rows_made, items);
  } else {
    lists = swing ? indexes::build_swing(all, swing_options(index), work(index))
                  : indexes::build_item_cf(all, item_cf_options(index), work(index));
  }
  const auto written = store::write_neighbours(store::index_path(path_, index.name), lists.offsets, lists.neighbour,
                                               lists.similarity, [&] { budget_->relieve(); });
  return written ? keep_interactions(index, all.of_user) : fail(written.error());
}

bool Builder::make_user_lists(const catalog::Index& index) {
  const auto before = index_before(index);
  const bool recent = before && before->recent_suffices;
  auto from = feedback(index, recent);
  if (!from) return false;
  const auto options = user_cf_options(index);
  auto history = indexes::newest_first(from->list, from->users, options.max_items, &*budget_);
  auto all = indexes::arrange_for_user_cf(std::move(from->list), from->users, from->items, options, &*budget_);
  if (recent) {
    const auto& flagged = logs_.at(catalog_.sequences[*index.sequence].events).recent_users;
    all = indexes::replace_users(before->of_user, flagged, all.of_user, from->items, &*budget_);
    history = indexes::replace_rows(before->history, flagged, history, &*budget_);
  }
  indexes::NeighbourLists lists;
  if (before) {
    auto updated = indexes::update_user_cf(*before, all, options, work(index));
    lists = std::move(updated.lists);
    grew_by_rows(updated.rows_made, from->users);
  } else {
    lists = indexes::build_user_cf(all, options, work(index));
  }
  store::UserIndex out;
  out.users = from->users;
  out.offsets = lists.offsets.data();
  out.neighbour = lists.neighbour.data();
  out.similarity = lists.similarity.data();
  out.history_offsets = history.offsets.data();
  out.history_item = history.id.data();
  out.history_weight = history.weight.data();
  const auto written = store::write_user_index(store::index_path(path_, index.name), out, [&] { budget_->relieve(); });
  return written ? keep_interactions(index, all.of_user) : fail(written.error());
}

bool Builder::make_factors(const catalog::Index& index) {
  auto from = feedback(index);
  if (!from) return false;
  const uint64_t bytes = (uint64_t{from->users} + from->items) * als_options(index).factors * sizeof(float);
  if (bytes > budget_->bytes()) {
    report_.notes.push_back(fmt::format("index {}: its factors alone take {} of memory, whatever a build may hold",
                                        index.name, memory::size_text(bytes)));
  }
  const auto factors =
      indexes::build_als(std::move(from->list), from->users, from->items, als_options(index), work(index));
  const auto set = indexes::gather_vectors(factors.items, factors.factors, {}, true);
  store::VectorIndex out;
  out.dimension = factors.factors;
  out.count = static_cast<uint32_t>(set.row.size());
  out.row = set.row.data();
  out.vectors = set.vectors.data();
  out.users = from->known_users;
  out.user_vectors = factors.users.data();
  const auto written = store::write_vector_index(store::index_path(path_, index.name), out, from->items);
  return written || fail(written.error());
}

namespace {

/// The structures of an index that is mapped, as their builders have them.
indexes::Graph graph_of(const store::VectorIndex& index) {
  const store::VectorGraph& graph = index.graph;
  const uint64_t links0 = uint64_t{index.count} * 2 * graph.links;
  return {.links = graph.links,
          .entry = graph.entry,
          .layers = graph.layers,
          .links0 = {graph.links0, graph.links0 + links0},
          .upper_offsets = {graph.upper_offsets, graph.upper_offsets + index.count + 1},
          .upper = {graph.upper, graph.upper + graph.upper_offsets[index.count]}};
}
indexes::Cells cells_of(const store::VectorIndex& index) {
  const store::VectorCells& cells = index.cells;
  return {.centroids = {cells.centroids, cells.centroids + size_t{cells.count} * index.dimension},
          .offsets = {cells.offsets, cells.offsets + cells.count + 1}};
}
indexes::Codes codes_of(const store::VectorIndex& index) {
  const store::VectorCodes& codes = index.codes;
  return {.subvectors = codes.subvectors,
          .words = codes.words,
          .book = {codes.book, codes.book + size_t{codes.words} * index.dimension},
          .code = {codes.code, codes.code + size_t{index.count} * codes.subvectors}};
}

}  // namespace

bool Builder::make_vectors(const catalog::Index& index) {
  const VectorsOf from = vectors_of(catalog_, index);
  const uint32_t items = tables_->table(index.item_table)->rows();
  const bool cosine = std::get<std::string>(index.options.at("metric")) == "cosine";
  indexes::VectorSet set;
  if (from.index != nullptr) {
    const std::string path = store::index_path(path_, from.index->name);
    const auto file = store::MappedFile::open(path, store::FileKind::vectors);
    store::VectorIndex factors;
    if (!file || store::read_index(*file, factors)) return fail(fmt::format("cannot read {}", path));
    set = {.dimension = factors.dimension,
           .row = {factors.row, factors.row + factors.count},
           .vectors = {factors.vectors, factors.vectors + size_t{factors.count} * factors.dimension}};
  } else {
    const auto& view = tables_->table(from.table->name)->columns()[*from.table->column_index(from.column->name)];
    const std::span values(reinterpret_cast<const float*>(view.values), size_t{items} * view.type.size);
    set = indexes::gather_vectors(values, view.type.size,
                                  view.present == nullptr ? std::span<const uint8_t>{} : std::span(view.present, items),
                                  cosine);
    const uint64_t without = items - set.row.size();
    if (without > 0) {
      report_.notes.push_back(fmt::format("index {}: {} of {} items have no vector{}", index.name, without, items,
                                          cosine ? ", or one of length 0, which has no direction" : ""));
    }
    constexpr double kUnequal = 4;
    if (const auto lengths = indexes::length_deciles(set); !cosine && lengths.longer > kUnequal * lengths.shorter) {
      report_.notes.push_back(
          fmt::format("index {}: a tenth of its vectors are shorter than {:.2g} and a tenth longer than {:.2g}, which "
                      "`inner_product` puts in front whatever their direction; `metric: cosine` compares directions",
                      index.name, lengths.shorter, lengths.longer));
    }
  }
  if (cosine) indexes::normalise(set);
  if (index.algorithm != "flat") manifest_.parts["index " + index.name].threads = options_.vector_threads;
  auto places = places_before(index, set);
  const store::VectorIndex* old = places ? old_->vector_index(index.name) : nullptr;
  store::VectorIndex out;
  indexes::Graph graph;
  indexes::Cells cells;
  indexes::Codes codes;
  if (index.algorithm == "hnsw") {
    indexes::Work how = work(index);
    how.threads = options_.vector_threads;
    graph = places ? indexes::grow_graph(set, *places, graph_of(*old), graph_options(index), how)
                   : indexes::build_graph(set, graph_options(index), how);
    out.graph = graph.view();
  } else if (index.algorithm != "flat") {
    cells = places ? indexes::grow_cells(set, *places, cells_of(*old), options_.vector_threads)
                   : indexes::build_cells(set, cells_of(index), options_.vector_threads);
    out.cells = {.count = static_cast<uint32_t>(cells.offsets.size() - 1),
                 .centroids = cells.centroids.data(),
                 .offsets = cells.offsets.data()};
    if (cells_of(index) > set.row.size()) {
      report_.notes.push_back(fmt::format("index {}: {} cells, as there are no more vectors; {} were asked for",
                                          index.name, out.cells.count, cells_of(index)));
    }
  }
  if (index.algorithm == "pq") {
    const auto [subvectors, bits] = code_options(index);
    if (set.dimension % subvectors != 0) {
      return fail(fmt::format("index {}: vectors of {} numbers cannot be cut into {} subvectors of one length",
                              index.name, set.dimension, subvectors));
    }
    codes = places ? indexes::grow_codes(set, *places, cells, codes_of(*old), options_.vector_threads)
                   : indexes::build_codes(set, cells, subvectors, bits, options_.vector_threads);
    out.codes = {
        .subvectors = codes.subvectors, .words = codes.words, .book = codes.book.data(), .code = codes.code.data()};
  }
  out.dimension = set.dimension;
  out.count = static_cast<uint32_t>(set.row.size());
  out.row = set.row.data();
  out.vectors = index.algorithm == "pq" ? nullptr : set.vectors.data();
  const auto written = store::write_vector_index(store::index_path(path_, index.name), out, items);
  return written || fail(written.error());
}

}  // namespace rec::build
