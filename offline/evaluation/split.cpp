// Splits are builds of their own, over links to the same raw files.
#include "offline/evaluation/split.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "compiler/types/text.h"
#include "offline/build/event_values.h"
#include "offline/ingest/csv.h"
#include "operators/registry.h"

namespace rec::evaluation {
namespace {

namespace fs = std::filesystem;
using ingest::Holdout;

std::optional<double> parse_share(std::string_view text) {
  if (!text.ends_with('%')) return std::nullopt;
  const auto value = types::parse_double(text.substr(0, text.size() - 1));
  return value && *value > 0 && *value < 100 ? std::optional(*value / 100) : std::nullopt;
}

std::string text_of(const HoldoutSpec& spec, uint64_t seed) {
  switch (spec.kind) {
    case HoldoutSpec::Kind::latest:
      return fmt::format("latest {} %", 100 * spec.share);
    case HoldoutSpec::Kind::last:
      return fmt::format("last {} of each user", spec.count);
    case HoldoutSpec::Kind::random:
      return fmt::format("random {} %, seed {}", 100 * spec.share, seed);
    case HoldoutSpec::Kind::file:
      return spec.file;
  }
  return {};
}

class Splitter {
 public:
  Splitter(const SplitRequest& request, source::Sources& sources, diagnostics::Diagnostics& diagnostics)
      : request_(request), sources_(sources), diagnostics_(diagnostics) {}

  std::expected<Split, Failure> make() {
    catalog_ = catalog::read_catalog(request_.data + "/catalog.yaml", sources_, diagnostics_);
    if (diagnostics_.has_errors()) return std::unexpected(Failure{});
    const auto sequence = catalog_.sequence_index(request_.truth);
    if (!sequence) {
      std::string names;
      for (const auto& one : catalog_.sequences) names += (names.empty() ? "" : ", ") + one.name;
      return std::unexpected(
          Failure{fmt::format("there is no sequence `{}`; the catalog has {}", request_.truth, names), true});
    }
    sequence_ = *sequence;
    const HoldoutSpec& last = request_.holdouts.back();
    const bool from_file = last.kind == HoldoutSpec::Kind::file;
    if (!resolve(from_file)) return std::unexpected(Failure{});
    Split split;
    split.text = text_of(last, request_.seed);
    auto built = build();
    if (!built) return std::unexpected(std::move(built.error()));
    split.generation = *built;
    if (!collect(split) || (from_file && !read_pairs(last.file, split))) return std::unexpected(Failure{});
    for (const auto& [user, items] : split.truth) split.pairs += items.size();
    return split;
  }

 private:
  const catalog::Events& events() const { return catalog_.events[catalog_.sequences[sequence_].events]; }

  /// The whole log with the rows of these tables.
  std::unique_ptr<ingest::EventLog> read_log(const store::Generation& tables) {
    ingest::BadRows bad_rows;  // counted by the build
    const auto& users = *catalog_.table(events().user_table);
    return ingest::read_event_log({.directory = request_.data,
                                   .events = events(),
                                   .users = *tables.table(events().user_table),
                                   .keep_unknown_users = users.unknown.has_value(),
                                   .items = *tables.table(events().item_table)},
                                  bad_rows, diagnostics_);
  }

  std::optional<std::vector<uint8_t>> counted(const ingest::EventLog& log, const store::Generation& tables) {
    const build::EventContext context{
        .catalog = catalog_, .registry = registry_, .tables = tables, .sources = sources_, .diagnostics = diagnostics_};
    return build::evaluate_condition(catalog_.sequences[sequence_].where, catalog_.sequences[sequence_].events, log,
                                     context);
  }

  /// What is held out, step by step; `latest` needs the times of what is left then.
  bool resolve(bool from_file) {
    std::unique_ptr<ingest::EventLog> log;
    std::shared_ptr<const store::Generation> whole;
    uint64_t level = 0;
    for (size_t h = 0; h + (from_file ? 1 : 0) < request_.holdouts.size(); ++h) {
      const HoldoutSpec& spec = request_.holdouts[h];
      if (spec.kind == HoldoutSpec::Kind::file) continue;  // its pairs are no part of the log
      Holdout holdout{
          .sequence = request_.truth, .count = spec.count, .share = spec.share, .seed = request_.seed + 1000 * level++};
      holdout.kind = spec.kind == HoldoutSpec::Kind::latest ? Holdout::Kind::after
                     : spec.kind == HoldoutSpec::Kind::last ? Holdout::Kind::last
                                                            : Holdout::Kind::random;
      if (holdout.kind == Holdout::Kind::after) {
        if (log == nullptr) {
          whole = build_whole();
          log = whole == nullptr ? nullptr : read_log(*whole);
          if (log == nullptr) return false;
        }
        const auto time = latest(*log, *whole, spec.share);
        if (!time) return false;
        holdout.time = *time;
      }
      held_.push_back(holdout);
    }
    return true;
  }

  /// The time from which on about `share` of the sequence's events lie that are not held out yet.
  std::optional<int64_t> latest(const ingest::EventLog& log, const store::Generation& tables, double share) {
    const auto counts = counted(log, tables);
    if (!counts) return std::nullopt;
    std::vector<int64_t> times;
    for (size_t e = 0; e < log.events.size; ++e) {
      const bool gone = std::ranges::any_of(held_, [&](const Holdout& h) { return log.events.time[e] >= h.time; });
      if ((*counts)[e] != 0 && !gone) times.push_back(log.events.time[e]);
    }
    if (times.empty()) return 0;
    return times[std::min(times.size() - 1, static_cast<size_t>(share * static_cast<double>(times.size())))];
  }

  std::shared_ptr<const store::Generation> build_whole() {
    const build::BuildOptions options{.progress = request_.progress};
    build::build(request_.data, options, sources_, diagnostics_);
    return diagnostics_.has_errors() ? nullptr : store::open_generation(request_.data, sources_, diagnostics_);
  }

  std::expected<std::shared_ptr<const store::Generation>, Failure> build() {
    std::string folder = request_.data;
    build::BuildOptions options{.progress = request_.progress};
    if (!held_.empty() || !request_.settings.empty()) {
      folder += "/evaluation";
      for (const Holdout& one : held_) options.without.push_back(one);
      options.index_settings = request_.settings;
      if (auto linked = link_raw_files(folder); !linked) return std::unexpected(std::move(linked.error()));
    }
    build::build(folder, options, sources_, diagnostics_);
    if (diagnostics_.has_errors()) return std::unexpected(Failure{});
    auto generation = store::open_generation(folder, sources_, diagnostics_);
    if (generation == nullptr || diagnostics_.has_errors()) return std::unexpected(Failure{});
    return generation;
  }

  /// The folder gets the catalog, and links to the raw files that it names.
  std::expected<void, Failure> link_raw_files(const std::string& folder) {
    std::set<std::string> files;
    for (const auto& table : catalog_.tables) {
      files.insert(table.source.path);
      for (const auto& column : table.columns) files.insert(column.npy);
    }
    for (const auto& log : catalog_.events) files.insert(log.source.path);
    files.erase("");
    std::error_code error;
    for (const std::string& file : files) {
      const fs::path to = fs::path(folder) / file;
      fs::create_directories(to.parent_path(), error);
      if (fs::is_symlink(to)) continue;
      fs::create_symlink(fs::absolute(fs::path(request_.data) / file), to, error);
      if (error) return std::unexpected(Failure{fmt::format("cannot write {}: {}", to.string(), error.message())});
    }
    fs::copy_file(fs::path(request_.data) / "catalog.yaml", fs::path(folder) / "catalog.yaml",
                  fs::copy_options::overwrite_existing, error);
    if (error) return std::unexpected(Failure{fmt::format("cannot write {}: {}", folder, error.message())});
    return {};
  }

  /// What is known, and what the last holdout took, but for what the user had before.
  bool collect(Split& split) {
    const auto log = read_log(*split.generation);
    const auto counts = log == nullptr ? std::nullopt : counted(*log, *split.generation);
    if (!counts) return false;
    const store::Table& users = *split.generation->table(events().user_table);
    const store::Table& items = *split.generation->table(events().item_table);
    std::vector<uint8_t> gone(log->events.size), truth(log->events.size);
    for (const Holdout& one : held_) {
      std::vector<uint8_t> here = *counts;
      for (size_t e = 0; e < here.size(); ++e) here[e] = gone[e] != 0 ? 0 : here[e];
      auto held = ingest::held_out(one, *log, here, users, items);
      for (size_t e = 0; e < held.size(); ++e) {
        truth[e] = held[e] != 0 && gone[e] == 0 ? 1 : 0;
        gone[e] = gone[e] != 0 || held[e] != 0 ? 1 : 0;
      }
    }
    std::map<uint32_t, std::set<uint32_t>> before, after;
    for (size_t e = 0; e < gone.size(); ++e) {
      if ((*counts)[e] == 0) continue;
      if (gone[e] == 0) before[log->user[e]].insert(log->events.item[e]);
      if (truth[e] != 0) after[log->user[e]].insert(log->events.item[e]);
    }
    split.users_of.resize(items.rows());
    split.users = before.size();
    for (const auto& [user, had] : before) {
      for (const uint32_t item : had) ++split.users_of[item];
    }
    for (auto& [user, chosen] : after) {
      split.known_before += std::erase_if(chosen, [&](uint32_t item) { return before[user].contains(item); });
      const std::string key = user < log->known_users ? users.key_text(user) : store::to_text(log->unknown_user(user));
      if (!chosen.empty()) split.truth.emplace(key, std::move(chosen));
    }
    return true;
  }

  /// A file of pairs, with the fields that the events have.
  bool read_pairs(const std::string& file, Split& split) {
    const std::string path = request_.data + "/" + file;
    auto reader = ingest::DelimitedReader::open(path, {.separator = file.ends_with(".tsv") ? "\t" : ","});
    const auto fail = [&](const std::string& message) {
      diagnostics_.error(diagnostics::Code::raw_file, {}, message);
      return false;
    };
    if (!reader) return fail(fmt::format("cannot read {}: {}", path, reader.error().message));
    const int user_field = reader->field(events().user_column), item_field = reader->field(events().item_column);
    if (user_field < 0 || item_field < 0) {
      return fail(fmt::format("{} has not the fields `{}` and `{}` of the events `{}`", path, events().user_column,
                              events().item_column, events().name));
    }
    const store::Table& users = *split.generation->table(events().user_table);
    const store::Table& items = *split.generation->table(events().item_table);
    const auto row = [](const store::Table& table, std::string_view text) -> std::optional<uint32_t> {
      if (table.has_string_keys()) return table.find(text);
      const auto number = types::parse_int(text);
      return number ? table.find(*number) : std::nullopt;
    };
    while (reader->next()) {
      const bool whole = reader->problem() == ingest::RowProblem::none;
      const auto at = [&](int field) { return reader->fields()[static_cast<size_t>(field)]; };
      const auto user = whole ? row(users, at(user_field)) : std::nullopt;
      const auto item = whole ? row(items, at(item_field)) : std::nullopt;
      if (user && item) {
        split.truth[users.key_text(*user)].insert(*item);
      } else {
        ++split.gone;
      }
    }
    return true;
  }

  const SplitRequest& request_;
  source::Sources& sources_;
  diagnostics::Diagnostics& diagnostics_;
  const operators::Registry registry_{};
  catalog::Catalog catalog_{};
  size_t sequence_ = 0;
  std::vector<Holdout> held_{};
};

}  // namespace

std::expected<HoldoutSpec, std::string> parse_holdout(const std::string& text) {
  const size_t colon = text.find(':');
  const std::string kind = text.substr(0, colon), value = colon == std::string::npos ? "" : text.substr(colon + 1);
  if (kind == "latest" || kind == "random") {
    const auto share = parse_share(value);
    if (!share) return std::unexpected(fmt::format("`{}` needs a share between 0 and 100 %: `{}:10%`", text, kind));
    return HoldoutSpec{.kind = kind == "latest" ? HoldoutSpec::Kind::latest : HoldoutSpec::Kind::random,
                       .share = *share};
  }
  if (kind == "last") {
    const auto count = types::parse_int(value);
    if (!count || *count < 1 || *count > 1'000'000)
      return std::unexpected(fmt::format("`{}` needs a number of events, 1 to 1,000,000: `last:1`", text));
    return HoldoutSpec{.kind = HoldoutSpec::Kind::last, .count = static_cast<uint32_t>(*count)};
  }
  if (text.ends_with(".csv") || text.ends_with(".tsv"))
    return HoldoutSpec{.kind = HoldoutSpec::Kind::file, .file = text};
  return std::unexpected(fmt::format(
      "`{}` is no holdout: write latest:10%, random:10%, last:1, or the name of a .csv file of pairs in the "
      "data directory",
      text));
}

std::expected<Split, Failure> make_split(const SplitRequest& request, source::Sources& sources,
                                         diagnostics::Diagnostics& diagnostics) {
  return Splitter(request, sources, diagnostics).make();
}

}  // namespace rec::evaluation
