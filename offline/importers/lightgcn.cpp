// The form in which LightGCN's benchmarks come: a line a user, the user first, then the items, without times.
#include <set>

#include "compiler/types/text.h"
#include "offline/importers/dataset.h"
#include "offline/ingest/output_file.h"

namespace rec::importers {

using ingest::CsvWriter;
using ingest::FileError;

namespace {

constexpr std::string_view kCatalog =
    R"yaml(# A benchmark of the LightGCN family (Gowalla, Yelp2018, Amazon-Book): who visited what, without times. The k-th item of a user's line
# got the time of k seconds. train.csv is the data; test.csv beside it is what a recommender is measured on.
tables:
  users:
    key: id
    source: {csv: users.csv}

  items:
    key: id
    source: {csv: items.csv}
    sorted: [visits]

events:
  visits:
    source: {csv: train.csv}
    user: user_id
    item: item_id
    time: {column: time, format: unix_seconds}

sequences:                        # 1000: every user's whole history
  history: {from: visits, keep: 1000}

statistics:
  items.visits: {from: visits, value: count}

indexes:
  item_cf: {algorithm: item_cf, from: history, top_k: 200}
  swing: {algorithm: swing, from: history, top_k: 200, weighting: power, beta: 0.7}
  user_cf: {algorithm: user_cf, from: history, top_k: 200}
  mf: {algorithm: als, from: history, factors: 256, iterations: 8, alpha: 50, regularisation: 0.002}
)yaml";

struct Keys {
  std::set<int64_t> users, items;
};

/// Writes one row a pair; returns how many.
std::expected<uint64_t, FileError> copy_pairs(const std::string& from, const std::string& to, ImportSummary& summary,
                                              Keys& keys) {
  auto rows = ingest::DelimitedReader::open(from, {.separator = " ", .header = false, .names = {}, .quoting = false});
  if (!rows) return std::unexpected(std::move(rows.error()));
  auto writer = CsvWriter::create(to, {"user_id", "item_id", "time"});
  if (!writer) return std::unexpected(std::move(writer.error()));
  const std::string name = from.substr(from.rfind('/') + 1);
  uint64_t pairs = 0;
  while (rows->next()) {
    const auto skip = [&](const std::string& reason) {
      note_skipped(summary, name + ":" + std::to_string(rows->line()) + ": " + reason);
    };
    if (rows->problem() != ingest::RowProblem::none) {
      skip(rows->problem_text());
      continue;
    }
    const auto& fields = rows->fields();
    const auto user = types::parse_int(fields[0]);
    if (!user) {
      skip("the user is no whole number");
      continue;
    }
    keys.users.insert(*user);
    int64_t time = 0;
    for (size_t i = 1; i < fields.size(); ++i) {
      if (fields[i].empty()) continue;  // a blank at the line's end
      const auto item = types::parse_int(fields[i]);
      if (!item) {
        skip("the item `" + std::string(fields[i]) + "` is no whole number");
        continue;
      }
      keys.items.insert(*item);
      *writer << *user << *item << ++time;
      writer->end_row();
      ++pairs;
    }
  }
  if (auto closed = writer->close(); !closed) return std::unexpected(std::move(closed.error()));
  return pairs;
}

std::expected<void, FileError> write_keys(const std::string& to, const std::set<int64_t>& keys) {
  auto writer = CsvWriter::create(to, {"id"});
  if (!writer) return std::unexpected(std::move(writer.error()));
  for (const int64_t key : keys) {
    *writer << key;
    writer->end_row();
  }
  return writer->close();
}

}  // namespace

std::expected<ImportSummary, FileError> import_lightgcn(const std::string& from, const std::string& to) {
  ImportSummary summary;
  Keys keys;
  if (auto created = create_folder(to); !created) return std::unexpected(std::move(created.error()));
  const auto train = copy_pairs(from + "/train.txt", to + "/train.csv", summary, keys);
  if (!train) return std::unexpected(train.error());
  // Items that occur in the test part alone are items all the same; without them a ranking over all items would be over
  // fewer.
  const auto test = copy_pairs(from + "/test.txt", to + "/test.csv", summary, keys);
  if (!test) return std::unexpected(test.error());
  std::expected<void, FileError> done = write_keys(to + "/users.csv", keys.users);
  if (done) done = write_keys(to + "/items.csv", keys.items);
  if (done) done = ingest::write_file(to + "/catalog.yaml", kCatalog);
  if (!done) return std::unexpected(std::move(done.error()));
  summary.users = keys.users.size();
  summary.items = keys.items.size();
  summary.events = *train;
  return summary;
}

}  // namespace rec::importers
