// Opens and checks the files of one generation; also the builder's, before it is published.
#pragma once

#include <memory>
#include <string>

#include "runtime/store/generation.h"
#include "runtime/store/manifest.h"
#include "runtime/store/mapped_file.h"

namespace rec::store {

class GenerationReader {
 public:
  /// `generation_directory`: DIR/generations/N, or the folder where N is being written.
  GenerationReader(std::string data_directory, std::string generation_directory, source::Sources& sources,
                   diagnostics::Diagnostics& diagnostics)
      : data_directory_(std::move(data_directory)),
        directory_(std::move(generation_directory)),
        sources_(sources),
        diagnostics_(diagnostics) {}

  /// nullptr after an error, which is reported.
  std::unique_ptr<Generation> open();
  /// The tables' own columns alone, without manifest, statistics, indexes and users: what a build computes those from.
  std::unique_ptr<Generation> open_tables(const catalog::Catalog& catalog, bool with_statistics = false);
  /// Checksums and values of everything; reports the first fault of each file.
  bool check(const Generation& generation);

  /// Reports that a file cannot be used, with what to do about it.
  void report(const FileProblem& problem);
  void report(diagnostics::Code code, std::string message);

 private:
  bool open_catalog(Generation& generation, const Manifest& manifest);
  bool open_table(Generation& generation, const catalog::Table& description, bool with_statistics);
  bool open_statistics(Generation& generation, const catalog::Table& description, Table& table);
  bool open_lookups(Generation& generation, const catalog::Table& description, Table& table);
  bool open_index(Generation& generation, const catalog::Index& description);
  template <typename Index>
  bool add_index(const MappedFile& file, const catalog::Index& description, std::vector<Index>& to);
  bool open_users(Generation& generation, const Manifest& manifest);
  MappedFile* map(Generation& generation, const std::string& path, FileKind kind);
  bool check_table(const Generation& generation, const Table& table);

  std::string data_directory_, directory_;
  source::Sources& sources_;
  diagnostics::Diagnostics& diagnostics_;
};

}  // namespace rec::store
