// A table of the catalog from its raw files.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compiler/catalog/catalog.h"
#include "compiler/diagnostics/diagnostics.h"
#include "offline/ingest/bad_rows.h"
#include "offline/ingest/csv.h"
#include "runtime/store/table_data.h"

namespace rec::ingest {

/// Rows as read, and the order in which they are written: ascending keys, of equal keys the first row only.
struct RawTable {
  store::TableData data;
  std::vector<uint32_t> order;
};

/// Reads the declared columns (no statistics). Rows that cannot be read are left out and counted. nullopt after an
/// error: a file that is not there or has not the columns that the catalog names.
std::optional<RawTable> read_table(const std::string& directory, const catalog::Table& table, BadRows& bad_rows,
                                   diagnostics::Diagnostics& diagnostics);

/// Opens a raw file of the catalog; an error points to where the catalog names it.
std::optional<DelimitedReader> open_raw_file(const std::string& directory, const catalog::FileSource& source,
                                             diagnostics::Diagnostics& diagnostics);
/// Index of the field that the header names; an error says which there are.
std::optional<size_t> find_field(const DelimitedReader& reader, const catalog::FileSource& source,
                                 const std::string& name, source::Span span, diagnostics::Diagnostics& diagnostics);

}  // namespace rec::ingest
