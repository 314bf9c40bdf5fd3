// Making, or taking over, each part of a generation.
#include <fmt/format.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <utility>

#include "offline/build/builder.h"
#include "offline/build/inputs.h"
#include "offline/build/statistic_sums.h"
#include "offline/ingest/table_reader.h"
#include "offline/memory/size.h"
#include "runtime/store/generation_reader.h"
#include "runtime/store/lookup_writer.h"
#include "runtime/store/table_writer.h"
#include "runtime/store/user_store.h"

namespace rec::build {

namespace fs = std::filesystem;
using diagnostics::Code;

bool Builder::make_part(const std::string& part, const std::string& file, const std::function<bool()>& make) {
  if (stale_.at(part)) {
    const uint64_t peak = memory::peak_resident();
    tell(part, 0);
    grew_.reset();
    const bool made = make();
    effort_done_ += std::exchange(effort_[part], 0);
    note_memory(part, peak);
    if (grew_) {
      report_.updated.push_back(part + *grew_);
    } else {
      report_.made.push_back(part);
    }
    return made;
  }
  report_.reused.push_back(part);
  manifest_.parts[part].bad_rows = previous_->parts.at(part).bad_rows;
  manifest_.parts[part].threads = previous_->parts.at(part).threads;
  manifest_.parts[part].grown = previous_->parts.at(part).grown;
  if (file.empty()) {
    return true;
  }
  auto linked = link_or_copy(previous_path_ + file.substr(path_.size()), file);
  return linked || fail(linked.error());
}

void Builder::tell(const std::string& part, double share) {
  if (!options_.progress) {
    return;
  }
  double all = effort_done_;
  for (const auto& [other, effort] : effort_) {
    all += effort;
  }
  options_.progress(part, (effort_done_ + share * effort_[part]) / all);
}

/// Tables, and what grows with users and items alone, take what they take.
void Builder::note_memory(const std::string& part, uint64_t peak_before) {
  const uint64_t peak = memory::peak_resident();
  if (peak > peak_before && peak > budget_->bytes()) {
    report_.notes.push_back(fmt::format("{}: up to {} of memory were held, more than the {} that a build may hold",
                                        part, memory::size_text(peak), memory::size_text(budget_->bytes())));
  }
}

bool Builder::report_bad_rows(const std::string& part, const ingest::BadRows& bad_rows) {
  manifest_.parts[part].bad_rows = bad_rows.total();
  for (const std::string& note : bad_rows.notes()) {
    if (options_.strict) {
      diagnostics_.error(Code::bad_rows, {}, note).help.push_back("correct the rows, or build without --strict");
    } else {
      report_.notes.push_back(note);
    }
  }
  return !options_.strict || bad_rows.total() == 0;
}

EventContext Builder::context() const {
  return {
      .catalog = catalog_, .registry = registry_, .tables = *tables_, .sources = sources_, .diagnostics = diagnostics_};
}

bool Builder::make_tables() {
  bool whole = true;
  for (const catalog::Table& table : catalog_.tables) {
    const std::string part = "table " + table.name;
    const std::string file = store::table_path(path_, table.name);
    whole = make_part(part, file,
                      [&] {
                        ingest::BadRows bad_rows;
                        const auto raw = ingest::read_table(directory_, table, bad_rows, diagnostics_);
                        if (!raw || !report_bad_rows(part, bad_rows)) {
                          return false;
                        }
                        const auto written = store::write_table(file, raw->data, raw->order);
                        return written || fail(written.error());
                      }) &&
            whole;  // every table is looked at, so that all mistakes show at once
  }
  if (whole) {
    tables_ = store::GenerationReader(directory_, path_, sources_, diagnostics_).open_tables(catalog_);
  }
  return tables_ != nullptr;
}

std::optional<store::ColumnData> Builder::sum_statistic(const catalog::Statistic& statistic) {
  const auto time = newest(statistic.events);
  if (!time) {
    return std::nullopt;
  }
  StatisticSums sums(statistic, *time, &*budget_, context());
  if (!each_part(statistic.events, [&](const ingest::EventLog& part) { return sums.add(part); })) {
    return std::nullopt;
  }
  auto column = sums.finish();
  return spilled_well() ? std::optional(std::move(column)) : std::nullopt;
}

bool Builder::make_statistics() {
  for (const catalog::Table& table : catalog_.tables) {
    const std::string part = "statistics " + table.name;
    if (!stale_.contains(part)) {
      continue;
    }
    const std::string file = store::statistics_path(path_, table.name);
    const bool made = make_part(part, file, [&] {
      std::vector<store::ColumnData> columns;
      bool grown = true;
      for (const catalog::Statistic& statistic : catalog_.statistics) {
        if (statistic.table != table.name) {
          continue;
        }
        if (log(statistic.events) == nullptr) {
          return false;
        }
        auto column = grow_statistic(statistic);
        grown = grown && column;
        if (!column) {
          column = sum_statistic(statistic);
        }
        if (!column) {
          return false;
        }
        columns.push_back(std::move(*column));
      }
      if (grown) {
        grew();
      }
      const auto written = store::write_statistics(file, tables_->table(table.name)->rows(), columns);
      return written || fail(written.error());
    });
    if (!made) {
      return false;
    }
  }
  return true;
}

bool Builder::make_lookups() {
  std::unique_ptr<store::Generation> with_statistics;
  for (const catalog::Table& table : catalog_.tables) {
    const std::string part = "lookups " + table.name;
    if (!stale_.contains(part)) {
      continue;
    }
    const std::string file = store::lookups_path(path_, table.name);
    const bool made = make_part(part, file, [&] {
      if (with_statistics == nullptr) {
        store::GenerationReader reader(directory_, path_, sources_, diagnostics_);
        with_statistics = reader.open_tables(catalog_, true);
      }
      if (with_statistics == nullptr) {
        return false;
      }
      const auto written = store::write_lookups(file, *with_statistics->table(table.name), table);
      return written || fail(written.error());
    });
    if (!made) {
      return false;
    }
  }
  return true;
}

namespace {

/// A file that is no LMDB file or is shorter than it was when the current generation was published is of no use to
/// anybody.
bool is_ruined(const std::string& path, uint64_t least_bytes) {
  constexpr uint32_t kLmdbMagic = 0xBEEFC0DE;
  std::error_code error;
  const uint64_t size = fs::file_size(path, error);
  if (error || size == 0) {
    return false;
  }
  uint32_t magic = 0;
  std::ifstream in(path, std::ios::binary);
  in.seekg(16);
  in.read(reinterpret_cast<char*>(&magic), sizeof(magic));
  return size < least_bytes || (in.good() && magic != kLmdbMagic) || in.eof();
}

}  // namespace

std::shared_ptr<store::LmdbEnvironment> Builder::open_user_store() {
  const std::string path = store::user_store_path(directory_);
  if (is_ruined(path, previous_ ? previous_->user_store_bytes : 0)) {
    report_.notes.push_back(fmt::format("{} was damaged and has been made again", path));
    std::error_code ignored;
    fs::remove(path, ignored);
    fs::remove(path + "-lock", ignored);
  }
  auto users = store::LmdbEnvironment::open(path, true);
  if (!users) {
    fail(fmt::format("cannot write {}", users.error()));
    return nullptr;
  }
  return *users;
}

bool Builder::make_sequences() {
  if (catalog_.sequences.empty()) {
    return true;
  }
  manifest_.epoch = stale_.at("sequences") ? manifest_.generation : previous_->epoch;
  manifest_.base_epoch = stale_.at("sequences") ? 0 : previous_->base_epoch;
  const bool made = make_part("sequences", "", [&] {
    const bool recent = sequences_grow();
    if (recent) {
      manifest_.base_epoch = previous_->base_epoch != 0 ? previous_->base_epoch : previous_->epoch;
      grew();
    }
    const auto users = open_user_store();
    if (users == nullptr) {
      return false;
    }
    // What dead builds left under this number or any other that no generation names.
    auto written = users->remove_epochs_except(remove_old_generations(directory_, current_));
    for (size_t sequence = 0; written && sequence < catalog_.sequences.size(); ++sequence) {
      const auto write = [&](const ingest::EventLog& part, const KeptEvents& events) {
        written = write_sequence(*users, manifest_.epoch, sequence, events, part, context());
        return written.has_value();
      };
      if (!each_history(sequence, recent, write) && written) {
        return false;
      }
    }
    if (written) {
      written = users->write(manifest_.epoch, {}, true);
    }
    return written || fail(fmt::format("cannot write {}", written.error()));
  });
  std::error_code error;
  manifest_.user_store_bytes = fs::file_size(store::user_store_path(directory_), error);
  return made;
}

bool Builder::make_indexes() {
  for (const catalog::Index& index : catalog_.indexes) {
    const std::string part = "index " + index.name;
    if (!is_built(catalog_, index)) {
      continue;
    }
    if (!make_part(part, store::index_path(path_, index.name), [&] { return make_index(index) && spilled_well(); })) {
      return false;
    }
    const std::string interactions = store::interactions_path(previous_path_, index.name);
    if (!stale_.at(part) && fs::exists(interactions)) {
      if (auto linked = link_or_copy(interactions, store::interactions_path(path_, index.name)); !linked) {
        return fail(linked.error());
      }
    }
  }
  return true;
}

}  // namespace rec::build
