// rec-build from start to end: what is there, what is stale, and the generation that comes of it.
#include "offline/build/build.h"

#include <fmt/format.h>
#include <xxhash.h>

#include <chrono>
#include <filesystem>
#include <set>

#include "compiler/check/check.h"
#include "offline/build/builder.h"
#include "offline/build/effort.h"
#include "offline/build/inputs.h"
#include "offline/memory/size.h"
#include "runtime/store/file_writer.h"
#include "runtime/store/generation_reader.h"
#include "runtime/store/index_reader.h"
#include "runtime/store/user_store.h"

namespace rec::build {

namespace fs = std::filesystem;
using diagnostics::Code;

BuildReport build(const std::string& directory, const BuildOptions& options, source::Sources& sources,
                  diagnostics::Diagnostics& diagnostics) {
  return Builder(directory, options, sources, diagnostics).run();
}

BuildReport Builder::run() {
  const auto begin = std::chrono::steady_clock::now();
  // Read before the lock is taken: a directory without a catalog is left without a lock file.
  if (!read_catalog()) {
    return report_;
  }
  auto lock = DirectoryLock::take(directory_);
  if (!lock) {
    fail(lock.error());
    return report_;
  }
  if (!*lock) {
    diagnostics_.error(Code::build_running, {}, fmt::format("another build of {} is running", directory_))
        .help.push_back("wait for it to end; nothing was changed");
    return report_;
  }
  if (prepare()) {
    std::set<std::string> stale;
    for (const auto& [part, is_stale] : stale_) {
      if (is_stale) {
        stale.insert(part);
      }
    }
    const bool same_catalog = previous_ && previous_->catalog_hash == manifest_.catalog_hash;
    if (stale.empty() && same_catalog) {
      report_.generation = current_;
      for (const auto& [part, is_stale] : stale_) {
        report_.reused.push_back(part);
      }
    } else if (!make_everything() || !finish()) {
      clean_up();
      report_.published = false;
    }
  }
  report_.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return report_;
}

bool Builder::fail(const std::string& message) {
  diagnostics_.error(Code::cannot_write, {}, message);
  return false;
}

bool Builder::read_catalog() {
  const std::string path = directory_ + "/catalog.yaml";
  catalog_ = catalog::read_catalog(path, sources_, diagnostics_);
  if (diagnostics_.has_errors()) {
    return false;
  }
  const auto bytes = store::read_bytes(path);
  if (!bytes) {
    return fail(fmt::format("cannot read {}: {}", path, bytes.error().message));
  }
  catalog_text_ = *bytes;
  manifest_.catalog_hash = XXH64(bytes->data(), bytes->size(), 0);
  for (const IndexSetting& setting : options_.index_settings) {
    if (const auto wrong = catalog::set_index_option(catalog_, setting.index, setting.option, setting.value)) {
      diagnostics_.error(Code::bad_index_option, {}, *wrong);
      return false;
    }
  }
  check::check_catalog(catalog_, registry_, sources_, diagnostics_);
  return !diagnostics_.has_errors();
}

void Builder::read_previous() {
  const auto number = store::read_current(directory_);
  const auto numbers = generation_numbers(directory_);
  if (!number) {
    // CURRENT is gone or damaged: whatever lies in generations/ stays, and the next number is above it.
    current_ = numbers.empty() ? 0 : numbers.back();
    return;
  }
  current_ = *number;
  previous_path_ = store::generation_path(directory_, current_);
  if (auto manifest = store::read_manifest(previous_path_); manifest && !options_.full) {
    previous_ = std::move(*manifest);
  }
}

bool Builder::prepare() {
  read_previous();
  remove_leftovers(directory_, current_);
  const std::map<std::string, store::RawFile> none;
  auto files = hash_raw_files(directory_, catalog_, previous_ ? previous_->raw_files : none, diagnostics_);
  if (!files) {
    return false;
  }
  manifest_.raw_files = std::move(files->files);
  grown_files_ = std::move(files->grown);
  const auto words = part_words(catalog_, manifest_.raw_files, options_.without);
  for (const auto& [part, inputs] : part_inputs(catalog_, manifest_.raw_files, options_.without)) {
    manifest_.parts[part] = {.inputs = inputs, .words = words.at(part), .bad_rows = 0};
  }
  manifest_.generation = current_ + 1;
  path_ = store::generation_path(directory_, manifest_.generation) + ".tmp";
  plan_parts();
  return true;
}

bool Builder::users_are_readable() const {
  return store::UserStore::open(directory_, previous_->epoch, previous_->base_epoch, previous_->user_store_bytes)
      .has_value();
}

bool Builder::is_whole(const std::string& path, store::FileKind kind) {
  const auto file = store::MappedFile::open(path, kind);
  return file && !file->verify();
}

bool Builder::is_fresh(const std::string& part) const {
  if (!previous_) {
    return false;
  }
  const auto before = previous_->parts.find(part);
  if (before == previous_->parts.end() || before->second.inputs != manifest_.parts.at(part).inputs ||
      (options_.strict && before->second.bad_rows > 0)) {
    return false;
  }
  // A file that was damaged since is made again.
  const std::string name = part.substr(part.find(' ') + 1);
  if (part.starts_with("table ")) {
    return is_whole(store::table_path(previous_path_, name), store::FileKind::table);
  }
  if (part.starts_with("log ")) {
    const std::string newer = store::newer_events_path(previous_path_, name);
    return is_whole(store::events_path(previous_path_, name), store::FileKind::events) &&
           (!fs::exists(newer) || is_whole(newer, store::FileKind::events));
  }
  if (part.starts_with("statistics ")) {
    return is_whole(store::statistics_path(previous_path_, name), store::FileKind::statistics);
  }
  if (part.starts_with("lookups ")) {
    return is_whole(store::lookups_path(previous_path_, name), store::FileKind::lookups);
  }
  if (part.starts_with("index ")) {
    return is_whole(store::index_path(previous_path_, name), store::index_kind(catalog_.index(name)->algorithm));
  }
  return part != "sequences" || users_are_readable();
}

void Builder::plan_parts() {
  for (const auto& [part, inputs] : manifest_.parts) {
    stale_[part] = !is_fresh(part);
  }
  effort_ = estimated_effort(catalog_, manifest_.raw_files, stale_);
}

bool Builder::make_everything() {
  std::error_code error;
  fs::create_directories(path_, error);
  if (error) {
    return fail(fmt::format("cannot write {}: {}", path_, error.message()));
  }
  budget_.emplace(options_.memory != 0 ? options_.memory : memory::machine_memory() / 2, path_);
  for (const catalog::Index& index : catalog_.indexes) {
    if (!is_built(catalog_, index)) {
      report_.notes.push_back(fmt::format(
          "index {}: the vectors of a model are not built by this version; pipelines that use it are refused",
          index.name));
    }
  }
  open_old();
  return make_tables() && make_logs() && make_statistics() && make_lookups() && make_sequences() && make_indexes();
}

bool Builder::finish() {
  manifest_.newest_event = previous_ ? previous_->newest_event : 0;
  if (stale_["events"]) {
    manifest_.newest_event = 0;
    for (size_t events = 0; events < catalog_.events.size(); ++events) {
      const auto time = newest(events);
      if (!time) {
        return false;
      }
      manifest_.newest_event = std::max(manifest_.newest_event, *time);
    }
  }
  if (auto written = store::write_file(path_ + "/catalog.yaml", catalog_text_); !written) {
    return fail(written.error());
  }
  if (auto written = store::write_file(path_ + "/manifest.json", to_json(manifest_)); !written) {
    return fail(written.error());
  }
  tables_.reset();
  old_.reset();
  store::GenerationReader reader(directory_, path_, sources_, diagnostics_);
  if (const auto written = reader.open(); written == nullptr || !reader.check(*written)) {
    report_.notes.push_back("the new generation does not read back as it was written, and was not published");
    return false;
  }
  if (const auto problem = check_kept_files(path_)) {
    reader.report(*problem);
    return false;
  }
  if (auto published = publish(directory_, manifest_.generation); !published) {
    return fail(published.error());
  }
  report_.published = true;
  report_.generation = manifest_.generation;
  const auto epochs = remove_old_generations(directory_, manifest_.generation);
  if (manifest_.epoch != 0) {
    // The space of old epochs is used again by later builds; failing to free it now harms nobody.
    if (const auto users = store::LmdbEnvironment::open(store::user_store_path(directory_), false)) {
      (void)(*users)->remove_epochs_except(epochs);
    }
  }
  return true;
}

void Builder::clean_up() {
  tables_.reset();
  old_.reset();
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

bool check(const std::string& directory, source::Sources& sources, diagnostics::Diagnostics& diagnostics) {
  const auto generation = store::open_generation(directory, sources, diagnostics);
  if (generation == nullptr || !store::check_generation(directory, generation->number(), sources, diagnostics)) {
    return false;
  }
  const auto problem = check_kept_files(generation->directory());
  if (problem) {
    store::GenerationReader(directory, generation->directory(), sources, diagnostics).report(*problem);
  }
  return !problem;
}

}  // namespace rec::build
