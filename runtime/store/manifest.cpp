// Manifests as JSON, with a checksum over themselves.
#include "runtime/store/manifest.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <xxhash.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "compiler/types/text.h"

namespace rec::store {
namespace {

using nlohmann::json;

std::string hex(uint64_t value) {
  return fmt::format("{:016x}", value);
}
uint64_t from_hex(const json& value) {
  return std::stoull(value.get<std::string>(), nullptr, 16);
}

uint64_t checksum(const json& body) {
  const std::string text = body.dump();
  return XXH64(text.data(), text.size(), 0);
}

json to_value(const Manifest& m) {
  json parts = json::object();
  for (const auto& [name, part] : m.parts) {
    parts[name] = {{"inputs", hex(part.inputs)}, {"words", hex(part.words)}, {"bad_rows", part.bad_rows}};
    if (part.grown > 0) {
      parts[name]["grown"] = part.grown;
    }
    if (part.threads > 0) {
      parts[name]["threads"] = part.threads;
    }
  }
  json files = json::object();
  for (const auto& [path, file] : m.raw_files) {
    files[path] = {{"size", file.size},   {"modified_ns", file.modified_ns}, {"changed_ns", file.changed_ns},
                   {"inode", file.inode}, {"hashed_ns", file.hashed_ns},     {"hash", hex(file.hash)}};
  }
  return {{"format", kFormatVersion},       {"generation", m.generation},
          {"newest_event", m.newest_event}, {"epoch", m.epoch},
          {"base_epoch", m.base_epoch},     {"user_store_bytes", m.user_store_bytes},
          {"catalog", hex(m.catalog_hash)}, {"parts", std::move(parts)},
          {"raw_files", std::move(files)}};
}

/// Throws what nlohmann-json and stoull throw.
Manifest from_value(const json& value) {
  Manifest m{.generation = value.at("generation"),
             .newest_event = value.at("newest_event"),
             .epoch = value.at("epoch"),
             .base_epoch = value.value("base_epoch", uint64_t{0}),
             .user_store_bytes = value.at("user_store_bytes"),
             .catalog_hash = from_hex(value.at("catalog")),
             .parts = {},
             .raw_files = {}};
  for (const auto& [name, part] : value.at("parts").items()) {
    m.parts[name] = {.inputs = from_hex(part.at("inputs")),
                     .words = from_hex(part.value("words", json("0"))),
                     .bad_rows = part.at("bad_rows"),
                     .grown = part.value("grown", uint64_t{0}),
                     .threads = part.value("threads", uint32_t{0})};
  }
  for (const auto& [path, file] : value.at("raw_files").items()) {
    m.raw_files[path] = {.size = file.at("size"),
                         .modified_ns = file.at("modified_ns"),
                         .changed_ns = file.at("changed_ns"),
                         .inode = file.at("inode"),
                         .hashed_ns = file.at("hashed_ns"),
                         .hash = from_hex(file.at("hash"))};
  }
  return m;
}

}  // namespace

std::string to_json(const Manifest& manifest) {
  json value = to_value(manifest);
  value["checksum"] = hex(checksum(value));
  return value.dump(2) + "\n";
}

std::expected<Manifest, FileProblem> read_manifest(const std::string& generation_directory) {
  using Reason = FileProblem::Reason;
  const std::string path = generation_directory + "/manifest.json";
  const auto text = read_bytes(path);
  if (!text) {
    return std::unexpected(text.error());
  }
  try {
    json value = json::parse(*text);
    const auto version = value.at("format").get<uint32_t>();
    if (version != kFormatVersion) {
      const std::string seen = "it has format version {}, this program reads version {}";
      return std::unexpected(
          FileProblem{Reason::version, path, fmt::format(fmt::runtime(seen), version, kFormatVersion)});
    }
    const uint64_t stored = from_hex(value.at("checksum"));
    value.erase("checksum");
    if (stored != checksum(value)) {
      return std::unexpected(FileProblem{Reason::damaged, path, "its checksum does not match"});
    }
    return from_value(value);
  } catch (const std::exception&) {
    return std::unexpected(FileProblem{Reason::damaged, path, "it is no manifest of a generation"});
  }
}

std::expected<uint64_t, FileProblem> read_current(const std::string& data_directory) {
  const std::string path = data_directory + "/CURRENT";
  const auto text = read_bytes(path);
  if (!text) {
    return std::unexpected(text.error());
  }
  // Without its line end the file may have lost digits too.
  const bool whole = text->ends_with('\n');
  const auto value = types::parse_int(std::string_view(*text).substr(0, text->size() - (whole ? 1 : 0)));
  if (!whole || !value || *value < 1) {
    return std::unexpected(
        FileProblem{FileProblem::Reason::damaged, path, "it does not hold the number of a generation"});
  }
  return static_cast<uint64_t>(*value);
}

std::string generation_path(const std::string& data_directory, uint64_t number) {
  return fmt::format("{}/generations/{}", data_directory, number);
}
std::string table_path(const std::string& generation_directory, const std::string& table) {
  return fmt::format("{}/{}.table", generation_directory, table);
}
std::string statistics_path(const std::string& generation_directory, const std::string& table) {
  return fmt::format("{}/{}.statistics", generation_directory, table);
}
std::string lookups_path(const std::string& generation_directory, const std::string& table) {
  return generation_directory + "/" + table + ".lookups";
}

std::string index_path(const std::string& generation_directory, const std::string& index) {
  return fmt::format("{}/{}.index", generation_directory, index);
}

std::string events_path(const std::string& generation_directory, const std::string& events) {
  return fmt::format("{}/{}.events", generation_directory, events);
}
std::string newer_events_path(const std::string& generation_directory, const std::string& events) {
  return fmt::format("{}/{}.newer.events", generation_directory, events);
}
std::string interactions_path(const std::string& generation_directory, const std::string& index) {
  return fmt::format("{}/{}.interactions", generation_directory, index);
}

std::expected<std::string, FileProblem> read_bytes(const std::string& path) {
  using Reason = FileProblem::Reason;
  struct stat info{};
  if (::stat(path.c_str(), &info) != 0) {
    const bool missing = errno == ENOENT || errno == ENOTDIR;
    return std::unexpected(FileProblem{missing ? Reason::missing : Reason::unreadable, path, std::strerror(errno)});
  }
  if (!S_ISREG(info.st_mode)) {
    return std::unexpected(FileProblem{Reason::unreadable, path, "it is no regular file"});
  }
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  if (!in) {
    return std::unexpected(FileProblem{Reason::unreadable, path, std::strerror(errno)});
  }
  return std::move(text).str();
}

}  // namespace rec::store
