// One run of rec-build, step by step.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "offline/build/build.h"
#include "offline/build/directory.h"
#include "offline/build/event_values.h"
#include "offline/indexes/update.h"
#include "offline/indexes/vectors.h"
#include "offline/indexes/work.h"
#include "offline/ingest/bad_rows.h"
#include "offline/ingest/event_parts.h"
#include "offline/ingest/stored_log.h"
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
  bool users_are_readable() const;
  static bool is_whole(const std::string& path, store::FileKind kind);

  bool make_everything();
  bool make_tables();
  bool make_logs();
  bool make_statistics();
  bool make_lookups();
  bool make_sequences();
  bool make_indexes();
  bool make_index(const catalog::Index& index);
  bool make_item_lists(const catalog::Index& index);
  bool make_user_lists(const catalog::Index& index);
  /// An index of the generation before in the row numbers of now.
  struct IndexBefore : indexes::Before {
    indexes::Side history{};       // of user_cf
    bool recent_suffices = false;  // users without recent events have what they had
  };
  std::optional<IndexBefore> index_before(const catalog::Index& index);
  bool keep_interactions(const catalog::Index& index, const indexes::Side& of_user);
  bool make_factors(const catalog::Index& index);
  bool make_vectors(const catalog::Index& index);
  /// Places of vectors in the index of the generation before, where it can grow into the one of now.
  std::optional<indexes::Places> places_before(const catalog::Index& index, const indexes::VectorSet& set);
  bool finish();
  void clean_up();

  /// Reuses the part's file, or calls `make`, which writes it.
  bool make_part(const std::string& part, const std::string& file, const std::function<bool()>& make);
  /// What an index over users and items is built from; of users with recent events alone, or of all.
  struct Feedback {
    indexes::InteractionList list;
    uint32_t users, known_users, items;
  };
  indexes::Interactions arrange_items(const catalog::Index& index, Feedback from);
  std::optional<Feedback> feedback(const catalog::Index& index, bool recent = false);
  indexes::Work work(const catalog::Index& index);

  /// A log, and what of it the generation before did not have.
  struct Log {
    std::shared_ptr<ingest::EventLog> all{};      // null: it cannot be read
    std::shared_ptr<ingest::EventParts> parts{};  // of one that memory does not hold; then `all` has no events
    bool grown = false;                           // the one before is the rest of it: parts can grow out of theirs
    std::shared_ptr<ingest::EventLog> base{}, newer{};  // of a grown one: as in the files of the generation before
    ingest::LogSource base_source{}, source{};          // what of the raw file was read
    int64_t newest_before = 0;                          // event of the generation before
    std::vector<uint8_t> new_users{}, new_items{};      // with events that the generation before did not have
    std::vector<uint8_t> recent_users{};                // with events that the base has not
    std::shared_ptr<ingest::EventLog> recent{};         // all events of these
    bool rebased = false;                               // what was newer is part of the base from now on
  };
  ingest::LogFile log_file(size_t events) const;
  const Log* log(size_t events);
  bool read_log(size_t events, Log& to);
  bool grow_log(size_t events, Log& to);
  void sum_bad_rows();
  bool count_bad_rows(size_t events, uint64_t before, const ingest::BadRows& bad_rows);
  bool keep_log(size_t events, Log& read);
  const ingest::EventLog* recent(size_t events);
  const KeptEvents* kept(size_t sequence, bool recent = false);
  /// Calls `use` with a log, or with each part of one that memory does not hold; without what is held out. false after
  /// an error.
  bool each_part(size_t events, const std::function<bool(const ingest::EventLog&)>& use);
  bool each_history(size_t sequence, bool recent,
                    const std::function<bool(const ingest::EventLog&, const KeptEvents&)>& use);
  /// The time of the newest event that is not held out; nullopt after an error.
  std::optional<int64_t> newest(size_t events);
  std::optional<store::ColumnData> sum_statistic(const catalog::Statistic& statistic);
  bool spilled_well();
  bool hold_out(ingest::EventLog& read, size_t events);

  void open_old();
  bool has_old_words(const std::string& part) const;
  /// Rows of a table before, as rows of now (empty: the same); nullopt: one is gone.
  const std::optional<std::vector<uint32_t>>& moved(const std::string& table);
  /// Those of a grown log's users, with and without a row.
  std::optional<std::vector<uint32_t>> moved_users(size_t events, uint32_t users_before);
  /// Whether an expression has the value it had for the events there were.
  bool stands(const std::optional<catalog::Expression>& expression, size_t events);
  bool sequences_grow();
  std::optional<store::ColumnData> grow_statistic(const catalog::Statistic& statistic);
  void grew_by_rows(uint64_t made, uint64_t rows);
  void grew(std::string how = {}) { grew_ = std::move(how); }
  EventContext context() const;
  /// How far a part has come, 0 to 1.
  void tell(const std::string& part, double share);
  void note_memory(const std::string& part, uint64_t peak_before);
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
  std::set<std::string> grown_files_;
  std::map<std::string, bool> stale_;
  std::map<std::string, double> effort_;  // of parts that are made again
  double effort_done_ = 0;
  std::optional<std::string> grew_;  // set by what makes a part: out of the part before, and how

  std::unique_ptr<store::Generation> tables_;
  std::unique_ptr<store::Generation> old_;  // the generation before, while parts may grow out of its own
  std::map<std::string, std::optional<std::vector<uint32_t>>> moved_;  // by table
  std::optional<memory::Budget> budget_;
  std::map<size_t, Log> logs_;
  std::map<size_t, uint64_t> log_bad_rows_;
  std::map<std::pair<size_t, bool>, KeptEvents> kept_;  // by sequence, and whether of recent users alone
  std::map<size_t, int64_t> newest_;
};

}  // namespace rec::build
