// Tables, JSON and CSV of measured requests.
#include "apps/rec_run/bench_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

namespace rec::rec_run {
namespace {

using Json = nlohmann::ordered_json;

double a_second(const Measured& measured) {
  return static_cast<double>(measured.requests) / measured.seconds;
}

/// The whole time of the traced requests that steps share out; channels are parts of their recall.
double all_steps(const Measured& measured) {
  double sum = 0;
  for (const StepTime& step : measured.steps) {
    if (step.step != "channel") sum += step.us.mean * static_cast<double>(step.requests);
  }
  return sum;
}

bool several_pipelines(const Measured& measured) {
  return std::ranges::any_of(measured.steps,
                             [&](const StepTime& s) { return s.pipeline != measured.steps.front().pipeline; });
}

std::string step_line(const StepTime& step, double all, bool name_pipeline) {
  const bool channel = step.step == "channel";
  const std::string line = step.line > 0 && !channel ? fmt::format("{}", step.line) : "";
  const std::string what = channel                                      ? "  " + step.text
                           : step.step == "recall" || step.text.empty() ? step.step
                                                                        : step.text;
  const double share = all > 0 ? step.us.mean * static_cast<double>(step.requests) / all * 100 : 0;
  return fmt::format("{:>8.1f} {:>5.1f}% {:>7.0f} {:>7.0f} {:>8.0f} {:>7.0f}  {:>4}  {}{}\n", step.us.mean, share,
                     step.us.p50, step.us.p99, step.in, step.out, line, name_pipeline ? step.pipeline + ": " : "",
                     what);
}

Json latency_json(const Latency& us) {
  return {{"mean", us.mean}, {"p50", us.p50}, {"p90", us.p90}, {"p99", us.p99}, {"max", us.most}};
}

Json step_json(const StepTime& step) {
  Json out{{"pipeline", step.pipeline}, {"step", step.step}};
  if (step.line > 0) out["line"] = step.line;
  out["text"] = step.text;
  out["requests"] = step.requests;
  out["in"] = step.in;
  out["out"] = step.out;
  out["us"] = latency_json(step.us);
  return out;
}

std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) out += c == '"' ? std::string("\"\"") : std::string(1, c);
  return out + '"';
}

std::string csv_line(const std::string& engine, const StepTime& step) {
  return fmt::format("{},{},{},{},{},{},{:.2f},{:.2f},{:.2f},{:.2f},{:.2f},{:.1f},{:.1f}\n", engine, step.pipeline,
                     step.step, step.line, quoted(step.text), step.requests, step.us.mean, step.us.p50, step.us.p90,
                     step.us.p99, step.us.most, step.in, step.out);
}

}  // namespace

std::string bench_table(const BenchWork& work, std::span<const Measured> engines) {
  std::string out = fmt::format("{}: {} {}, one thread\n", work.file, work.count, work.requests);
  for (const Measured& measured : engines) {
    out += fmt::format(
        "\n{}: {} requests in {:.1f} s, {:.0f} a second\nlatency in us: mean {:.1f}, p50 {:.1f}, p90 {:.1f}, p99 "
        "{:.1f}, max {:.1f}\n\n",
        measured.engine, measured.requests, measured.seconds, a_second(measured), measured.us.mean, measured.us.p50,
        measured.us.p90, measured.us.p99, measured.us.most);
    out += fmt::format("{:>8} {:>6} {:>7} {:>7} {:>8} {:>7}  {:>4}  step, by traces\n", "us", "share", "p50", "p99",
                       "in", "out", "line");
    const double all = all_steps(measured);
    for (const StepTime& step : measured.steps) out += step_line(step, all, several_pipelines(measured));
  }
  return out;
}

std::string bench_json(const BenchWork& work, std::span<const Measured> engines) {
  Json out{{"file", work.file}, {"requests", work.requests}, {"count", work.count}, {"engines", Json::array()}};
  for (const Measured& measured : engines) {
    Json engine{{"engine", measured.engine},       {"requests", measured.requests},
                {"seconds", measured.seconds},     {"requests_a_second", a_second(measured)},
                {"us", latency_json(measured.us)}, {"steps", Json::array()}};
    for (const StepTime& step : measured.steps) engine["steps"].push_back(step_json(step));
    out["engines"].push_back(std::move(engine));
  }
  return out.dump(2) + "\n";
}

std::string bench_csv(std::span<const Measured> engines) {
  std::string out = "engine,pipeline,step,line,text,requests,mean_us,p50_us,p90_us,p99_us,max_us,in,out\n";
  for (const Measured& measured : engines) {
    out += csv_line(measured.engine,
                    {.pipeline = {}, .step = "request", .text = {}, .requests = measured.requests, .us = measured.us});
    for (const StepTime& step : measured.steps) out += csv_line(measured.engine, step);
  }
  return out;
}

}  // namespace rec::rec_run
