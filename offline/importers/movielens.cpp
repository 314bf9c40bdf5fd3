// MovieLens, in the layout of ml-latest-small (CSV with headers) and of 1M (`::`, no headers, Latin-1 titles).
#include <set>

#include "compiler/source/source.h"
#include "compiler/types/text.h"
#include "offline/importers/dataset.h"
#include "offline/ingest/mapped_file.h"
#include "offline/ingest/output_file.h"

namespace rec::importers {

using ingest::CsvWriter;
using ingest::FileError;

namespace {

constexpr std::string_view kUsersOfRatings = "    columns: {}\n";
constexpr std::string_view kUsersWithProfiles = R"yaml(    columns:
      gender: string              # F or M
      age: int                    # the first year of an age group: 1, 18, 25, 35, 45, 50, 56
      occupation: int             # a code from 0 to 20, see the data set's README
)yaml";

std::string catalog_text(bool profiles) {
  std::string text = R"yaml(# MovieLens: who rated which film, and when. F. Maxwell Harper and Joseph A. Konstan, 2015,
# "The MovieLens Datasets: History and Context"; the data set's own terms of use apply.
timezone: UTC

tables:
  users:
    key: id
    source: {csv: users.csv}
)yaml";
  text += profiles ? kUsersWithProfiles : kUsersOfRatings;
  text += R"yaml(
  movies:
    key: id
    source: {csv: movies.csv}
    columns:
      title: string               # with the year: "Toy Story (1995)"
      year: int?
      genres: {type: "[string]", separator: "|"}
    indexed: [genres, year]
    sorted: [ratings, likes, mean_rating, year]

events:
  ratings:
    source: {csv: ratings.csv}
    user: user_id
    item: movie_id
    time: {column: timestamp, format: unix_seconds}
    columns:
      rating: float               # 0.5 to 5 stars

sequences:                        # of each user, newest first; `e` is the event
  watched: {from: ratings, keep: 5000}
  likes: {from: ratings, where: e.rating >= 4.0, keep: 5000}

statistics:                       # over all time: the ratings of one user lie close together, those of all span decades
  movies.ratings: {from: ratings, value: count}
  movies.likes: {from: ratings, where: e.rating >= 4.0, value: count}
  movies.mean_rating: {from: ratings, value: mean, of: e.rating}

indexes:
  item_cf: {algorithm: item_cf, from: likes, top_k: 100}
  swing: {algorithm: swing, from: likes, top_k: 100}
  user_cf: {algorithm: user_cf, from: likes, top_k: 100}
  mf: {algorithm: als, from: likes, factors: 32, alpha: 20}
)yaml";
  return text;
}

std::string_view trim(std::string_view text) {
  while (text.ends_with(' ') || text.ends_with('\r')) text.remove_suffix(1);
  while (text.starts_with(' ')) text.remove_prefix(1);
  return text;
}

/// The year in "Toy Story (1995)"; of a span, "Show (2007-2012)", its first. Empty where there is none.
std::string_view year_of(std::string_view title) {
  const size_t open = title.rfind('(');
  if (open == std::string_view::npos || !title.ends_with(')')) return {};
  const std::string_view year = title.substr(open + 1, 4);
  if (year.size() < 4 || year.find_first_not_of("0123456789") != std::string_view::npos) return {};
  const size_t end = open + 5;
  const bool ends = title[end] == ')' || title[end] == '-' || title.substr(end).starts_with("\xE2\x80\x93");
  return ends ? year : std::string_view();
}

void write_movie(CsvWriter& writer, int64_t id, std::string_view title, std::string_view genres) {
  title = trim(title);
  genres = trim(genres);
  writer << id << title << year_of(title) << (genres == "(no genres listed)" ? std::string_view() : genres);
  writer.end_row();
}

const std::vector<std::string> kMovieFields = {"id", "title", "year", "genres"};

std::expected<void, FileError> copy_movies(const std::string& from, const std::string& to, ImportSummary& summary) {
  auto rows = RowReader::open(from, {}, {"movieId", "title", "genres"}, summary);
  if (!rows) return std::unexpected(std::move(rows.error()));
  auto writer = CsvWriter::create(to, kMovieFields);
  if (!writer) return std::unexpected(std::move(writer.error()));
  while (rows->next()) {
    const auto id = rows->integer(0);
    if (!id) continue;
    write_movie(*writer, *id, rows->text(1), rows->text(2));
    ++summary.items;
  }
  return writer->close();
}

std::string from_latin1(std::string_view text) {
  std::string utf8;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) {
      utf8 += c;
    } else {
      utf8 += static_cast<char>(0xC0 | byte >> 6);
      utf8 += static_cast<char>(0x80 | (byte & 0x3F));
    }
  }
  return utf8;
}

/// movies.dat of 1M is Latin-1, later copies of it are UTF-8: a line that is not UTF-8 is the former.
std::expected<void, FileError> copy_movies_dat(const std::string& from, const std::string& to, ImportSummary& summary) {
  auto file = ingest::MappedFile::open(from);
  if (!file) return std::unexpected(std::move(file.error()));
  auto writer = CsvWriter::create(to, kMovieFields);
  if (!writer) return std::unexpected(std::move(writer.error()));
  uint64_t number = 0;
  for (std::string_view rest = file->text(); !rest.empty();) {
    const size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view raw = trim(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    ++number;
    if (raw.empty()) continue;
    const std::string line =
        source::find_invalid_utf8(raw) == std::string_view::npos ? std::string(raw) : from_latin1(raw);
    const size_t first = line.find("::"), last = line.rfind("::");
    const auto id = types::parse_int(std::string_view(line).substr(0, first));
    if (first == last || !id || line.find('\0') != std::string::npos) {
      note_skipped(summary, "movies.dat:" + std::to_string(number) + ": is not of the form id::title::genres");
      continue;
    }
    write_movie(*writer, *id, std::string_view(line).substr(first + 2, last - first - 2),
                std::string_view(line).substr(last + 2));
    ++summary.items;
  }
  return writer->close();
}

std::expected<void, FileError> copy_ratings(RowReader& rows, const std::string& to, ImportSummary& summary,
                                            std::set<int64_t>& users) {
  auto writer = CsvWriter::create(to, {"user_id", "movie_id", "rating", "timestamp"});
  if (!writer) return std::unexpected(std::move(writer.error()));
  while (rows.next()) {
    const auto user = rows.integer(0);
    const auto movie = user ? rows.integer(1) : std::nullopt;
    const auto rating = movie ? rows.number(2) : std::nullopt;
    const auto time = rating ? rows.integer(3) : std::nullopt;
    if (!time) continue;
    *writer << *user << *movie << static_cast<float>(*rating) << *time;
    writer->end_row();
    users.insert(*user);
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

std::expected<void, FileError> copy_users_dat(const std::string& from, const std::string& to, ImportSummary& summary) {
  auto rows = RowReader::open(from,
                              {.separator = "::",
                               .header = false,
                               .names = {"UserID", "Gender", "Age", "Occupation", "Zip-code"},
                               .quoting = false},
                              {"UserID", "Gender", "Age", "Occupation"}, summary);
  if (!rows) return std::unexpected(std::move(rows.error()));
  auto writer = CsvWriter::create(to, {"id", "gender", "age", "occupation"});
  if (!writer) return std::unexpected(std::move(writer.error()));
  while (rows->next()) {
    const auto id = rows->integer(0);
    const auto age = id ? rows->integer(2) : std::nullopt;
    const auto occupation = age ? rows->integer(3) : std::nullopt;
    if (!occupation) continue;
    *writer << *id << rows->text(1) << *age << *occupation;
    writer->end_row();
    ++summary.users;
  }
  return writer->close();
}

}  // namespace

std::expected<ImportSummary, FileError> import_movielens(const std::string& from, const std::string& to) {
  ImportSummary summary;
  const bool dat = is_file(from + "/ratings.dat");
  const std::vector<std::string> fields = {"userId", "movieId", "rating", "timestamp"};
  auto ratings =
      dat ? RowReader::open(from + "/ratings.dat",
                            {.separator = "::", .header = false, .names = fields, .quoting = false}, fields, summary)
          : RowReader::open(from + "/ratings.csv", {}, fields, summary);
  if (!ratings) return std::unexpected(std::move(ratings.error()));
  std::set<int64_t> users;
  std::expected<void, FileError> done = create_folder(to);
  if (done) {
    done = dat ? copy_movies_dat(from + "/movies.dat", to + "/movies.csv", summary)
               : copy_movies(from + "/movies.csv", to + "/movies.csv", summary);
  }
  if (done) done = copy_ratings(*ratings, to + "/ratings.csv", summary, users);
  if (done && dat) done = copy_users_dat(from + "/users.dat", to + "/users.csv", summary);
  if (done && !dat) {
    done = write_users(to + "/users.csv", users);
    summary.users = users.size();
  }
  if (done) done = ingest::write_file(to + "/catalog.yaml", catalog_text(dat));
  if (!done) return std::unexpected(std::move(done.error()));
  return summary;
}

}  // namespace rec::importers
