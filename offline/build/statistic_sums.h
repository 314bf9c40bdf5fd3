// A statistic, added up over a log part by part.
#pragma once

#include "offline/build/event_values.h"
#include "offline/memory/external_sort.h"
#include "runtime/store/table_data.h"

namespace rec::build {

/// Whether an event is one of a statistic's window, which ends at the newest event.
bool in_window(const catalog::Statistic& statistic, int64_t newest, int64_t time);

/// One value a row of the statistic's table, over the events of its window, which ends at the newest event of the log.
/// Sums in double from the oldest event on; NaN is passed over. Without events a count and a sum are 0, a mean and a
/// rate missing.
class StatisticSums {
 public:
  /// `newest`: of the whole log.
  StatisticSums(const catalog::Statistic& statistic, int64_t newest, memory::Budget* budget,
                const EventContext& context);

  size_t events() const { return statistic_.events; }
  /// Each event once; of each user the whole. false after an error in an expression.
  bool add(const ingest::EventLog& log);
  store::ColumnData finish();

 private:
  /// A value that has its turn when all parts are there: users' parts do not follow each other in time.
  struct Term {
    int64_t time;
    uint64_t place;
    uint32_t row;
    float value;
  };
  struct Older {
    bool operator()(const Term& a, const Term& b) const {
      return a.time != b.time ? a.time < b.time : a.place < b.place;
    }
  };

  const catalog::Statistic& statistic_;
  const int64_t newest_;
  const EventContext context_;
  const bool of_items_, is_sum_;
  std::vector<int64_t> count_, hits_;  // one a row, as the sums
  std::vector<double> sum_;
  memory::ExternalSort<Term, Older> terms_;
};

/// Of a log that is whole, or of what of it matters; `newest`: event of the whole log. nullopt after an error.
std::optional<store::ColumnData> compute_statistic(const catalog::Statistic& statistic, const ingest::EventLog& log,
                                                   int64_t newest, const EventContext& context);

}  // namespace rec::build
