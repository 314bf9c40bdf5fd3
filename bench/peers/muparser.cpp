// muParser, in its bulk mode. It computes in double: its columns are copies in double, made before the clock.
#include <fmt/format.h>

#include "bench/peers/peers.h"

#ifdef REC_HAS_MUPARSER
#include <dlfcn.h>
#include <muParser.h>

#include <algorithm>
#include <map>

namespace rec::bench::peers {
namespace {

class Parsed {
 public:
  explicit Parsed(const Task& task) : task_(task), results_(task.candidates) {
    const Columns& in = task.world.columns();
    for (const auto& [name, values] :
         {std::pair{"p", in.p}, std::pair{"l", in.l}, std::pair{"c", in.c}, std::pair{"s", in.s}})
      add(name, values);
    std::string text = task.work.formula;
    if (task.work.kind == Kind::filter) {
      add("created", in.created);
      add("price", in.price);
      add("category", in.category);
      text = fmt::format("{} && price < {} && ({}) ? {} : -1", young(), task.world.question().price, member(), text);
    }
    parser_.SetExpr(text);
  }

  void run() {
    parser_.Eval(results_.data(), static_cast<int>(results_.size()));
    if (!task_.work.selects()) return;
    found_.clear();
    for (uint32_t i = 0; i < results_.size(); ++i) {
      if (results_[i] >= 0) found_.emplace_back(-results_[i], i);
    }
    top_ = std::min(found_.size(), kTop);
    std::partial_sort(found_.begin(), found_.begin() + static_cast<long>(top_), found_.end());
  }

  Outputs outputs() const {
    Outputs out;
    for (size_t i = 0; i < top_; ++i) out.rows.push_back(found_[i].second);
    if (!task_.work.selects()) out.values.assign(results_.begin(), results_.end());
    return out;
  }

 private:
  template <typename T>
  void add(const std::string& name, const T* values) {
    auto& column = columns_[name];
    column.assign(values, values + task_.candidates);
    parser_.DefineVar(name, column.data());
  }
  std::string young() const {
    return fmt::format("created > {}", task_.world.question().now - task_.world.question().age);
  }
  std::string member() const {
    std::string out;
    for (const int32_t code : task_.world.question().categories)
      out += fmt::format("{}category == {}", out.empty() ? "" : " || ", code);
    return out;
  }

  const Task task_;
  mu::Parser parser_;
  std::map<std::string, std::vector<double>> columns_;
  std::vector<double> results_;
  std::vector<std::pair<double, uint32_t>> found_;
  size_t top_ = 0;
};

/// Debian's is built with OpenMP: one thread, as all others.
void use_one_thread() {
  if (auto* set = reinterpret_cast<void (*)(int)>(dlsym(RTLD_DEFAULT, "omp_set_num_threads")); set != nullptr) set(1);
}

}  // namespace

std::vector<Entry> muparser(const Task& task) {
  if (task.work.kind == Kind::clicks) return {};
  use_one_thread();
  try {
    const auto parsed = std::make_shared<Parsed>(task);
    parsed->run();
    return {Contender{.who = "muParser",
                      .run = [parsed] { parsed->run(); },
                      .outputs = [parsed] { return parsed->outputs(); },
                      .ulps = 256}};  // double: nearer the truth than Rec's float by the rounding of each step
  } catch (const mu::ParserError& error) {
    return {Absent{"muParser", error.GetMsg()}};
  }
}

}  // namespace rec::bench::peers

#else

namespace rec::bench::peers {
std::vector<Entry> muparser(const Task&) {
  return {Absent{"muParser", "apt install libmuparser-dev, and configure again"}};
}
}  // namespace rec::bench::peers

#endif
