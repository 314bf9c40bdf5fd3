// External sorting: each run in memory, the runs brought together part by part.
#include "offline/ingest/event_runs.h"

#include <algorithm>
#include <numeric>

namespace rec::ingest {
namespace {

constexpr uint64_t kPieceBytes = uint64_t{1} << 18;
constexpr uint64_t kMarkBytes = uint64_t{1} << 14;

}  // namespace

void EventRuns::add(const RawEvents& raw) {
  if (raw.size() == 0) return;
  std::vector<uint32_t> order(raw.size());
  std::iota(order.begin(), order.end(), 0U);
  std::ranges::stable_sort(order, {}, [&](uint32_t event) { return raw.user[event]; });
  Run run;
  store::ByteWriter out;
  const auto flush = [&] {
    const std::string bytes = out.take();
    file_.write(std::as_bytes(std::span(bytes)));
  };
  uint64_t written = file_.size();
  for (size_t i = 0; i < order.size(); ++i) {
    const uint32_t user = raw.user[order[i]];
    const bool next_user = i == 0 || user != raw.user[order[i - 1]];
    const uint64_t offset = written + out.view().size();
    if (next_user && (run.marks.empty() || offset - run.marks.back().offset >= kMarkBytes))
      run.marks.push_back({.user = user, .offset = offset});
    if (user >= events_of_.size()) events_of_.resize(user + size_t{1});
    ++events_of_[user];
    write_event(out, raw, order[i], events_ + order[i]);
    if (out.view().size() >= kPieceBytes) {
      written += out.view().size();
      flush();
    }
  }
  flush();
  run.end = file_.size();
  events_ += raw.size();
  bytes_ += raw.bytes();
  runs_.push_back(std::move(run));
}

void EventRuns::finish() {
  const uint64_t bytes_an_event = events_ == 0 ? 1 : bytes_ / events_;
  const uint64_t most = std::max<uint64_t>(1, budget_.scratch() / bytes_an_event);
  uint64_t events = 0;
  for (uint32_t user = 0; user < events_of_.size(); ++user) {
    if (user == 0 || events + events_of_[user] > most) {
      first_user_.push_back(user);
      events = 0;
    }
    events += events_of_[user];
  }
  first_user_.push_back(static_cast<uint32_t>(events_of_.size()));
  events_of_ = {};
}

void EventRuns::read(size_t part, RawEvents& raw) const {
  for (const Run& run : runs_) read_run(run, first_user_[part], first_user_[part + 1], raw);
}

void EventRuns::read_run(const Run& run, uint32_t first, uint32_t last, RawEvents& raw) const {
  const auto behind = std::ranges::upper_bound(run.marks, first, {}, &Mark::user);
  const uint64_t begin = behind == run.marks.begin() ? behind->offset : std::prev(behind)->offset;
  const auto next = std::ranges::lower_bound(run.marks, last, {}, &Mark::user);
  const uint64_t end = next == run.marks.end() ? run.end : next->offset;
  if (begin >= end) return;
  std::string bytes(end - begin, '\0');
  file_.read(begin, std::as_writable_bytes(std::span(bytes)));
  store::ByteReader in(bytes);
  while (in.left() > 0 && !budget_.error()) {
    read_event(in, raw);
    const uint32_t user = raw.user.back();
    if (user < first || user >= last) remove_last(raw);
    if (user >= last) return;
  }
}

}  // namespace rec::ingest
