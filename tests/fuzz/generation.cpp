// A generation one of whose files is replaced by any bytes: opening, checking and reading it never leaves its memory.
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "offline/build/build.h"
#include "runtime/store/generation.h"

namespace {

namespace fs = std::filesystem;

struct Ground {
  std::string directory;
  std::vector<fs::path> files;
  std::vector<std::string> contents;

  Ground() {
    directory = "/tmp/rec-fuzz-generation-" + std::to_string(getpid());
    fs::remove_all(directory);
    fs::create_directories(directory);
    const auto write = [&](const char* name, const char* text) { std::ofstream(directory + "/" + name) << text; };
    write("catalog.yaml",
          "tables:\n  users: {key: id, source: {csv: u.csv}, columns: {city: string}}\n"
          "  notes: {key: id, source: {csv: n.csv}, columns: {id: string, topic: string, likes: int?, tags: "
          "\"[string]\", w: float}}\n"
          "events:\n  acts: {source: {csv: a.csv}, user: u, item: n, time: {column: t}, columns: {kind: string, s: "
          "float?}}\n"
          "sequences:\n  all: {from: acts, keep: 10}\n"
          "statistics:\n  notes.seen: {from: acts, value: count}\n"
          "indexes:\n  cf: {algorithm: item_cf, from: all, top_k: 5}\n");
    write("u.csv", "id,city\n1,a\n2,b\n");
    write("n.csv", "id,topic,likes,tags,w\nx,p,1,a|b,0.5\ny,q,,,1\nz,p,300,c,2\n");
    write("a.csv", "u,n,t,kind,s\n1,x,1,c,0.5\n1,y,2,c,\n2,y,3,d,1\n2,x,4,c,2\n");
    rec::source::Sources sources;
    rec::diagnostics::Diagnostics diagnostics;
    rec::build::build(directory, {}, sources, diagnostics);
    if (diagnostics.has_errors()) std::abort();
    for (const auto& entry : fs::directory_iterator(directory + "/generations/1")) files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    for (const auto& file : files) {
      std::ifstream in(file, std::ios::binary);
      contents.emplace_back(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
    }
  }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace rec;
  static const Ground ground;
  if (size < 4) return -1;
  const size_t which = data[0] % ground.files.size();
  std::string bytes = ground.contents[which];
  if (data[1] & 1) {
    bytes.assign(reinterpret_cast<const char*>(data + 2), size - 2);  // any bytes at all
  } else {
    // A patch: at an offset of the good file, then a cut.
    const size_t at = (data[2] | static_cast<size_t>(data[3]) << 8) % (bytes.size() + 1);
    for (size_t i = 4; i < size && at + i - 4 < bytes.size(); ++i) bytes[at + i - 4] = static_cast<char>(data[i]);
    if (data[1] & 2) bytes.resize(at);
  }
  std::error_code ignored;
  fs::remove(ground.files[which], ignored);  // files may be hard links
  std::ofstream(ground.files[which], std::ios::binary) << bytes;

  source::Sources sources;
  diagnostics::Diagnostics diagnostics;
  // Only what check_generation has passed is read: readers trust checked files.
  if (const auto generation = store::open_generation(ground.directory, sources, diagnostics);
      generation && store::check_generation(ground.directory, generation->number(), sources, diagnostics)) {
    column::Arena arena;
    for (size_t t = 0; t < generation->catalog().tables.size(); ++t) {
      const auto& table = generation->table(t);
      column::StringSpace strings(table.strings());
      for (uint32_t row = 0; row < table.rows(); ++row) {
        if (table.find(table.key(row)) != row) std::abort();
        for (const auto& column : table.columns()) {
          if (column.type.kind == types::Kind::list) column.list(row);
          if (column.type.kind == types::Kind::integer && column.has(row)) column.integer(row);
        }
      }
    }
  }
  render_text(diagnostics, sources);
  std::ofstream(ground.files[which], std::ios::binary | std::ios::trunc) << ground.contents[which];
  return 0;
}
