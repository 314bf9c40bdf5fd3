// Times and durations as text: ISO 8601 and "1.5h", both in microseconds.
#include <fmt/format.h>

#include <array>
#include <limits>
#include <utility>

#include "compiler/types/text.h"

namespace rec::types {
namespace {

constexpr int64_t kSecond = 1'000'000;
constexpr int64_t kDay = 86'400 * kSecond;
constexpr std::array<std::pair<std::string_view, int64_t>, 6> kUnits{
    {{"d", kDay}, {"h", 3'600 * kSecond}, {"m", 60 * kSecond}, {"s", kSecond}, {"ms", 1'000}, {"us", 1}}};

bool is_digit(char c) {
  return '0' <= c && c <= '9';
}

// 0.DIGITS * unit, rounded half to even as a part of a sum whose rest is odd or not. Exact: digits are divided in from
// the last one, what falls off is remembered.
uint64_t scale_fraction(std::string_view digits, uint64_t unit, bool odd) {
  uint64_t sum = 0;
  uint64_t remainder = 0;
  bool rest = false;
  for (size_t i = digits.size(); i-- > 0;) {
    rest = rest || remainder != 0;
    sum += static_cast<uint64_t>(digits[i] - '0') * unit;
    remainder = sum % 10;
    sum /= 10;
  }
  const bool up = remainder > 5 || (remainder == 5 && (rest || (sum % 2 == 1) != odd));
  return sum + (up ? 1 : 0);
}

// Takes digits (and single underscores between them) from the front of `text`.
std::string take_digits(std::string_view& text) {
  std::string digits;
  size_t i = 0;
  while (i < text.size()) {
    const bool separator =
        text[i] == '_' && i > 0 && is_digit(text[i - 1]) && i + 1 < text.size() && is_digit(text[i + 1]);
    if (!is_digit(text[i]) && !separator) break;
    if (!separator) digits += text[i];
    ++i;
  }
  text.remove_prefix(i);
  return digits;
}

// The days from 1970-01-01 to a date of the proleptic Gregorian calendar, and back (H. Hinnant, "chrono-compatible
// low-level date algorithms").
int64_t days_from_civil(int64_t year, int64_t month, int64_t day) {
  year -= month <= 2;
  const int64_t era = (year >= 0 ? year : year - 399) / 400;
  const int64_t year_of_era = year - era * 400;
  const int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  const int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146'097 + day_of_era - 719'468;
}

struct Date {
  int64_t year, month, day;
};

Date civil_from_days(int64_t days) {
  days += 719'468;
  const int64_t era = (days >= 0 ? days : days - 146'096) / 146'097;
  const int64_t day_of_era = days - era * 146'097;
  const int64_t year_of_era = (day_of_era - day_of_era / 1'460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const int64_t shifted = (5 * day_of_year + 2) / 153;
  const int64_t month = shifted + (shifted < 10 ? 3 : -9);
  return {year_of_era + era * 400 + (month <= 2), month, day_of_year - (153 * shifted + 2) / 5 + 1};
}

int64_t days_in_month(int64_t year, int64_t month) {
  if (month == 2) return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28;
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

// Reads the pieces of a time from the front of a text; every function says whether it found what it looked for.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : rest_(text) {}

  bool number(size_t digits, int64_t low, int64_t high, int64_t& out) {
    if (rest_.size() < digits) return false;
    int64_t value = 0;
    for (size_t i = 0; i < digits; ++i) {
      if (!is_digit(rest_[i])) return false;
      value = value * 10 + (rest_[i] - '0');
    }
    rest_.remove_prefix(digits);
    out = value;
    return low <= value && value <= high;
  }
  bool take(char c) {
    if (rest_.empty() || rest_[0] != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  // ".1" to ".123456789"; what is finer than a microsecond is cut off.
  bool fraction(int64_t& microseconds) {
    int64_t unit = kSecond / 10;
    size_t digits = 0;
    for (; digits < rest_.size() && is_digit(rest_[digits]); ++digits) {
      microseconds += unit * (rest_[digits] - '0');
      unit /= 10;
    }
    rest_.remove_prefix(digits);
    return digits >= 1 && digits <= 9;
  }
  bool at_digit() const { return !rest_.empty() && is_digit(rest_[0]); }
  bool done() const { return rest_.empty(); }

 private:
  std::string_view rest_;
};

bool read_clock(Cursor& cursor, int64_t& microseconds) {
  int64_t hour = 0;
  int64_t minute = 0;
  int64_t second = 0;
  int64_t fraction = 0;
  if (!cursor.number(2, 0, 23, hour) || !cursor.take(':') || !cursor.number(2, 0, 59, minute)) return false;
  if (cursor.take(':')) {
    if (!cursor.number(2, 0, 59, second)) return false;
    if (cursor.take('.') && !cursor.fraction(fraction)) return false;
  }
  microseconds = (hour * 3'600 + minute * 60 + second) * kSecond + fraction;
  return true;
}

// "Z", "+08:00", "+0800", "+08" or nothing.
bool read_zone(Cursor& cursor, int64_t& offset) {
  offset = 0;
  if (cursor.done() || cursor.take('Z') || cursor.take('z')) return true;
  const bool east = cursor.take('+');
  if (!east && !cursor.take('-')) return false;
  int64_t hours = 0;
  int64_t minutes = 0;
  if (!cursor.number(2, 0, 23, hours)) return false;
  const bool colon = cursor.take(':');
  if ((colon || cursor.at_digit()) && !cursor.number(2, 0, 59, minutes)) return false;
  offset = (hours * 60 + minutes) * 60 * kSecond * (east ? 1 : -1);
  return true;
}

}  // namespace

std::optional<int64_t> parse_duration(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  const std::string whole = take_digits(text);
  std::string fraction;
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    fraction = take_digits(text);
    if (fraction.empty()) return std::nullopt;
  }
  if (whole.empty()) return std::nullopt;
  for (const auto& [name, unit] : kUnits) {
    if (text != name) continue;
    const auto count = parse_int(whole);
    constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
    if (!count || *count > kMax / unit) return std::nullopt;
    const int64_t base = *count * unit;
    const auto part = static_cast<int64_t>(scale_fraction(fraction, static_cast<uint64_t>(unit), base % 2 != 0));
    if (part > kMax - base) return std::nullopt;
    return negative ? -(base + part) : base + part;
  }
  return std::nullopt;
}

std::string format_duration(int64_t microseconds) {
  if (microseconds == 0) return "0s";
  const auto bits = static_cast<uint64_t>(microseconds);
  const uint64_t magnitude = microseconds < 0 ? 0 - bits : bits;
  std::string text = microseconds < 0 ? "-" : "";
  for (const auto& [name, unit] : kUnits) {
    const auto size = static_cast<uint64_t>(unit);
    if (magnitude % size == 0) return text + fmt::format("{}{}", magnitude / size, name);
  }
  return text;
}

std::optional<int64_t> parse_time(std::string_view text) {
  Cursor cursor(text);
  int64_t year = 0;
  int64_t month = 0;
  int64_t day = 0;
  if (!cursor.number(4, 0, 9999, year) || !cursor.take('-') || !cursor.number(2, 1, 12, month) || !cursor.take('-') ||
      !cursor.number(2, 1, days_in_month(year, month), day)) {
    return std::nullopt;
  }
  int64_t clock = 0;
  int64_t offset = 0;
  if (cursor.take('T') || cursor.take('t') || cursor.take(' ')) {
    if (!read_clock(cursor, clock) || !read_zone(cursor, offset)) return std::nullopt;
  }
  if (!cursor.done()) return std::nullopt;
  return days_from_civil(year, month, day) * kDay + clock - offset;
}

std::string format_time(int64_t microseconds) {
  int64_t days = microseconds / kDay;
  int64_t clock = microseconds % kDay;
  if (clock < 0) {
    clock += kDay;
    --days;
  }
  const Date date = civil_from_days(days);
  const int64_t seconds = clock / kSecond;
  const int64_t fraction = clock % kSecond;
  std::string text = fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", date.year, date.month, date.day,
                                 seconds / 3'600, seconds / 60 % 60, seconds % 60);
  if (fraction % 1'000 != 0) {
    text += fmt::format(".{:06}", fraction);
  } else if (fraction != 0) {
    text += fmt::format(".{:03}", fraction / 1'000);
  }
  return text + "Z";
}

}  // namespace rec::types
