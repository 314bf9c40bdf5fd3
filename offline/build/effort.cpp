// Seconds a MiB of raw data, measured once; only their proportions matter.
#include "offline/build/effort.h"

#include "offline/build/inputs.h"

namespace rec::build {
namespace {

constexpr double kTable = 0.03, kLookups = 0.01, kStatistic = 0.01, kReading = 0.1, kSequences = 0.05;

/// Of an index, a MiB of the log or of the vectors that it is built from.
double index_pace(const catalog::Index& index) {
  const auto count = [&](const char* option) {
    return static_cast<double>(std::get<int64_t>(index.options.at(option)));
  };
  if (index.algorithm == "item_cf") return 0.08;
  if (index.algorithm == "user_cf") return 0.5;
  if (index.algorithm == "swing") return 0.5;
  if (index.algorithm == "als") return 0.0006 * count("factors") * (count("iterations") + 2);
  return index.algorithm == "hnsw" ? 1.0 : index.algorithm == "flat" ? 0.005 : 0.2;
}

}  // namespace

std::map<std::string, double> estimated_effort(const catalog::Catalog& catalog,
                                               const std::map<std::string, store::RawFile>& raw_files,
                                               const std::map<std::string, bool>& parts) {
  const auto mebibytes = [&](const std::string& path) {
    const auto file = raw_files.find(path);
    return file == raw_files.end() ? 0.0 : static_cast<double>(file->second.size) / 0x1p20;
  };
  const auto log_size = [&](size_t events) { return mebibytes(catalog.events[events].source.path); };
  constexpr double kLeast = 1e-3;  // whatever a part is made of, it is a file
  std::map<std::string, double> effort;
  for (const auto& [part, stale] : parts) {
    if (stale) effort[part] = kLeast;
  }
  const auto add = [&](const std::string& part, double seconds) {
    if (const auto made = effort.find(part); made != effort.end()) made->second += seconds;
  };
  std::map<std::string, double> table_size;
  for (const catalog::Table& table : catalog.tables) {
    double& size = table_size[table.name];
    size = mebibytes(table.source.path);
    for (const catalog::Column& column : table.columns) size += mebibytes(column.npy);
    add("table " + table.name, kTable * size);
    add("lookups " + table.name, kLookups * size);
  }
  for (const catalog::Statistic& statistic : catalog.statistics)
    add("statistics " + statistic.table, kStatistic * log_size(statistic.events));
  for (size_t events = 0; events < catalog.events.size(); ++events)
    add("log " + catalog.events[events].name, kReading * log_size(events));
  for (const catalog::Sequence& sequence : catalog.sequences) add("sequences", kSequences * log_size(sequence.events));
  for (const catalog::Index& index : catalog.indexes) {
    const double size =
        index.sequence ? log_size(catalog.sequences[*index.sequence].events) : table_size[index.item_table];
    add("index " + index.name, index_pace(index) * size);
  }
  return effort;
}

}  // namespace rec::build
