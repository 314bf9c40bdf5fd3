// One run of rec-build, step by step.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "offline/build/build.h"
#include "offline/build/directory.h"
#include "offline/build/event_values.h"
#include "offline/indexes/work.h"
#include "offline/ingest/bad_rows.h"
#include "offline/ingest/event_log.h"
#include "operators/registry.h"
#include "runtime/store/generation.h"
#include "runtime/store/manifest.h"

namespace rec::build {

class Builder {
 public:
  Builder(std::string directory, const BuildOptions& options, source::Sources& sources,
          diagnostics::Diagnostics& diagnostics)
      : directory_(std::move(directory)), options_(options), sources_(sources), diagnostics_(diagnostics) {}

  BuildReport run();

 private:
  bool prepare();
  bool read_catalog();
  void read_previous();
  void plan_parts();
  bool is_fresh(const std::string& part) const;
  bool users_are_readable(uint64_t epoch) const;

  bool make_everything();
  bool make_tables();
  bool make_statistics();
  bool make_lookups();
  bool make_sequences();
  bool make_indexes();
  bool make_index(const catalog::Index& index);
  bool make_item_lists(const catalog::Index& index);
  bool make_user_lists(const catalog::Index& index);
  bool make_factors(const catalog::Index& index);
  bool make_vectors(const catalog::Index& index);
  bool finish();
  void clean_up();

  /// Reuses the part's file, or calls `make`, which writes it.
  template <typename Make>
  bool make_part(const std::string& part, const std::string& file, Make make);
  /// What an index over users and items is built from.
  struct Feedback {
    std::vector<indexes::Interaction> list;
    uint32_t users, known_users, items;
  };
  std::optional<Feedback> feedback(const catalog::Index& index);
  indexes::Work work(const catalog::Index& index) const;

  ingest::EventLog* log(size_t events);
  const KeptEvents* kept(size_t sequence);
  bool hold_out(ingest::EventLog& read, size_t events);
  EventContext context() const;
  std::shared_ptr<store::LmdbEnvironment> open_user_store();
  bool report_bad_rows(const std::string& part, const ingest::BadRows& bad_rows);
  bool fail(const std::string& message);

  const std::string directory_;
  const BuildOptions& options_;
  source::Sources& sources_;
  diagnostics::Diagnostics& diagnostics_;
  const operators::Registry registry_;
  BuildReport report_;

  catalog::Catalog catalog_;
  std::string catalog_text_;
  uint64_t current_ = 0;                     // 0: nothing was built yet
  std::optional<store::Manifest> previous_;  // of the current generation, if it can be used
  std::string previous_path_, path_;         // folders: of the current generation, of the one being written
  store::Manifest manifest_;
  std::map<std::string, bool> stale_;
  size_t parts_done_ = 0;

  std::unique_ptr<store::Generation> tables_;
  std::map<size_t, std::unique_ptr<ingest::EventLog>> logs_;
  std::map<size_t, uint64_t> log_bad_rows_;
  std::map<size_t, KeptEvents> kept_;
};

}  // namespace rec::build
