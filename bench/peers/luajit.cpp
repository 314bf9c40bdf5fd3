// LuaJIT on the columns where they lie; loops.lua has the loops. It computes in double.
#include <fmt/format.h>

#include "bench/peers/peers.h"

#ifdef REC_HAS_LUAJIT
#include <lua.hpp>

namespace rec::bench::peers {
namespace {

class Script {
 public:
  explicit Script(const Task& task)
      : state_(luaL_newstate()),
        selects_(task.work.selects()),
        values_(selects_ ? 0 : task.candidates),
        rows_(selects_ ? kTop : 0),
        categories_(task.world.question().codes) {
    for (const int32_t code : task.world.question().categories) categories_[static_cast<size_t>(code)] = 1;
    open(task);
    if (error_.empty()) run();
  }
  ~Script() { lua_close(state_); }
  Script(const Script&) = delete;
  Script& operator=(const Script&) = delete;

  void run() {
    lua_pushvalue(state_, 1);
    if (lua_pcall(state_, 0, 1, 0) != 0) return fail();
    count_ = static_cast<size_t>(lua_tointeger(state_, -1));
    lua_pop(state_, 1);
  }
  Outputs outputs() const {
    return {.values = values_, .rows = {rows_.begin(), rows_.begin() + static_cast<long>(count_)}};
  }
  const std::string& error() const { return error_; }

 private:
  /// Leaves the function that runs at the bottom of the stack.
  void open(const Task& task) {
    luaL_openlibs(state_);
    if (luaL_dofile(state_, REC_SOURCE_DIR "/bench/peers/loops.lua") != 0) return fail();
    lua_getfield(state_, -1, selects_ ? "filter" : "formula");
    describe(task);
    if (lua_pcall(state_, 1, 1, 0) != 0) return fail();
    lua_replace(state_, 1);
    lua_settop(state_, 1);
  }
  void fail() { error_ = lua_tostring(state_, -1); }
  void pointer(const char* name, const void* to) {
    lua_pushlightuserdata(state_, const_cast<void*>(to));
    lua_setfield(state_, -2, name);
  }
  void number(const char* name, double value) {
    lua_pushnumber(state_, value);
    lua_setfield(state_, -2, name);
  }
  void describe(const Task& task) {
    const Columns& in = task.world.columns();
    const Question& asked = task.world.question();
    lua_newtable(state_);
    for (const auto& [name, values] :
         {std::pair{"p", in.p}, std::pair{"l", in.l}, std::pair{"c", in.c}, std::pair{"s", in.s}})
      pointer(name, values);
    pointer("created", in.created);
    pointer("price", in.price);
    pointer("category", in.category);
    pointer("categories", categories_.data());
    pointer("out", selects_ ? static_cast<void*>(rows_.data()) : static_cast<void*>(values_.data()));
    number("n", static_cast<double>(task.candidates));
    number("dear", asked.price);
    number("after", static_cast<double>(asked.now - asked.age));
    lua_pushstring(state_, task.work.formula.c_str());
    lua_setfield(state_, -2, "formula");
  }

  lua_State* state_;
  bool selects_;
  std::vector<float> values_;
  std::vector<uint32_t> rows_;
  std::vector<uint8_t> categories_;
  size_t count_ = 0;
  std::string error_;
};

}  // namespace

std::vector<Entry> luajit(const Task& task) {
  if (task.work.kind == Kind::clicks) return {};
  const auto script = std::make_shared<Script>(task);
  if (!script->error().empty()) return {Absent{"LuaJIT", script->error()}};
  return {Contender{.who = "LuaJIT",
                    .run = [script] { script->run(); },
                    .outputs = [script] { return script->outputs(); },
                    .ulps = 256}};  // double: nearer the truth than Rec's float by the rounding of each step
}

}  // namespace rec::bench::peers

#else

namespace rec::bench::peers {
std::vector<Entry> luajit(const Task&) {
  return {Absent{"LuaJIT", "apt install libluajit-5.1-dev, and configure again"}};
}
}  // namespace rec::bench::peers

#endif
