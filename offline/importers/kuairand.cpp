// KuaiRand's short-video feedback: one tab-separated file, from which users and videos are derived.
#include <array>
#include <filesystem>
#include <map>
#include <set>

#include "offline/importers/dataset.h"
#include "offline/ingest/output_file.h"

namespace rec::importers {

using ingest::CsvWriter;
using ingest::FileError;

namespace {

constexpr std::string_view kCatalog =
    R"yaml(# KuaiRand: short-video feedback from Kuaishou. Chongming Gao et al., 2022, "KuaiRand: An Unbiased Sequential
# Recommendation Dataset with Randomly Exposed Videos"; CC BY-SA 4.0.
timezone: Asia/Shanghai

tables:
  users:
    key: id
    source: {csv: users.csv}

  videos:
    key: id
    source: {csv: videos.csv}
    columns:
      duration: duration?         # the length seen most often; missing where the log only has 0
    sorted: [events, clicks]

events:
  feedback:
    source: {csv: feedback.csv}
    user: user_id
    item: video_id
    time: {column: time_ms, format: unix_milliseconds}
    columns:
      is_click: bool
      is_follow: bool
      is_comment: bool
      is_forward: bool
      is_profile_enter: bool
      long_view: bool
      label: bool                 # true: liked, false: hated
      play_time_ms: int
      comment_stay_time: int      # milliseconds

sequences:                        # of each user, newest first; `e` is the event
  watched: {from: feedback, keep: 1000}
  clicks: {from: feedback, where: e.is_click, keep: 1000}
  long_views: {from: feedback, where: e.long_view, keep: 1000}
  likes: {from: feedback, where: e.label, keep: 1000}
  hates: {from: feedback, where: not e.label, keep: 1000}

statistics:                       # over all time
  videos.events: {from: feedback, value: count}
  videos.clicks: {from: feedback, where: e.is_click, value: count}
  videos.like_rate: {from: feedback, value: rate, of: e.label}
  videos.long_view_rate: {from: feedback, value: rate, of: e.long_view}

indexes:
  item_cf: {algorithm: item_cf, from: likes, top_k: 100}
  swing: {algorithm: swing, from: likes, top_k: 100}
  user_cf: {algorithm: user_cf, from: likes, top_k: 100}
  mf: {algorithm: als, from: likes, factors: 32, alpha: 20}
)yaml";

const std::vector<std::string> kFields = {
    "user_id",          "video_id",  "time_ms", "is_click",     "is_follow",         "is_comment", "is_forward",
    "is_profile_enter", "long_view", "label",   "play_time_ms", "comment_stay_time", "duration_ms"};
constexpr size_t kFirstFlag = 3, kFlags = 7, kDuration = 12;

/// How often each non-zero length of a video was logged.
using Durations = std::map<int64_t, std::map<int64_t, uint64_t>>;

std::expected<void, FileError> copy_feedback(RowReader& rows, const std::string& to, ImportSummary& summary,
                                             std::set<int64_t>& users, Durations& videos) {
  auto writer = CsvWriter::create(to, {kFields.begin(), kFields.begin() + kDuration});
  if (!writer) return std::unexpected(std::move(writer.error()));
  std::array<int64_t, kDuration + 1> values{};
  while (rows.next()) {
    bool whole = true;
    for (size_t i = 0; i < values.size() && whole; ++i) {
      const auto value = rows.integer(i);
      whole = value.has_value();
      values[i] = value.value_or(0);
      if (whole && i >= kFirstFlag && i < kFirstFlag + kFlags && values[i] != 0 && values[i] != 1) {
        rows.skip(kFields[i] + " is neither 0 nor 1");
        whole = false;
      }
    }
    if (!whole) continue;
    for (size_t i = 0; i < kDuration; ++i) *writer << values[i];
    writer->end_row();
    users.insert(values[0]);
    auto& durations = videos[values[1]];
    if (values[kDuration] > 0) ++durations[values[kDuration]];
    ++summary.events;
  }
  return writer->close();
}

std::expected<void, FileError> write_users(const std::string& to, const std::set<int64_t>& users) {
  auto writer = CsvWriter::create(to, {"id"});
  if (!writer) return std::unexpected(std::move(writer.error()));
  for (const int64_t user : users) {
    *writer << user;
    writer->end_row();
  }
  return writer->close();
}

std::expected<void, FileError> write_videos(const std::string& to, const Durations& videos) {
  auto writer = CsvWriter::create(to, {"id", "duration"});
  if (!writer) return std::unexpected(std::move(writer.error()));
  for (const auto& [video, durations] : videos) {
    int64_t likeliest = 0;
    uint64_t most = 0;
    for (const auto& [duration, times] : durations) {
      if (times > most) likeliest = duration;
      most = std::max(most, times);
    }
    *writer << video << (most == 0 ? std::string() : std::to_string(likeliest) + "ms");
    writer->end_row();
  }
  return writer->close();
}

/// The file itself, or the only .csv or .tsv file of the folder.
std::expected<std::string, FileError> find_log(const std::string& from) {
  if (is_file(from)) return from;
  std::error_code error;
  std::set<std::string> found;
  for (const auto& entry : std::filesystem::directory_iterator(from, error)) {
    const auto extension = entry.path().extension();
    if (extension == ".csv" || extension == ".tsv") found.insert(entry.path().string());
  }
  if (error) return std::unexpected(FileError{from, "cannot be read: " + error.message()});
  if (found.size() == 1) return *found.begin();
  return std::unexpected(FileError{
      from, found.empty() ? "holds no .csv or .tsv file" : "holds several files; name the one with the feedback"});
}

}  // namespace

std::expected<ImportSummary, FileError> import_kuairand(const std::string& from, const std::string& to) {
  const auto path = find_log(from);
  if (!path) return std::unexpected(path.error());
  ImportSummary summary;
  auto rows = RowReader::open(*path, {.separator = "\t"}, kFields, summary);
  if (!rows) return std::unexpected(std::move(rows.error()));
  std::set<int64_t> users;
  Durations videos;
  std::expected<void, FileError> done = create_folder(to);
  if (done) done = copy_feedback(*rows, to + "/feedback.csv", summary, users, videos);
  if (done) done = write_users(to + "/users.csv", users);
  if (done) done = write_videos(to + "/videos.csv", videos);
  if (done) done = ingest::write_file(to + "/catalog.yaml", kCatalog);
  if (!done) return std::unexpected(std::move(done.error()));
  summary.users = users.size();
  summary.items = videos.size();
  return summary;
}

}  // namespace rec::importers
