// A chart of a few lines on logarithmic axes, as SVG: how a cost grows.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

namespace rec::bench {

struct Line {
  std::string name;
  std::vector<std::pair<double, double>> points;  // both above 0
};

struct LineChart {
  std::string title, x_title;
  std::vector<Line> lines;
};

/// One panel of the page: `left` is where it begins; 460 wide, 400 high. A grey line shows what grows as x does.
inline std::string panel(const LineChart& chart, double left) {
  constexpr double kWidth = 330, kHeight = 290, kTop = 50, kMargin = 60;
  constexpr const char* kColours[] = {"#4269d0", "#efb118", "#ff725c", "#6cc5b0", "#3ca951", "#a463f2"};
  double least_x = 1e300, most_x = 0, least_y = 1e300, most_y = 0;
  for (const Line& line : chart.lines) {
    for (const auto& [x, y] : line.points) {
      least_x = std::min(least_x, x), most_x = std::max(most_x, x);
      least_y = std::min(least_y, y), most_y = std::max(most_y, y);
    }
  }
  const double low = std::floor(std::log10(least_y)), high = std::max(low + 1, std::ceil(std::log10(most_y)));
  const double begin = std::log10(least_x), end = std::max(begin + 0.1, std::log10(most_x));
  const auto to_x = [&](double x) { return left + kMargin + (std::log10(x) - begin) / (end - begin) * kWidth; };
  const auto to_y = [&](double y) { return kTop + kHeight - (std::log10(y) - low) / (high - low) * kHeight; };
  std::string out = fmt::format("<text x='{}' y='24' font-weight='bold'>{}</text>\n", left + kMargin, chart.title);
  for (double decade = low; decade <= high; ++decade) {
    const double value = std::pow(10, decade), y = to_y(value);
    out += fmt::format(
        "<path d='M{:.1f} {:.1f}h{:.1f}' stroke='#ddd'/><text x='{:.1f}' y='{:.1f}' text-anchor='end'>{:g}</text>\n",
        left + kMargin, y, kWidth, left + kMargin - 6, y + 4, value);
  }
  for (const auto& [x, y] : chart.lines.front().points) {
    out +=
        fmt::format("<text x='{:.1f}' y='{:.1f}' text-anchor='middle'>{:g}</text>\n", to_x(x), kTop + kHeight + 18, x);
  }
  out += fmt::format("<text x='{:.1f}' y='{:.1f}' text-anchor='middle'>{}</text>\n", left + kMargin + kWidth / 2,
                     kTop + kHeight + 38, chart.x_title);
  const double start = std::pow(10, low), rise = std::min(most_x, least_x * std::pow(10, high - low));
  out += fmt::format("<path d='M{:.1f} {:.1f}L{:.1f} {:.1f}' fill='none' stroke='#aaa' stroke-dasharray='4 3'/>\n",
                     to_x(least_x), to_y(start), to_x(rise), to_y(start * rise / least_x));
  for (size_t i = 0; i < chart.lines.size(); ++i) {
    const Line& line = chart.lines[i];
    const char* colour = kColours[i % std::size(kColours)];
    std::string path, dots;
    for (const auto& [x, y] : line.points) {
      path += fmt::format("{}{:.1f} {:.1f}", path.empty() ? "M" : "L", to_x(x), to_y(y));
      dots += fmt::format("<circle cx='{:.1f}' cy='{:.1f}' r='3' fill='{}'/>", to_x(x), to_y(y), colour);
    }
    out += fmt::format("<path d='{}' fill='none' stroke='{}' stroke-width='2'/>{}\n", path, colour, dots);
    out += fmt::format("<text x='{:.1f}' y='{:.1f}' fill='{}'>{}</text>\n", left + kMargin + 8,
                       kTop + 14 + 15 * static_cast<double>(i), colour, line.name);
  }
  return out;
}

inline std::string svg(const std::vector<LineChart>& charts) {
  std::string out = fmt::format(
      "<svg xmlns='http://www.w3.org/2000/svg' width='{0}' height='400' viewBox='0 0 {0} 400' font-family='sans-serif' "
      "font-size='12'>\n<rect width='{0}' height='400' fill='#fff'/>\n",
      460 * charts.size());
  for (size_t i = 0; i < charts.size(); ++i) out += panel(charts[i], 460 * static_cast<double>(i));
  return out + "</svg>\n";
}

}  // namespace rec::bench
