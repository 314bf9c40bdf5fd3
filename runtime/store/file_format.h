// How a data file begins: a header, a table of sections, then the sections, each aligned to 64 bytes and with a
// checksum of its own.
#pragma once

#include <cstdint>

#include "compiler/types/type.h"

namespace rec::store {

/// Version of every file of a generation, of its manifest and of the users' records. A program reads its own version
/// only.
inline constexpr uint32_t kFormatVersion = 1;
inline constexpr char kMagic[8] = {'R', 'E', 'C', '-', 'D', 'A', 'T', 'A'};
inline constexpr uint32_t kLittleEndian = 0x01020304;
inline constexpr uint64_t kSectionAlignment = 64;
inline constexpr uint32_t kMaxSections = 1u << 20;

/// What a file holds; a table opened as an index is a mistake that must show.
enum class FileKind : uint32_t {
  table = 1,
  statistics = 2,
  neighbours = 3,
  user_neighbours = 4,
  vectors = 5,
  lookups = 6,
  events = 7,
  interactions = 8
};

/// 64 bytes at offset 0. `hash` covers the header, with itself as 0, and the section table.
struct FileHeader {
  char magic[8];
  uint32_t version;
  uint32_t endian;
  uint64_t file_size;
  uint64_t hash;
  FileKind kind;
  uint32_t sections;
  uint64_t rows;
  uint64_t reserved[2];
};
static_assert(sizeof(FileHeader) == 64);

/// One section: `count` elements of `width` bytes at `offset`. The type is that of the column it is a part of.
struct SectionEntry {
  char name[24];  // padded with zeros
  uint64_t offset;
  uint64_t count;
  uint64_t hash;  // xxhash64, seed 0, of its bytes
  uint32_t width;
  types::Kind kind, element;
  uint8_t optional;
  uint8_t reserved;
  uint32_t dimension;
  uint32_t reserved2;
};
static_assert(sizeof(SectionEntry) == 64);

}  // namespace rec::store
