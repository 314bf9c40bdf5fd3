// DuckDB in this process, one thread, statements prepared before the clock; its table is made of the same CSV.
#include <dlfcn.h>
#include <fmt/format.h>
#include <time.h>

#include <cstdlib>

#include "bench/peers/peers.h"

namespace rec::bench::peers {
namespace {

/// What this file calls of DuckDB's C interface; npm's package has the library, and no header.
struct Result {
  uint64_t deprecated[3];
  void *columns, *error, *data;
};
struct Library {
  int (*open)(const char*, void**);
  int (*connect)(void*, void**);
  int (*query)(void*, const char*, Result*);
  int (*prepare)(void*, const char*, void**);
  int (*execute_prepared)(void*, Result*);
  void* (*fetch_chunk)(Result);
  uint64_t (*data_chunk_get_size)(void*);
  void* (*data_chunk_get_vector)(void*, uint64_t);
  void* (*vector_get_data)(void*);
  void (*destroy_data_chunk)(void**);
  void (*destroy_result)(Result*);
  void (*destroy_prepare)(void**);
  const char* (*result_error)(Result*);
};

bool load(Library& out) {
  constexpr const char* kPath = REC_PEERS_DIR "/node_modules/@duckdb/node-bindings-linux-x64/libduckdb.so";
  void* library = dlopen(kPath, RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) return false;
  bool all = true;
  const auto find = [&]<typename F>(F& function, const char* name) {
    function = reinterpret_cast<F>(dlsym(library, fmt::format("duckdb_{}", name).c_str()));
    all = all && function != nullptr;
  };
  find(out.open, "open");
  find(out.connect, "connect");
  find(out.query, "query");
  find(out.prepare, "prepare");
  find(out.execute_prepared, "execute_prepared");
  find(out.fetch_chunk, "fetch_chunk");
  find(out.data_chunk_get_size, "data_chunk_get_size");
  find(out.data_chunk_get_vector, "data_chunk_get_vector");
  find(out.vector_get_data, "vector_get_data");
  find(out.destroy_data_chunk, "destroy_data_chunk");
  find(out.destroy_result, "destroy_result");
  find(out.destroy_prepare, "destroy_prepare");
  find(out.result_error, "result_error");
  return all;
}

class Database {
 public:
  explicit Database(const World& world) {
    if (!load(call_)) {
      error_ = "npm install --prefix build/peers @duckdb/node-bindings-linux-x64 (`./dev bench` does)";
      return;
    }
    void* database = nullptr;
    if (call_.open(nullptr, &database) != 0 || call_.connect(database, &connection_) != 0) {
      error_ = "it does not open a database in memory";
      return;
    }
    // The category as a number, which is the faster way for it.
    query(
        fmt::format("create table notes as select id::integer as id, p::float as p, l::float as l, c::float as c, "
                    "s::float as s, created_at::bigint * 1000000 as created, price::integer as price, "
                    "substr(category, 2)::integer as category from read_csv('{}') order by id",
                    world.path("notes.csv")));
    query("set threads = 1");
  }

  bool query(const std::string& text) {
    if (!error_.empty()) return false;
    Result result{};
    if (call_.query(connection_, text.c_str(), &result) != 0) error_ = call_.result_error(&result);
    call_.destroy_result(&result);
    return error_.empty();
  }
  const Library& call() const { return call_; }
  void* connection() const { return connection_; }
  const std::string& error() const { return error_; }

 private:
  Library call_{};
  void* connection_ = nullptr;
  std::string error_;
};

/// A statement over a table of the first candidates.
class Statement {
 public:
  Statement(std::shared_ptr<Database> database, const Task& task)
      : database_(std::move(database)), call_(database_->call()), selects_(task.work.selects()) {
    const std::string table = fmt::format("first_{}", task.candidates);
    database_->query(fmt::format("create table if not exists {} as select * from notes where id < {} order by id",
                                 table, task.candidates));
    if (call_.prepare(database_->connection(), text(task, table).c_str(), &prepared_) != 0) failed_ = true;
  }
  ~Statement() { call_.destroy_prepare(&prepared_); }
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  void run() {
    Result result{};
    failed_ = failed_ || call_.execute_prepared(prepared_, &result) != 0;
    if (failed_) return;
    values_.clear();
    rows_.clear();
    while (void* chunk = call_.fetch_chunk(result)) {
      const uint64_t size = call_.data_chunk_get_size(chunk);
      void* data = call_.vector_get_data(call_.data_chunk_get_vector(chunk, 0));
      if (selects_) {
        rows_.insert(rows_.end(), static_cast<int32_t*>(data), static_cast<int32_t*>(data) + size);
      } else {
        values_.insert(values_.end(), static_cast<float*>(data), static_cast<float*>(data) + size);
      }
      call_.destroy_data_chunk(&chunk);
    }
    call_.destroy_result(&result);
  }
  bool failed() const { return failed_; }
  Outputs outputs() const { return {.values = values_, .rows = rows_}; }

 private:
  static std::string text(const Task& task, const std::string& table) {
    constexpr const char* kFused = "p * (1::float + 2::float * l + 3::float * c + 1.5::float * s)";
    switch (task.work.kind) {
      case Kind::filter:
        return fmt::format(
            "select id from {} where created > {} and category in (0, 1, 3, 4, 6, 7, 9, 10) and price < {} order by {} "
            "desc, id limit {}",
            table, task.world.question().now - task.world.question().age, task.world.question().price, kFused, kTop);
      case Kind::powers:
        return fmt::format("select (pow(p, 0.7::float) * pow(l, 0.2::float) * pow(s, 1.3::float))::float from {}",
                           table);
      default:
        return fmt::format("select {} from {}", kFused, table);
    }
  }

  std::shared_ptr<Database> database_;
  const Library& call_;
  bool selects_, failed_ = false;
  void* prepared_ = nullptr;
  std::vector<float> values_;
  std::vector<uint32_t> rows_;
};

double process_seconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

}  // namespace

Peer duckdb(const World& world) {
  const auto database = std::make_shared<Database>(world);
  return [database](const Task& task) -> std::vector<Entry> {
    if (task.work.kind == Kind::clicks || task.work.kind == Kind::formula) return {};
    if (!database->error().empty()) return {Absent{"DuckDB", database->error()}};
    const auto statement = std::make_shared<Statement>(database, task);
    statement->run();
    if (statement->failed()) return {Absent{"DuckDB", "it does not run the statement"}};
    return {Contender{.who = "DuckDB",
                      .run = [statement] { statement->run(); },
                      .outputs = [statement] { return statement->outputs(); },
                      .ulps = task.work.kind == Kind::powers ? 8U : 0U,  // its pow is of doubles
                      .seconds =
                          [statement](size_t runs) {
                            const double begin = process_seconds();  // should it have threads after all
                            for (size_t i = 0; i < runs; ++i) statement->run();
                            return process_seconds() - begin;
                          }}};
  };
}

}  // namespace rec::bench::peers
