// Random pipelines around random expressions.
#include <utility>

#include "tests/interpreter/program_writer.h"

namespace rec::interpreter {

using types::Kind;

std::string ProgramWriter::order_key(int depth) {
  return expression(std::vector{Kind::floating, Kind::integer, Kind::duration, Kind::floating}[below(4)], depth);
}

/// Where the candidate came from, and what the pipeline `q` emitted for it.
std::string ProgramWriter::provenance(Kind kind) {
  const std::string c = pick(channels_);
  if (kind == Kind::integer) {
    if (!pages_.empty() && chance(50)) return "(" + pick(pages_) + ".place ?? 0)";
    return pick({"channels()", "(position_in(" + c + ") ?? 0)"});
  }
  if (!pages_.empty() && chance(50)) return "(" + pick(pages_) + ".heat ?? 0.0)";
  return pick({"(score_in(" + c + ") ?? 0.0)", "(if from(" + c + ") then 1.0 else 0.25)"});
}

std::string ProgramWriter::channel(const std::string& name) {
  std::string text = "    " + name + " = ";
  const uint64_t source = below(100);
  if (source < 25) {
    text += "list([";
    for (uint64_t i = 0, n = 1 + below(30); i < n; ++i)
      text += (i > 0 ? ", " : "") + std::to_string(below(2600) * 3 + 1);
    text += "])";
  } else if (source < 45) {
    text += "q";
    pages_.push_back(name);
  } else {
    text += "items";
  }
  if (chance(50)) text += " where " + expression(Kind::boolean, 1);
  if (chance(60)) text += " by " + order_key(1) + (chance(30) ? " asc" : "");
  text += " take " + std::to_string(below(60));
  if (chance(15)) text += " when " + pick({"request.page == 2", "user.age is none", "len(chosen) > 5"});
  if (chance(10)) text += " timeout 60s";
  if (chance(10)) text += " required";
  return text + "\n";
}

std::string ProgramWriter::recall() {
  std::string text = "  recall {\n";
  std::vector<std::string> names;
  for (uint64_t i = 0, n = 1 + below(3); i < n; ++i) {
    names.push_back("c" + std::to_string(i));
    text += channel(names.back());
  }
  channels_ = names;
  return text + "  }\n" + (names.size() > 1 ? merge() : "");
}

std::string ProgramWriter::merge() {
  const std::string policy = pick({"in_order", "round_robin", "quota", "best", "sum", "waterfall"});
  const std::string take = chance(70) ? "take: " + std::to_string(40 + below(60)) : "";
  std::vector<std::string> arguments;
  for (const auto& channel : channels_) {
    if (policy == "in_order" || policy == "waterfall" || chance(50)) continue;
    if (policy == "quota") {
      const uint64_t least = below(10);
      arguments.push_back(channel + ": " + std::to_string(least) +
                          (chance(60) ? " .. " + std::to_string(least + below(20)) : ""));
    } else {
      arguments.push_back(
          channel + ": " +
          (policy == "round_robin" ? std::to_string(1 + below(4)) : pick({"0.5", "2.0", "boost", "0.25"})));
    }
  }
  if (!take.empty() || policy == "waterfall") arguments.push_back(take.empty() ? "take: 70" : take);
  std::string text = "  merge " + policy;
  for (size_t i = 0; i < arguments.size(); ++i) text += (i == 0 ? "(" : ", ") + arguments[i];
  return text + (arguments.empty() ? "\n" : ")\n");
}

/// Both sides bind one name more.
std::string ProgramWriter::when() {
  const Kind kind = std::vector{Kind::floating, Kind::integer, Kind::string}[below(3)];
  const std::string name = "v" + std::to_string(lets_.size());
  const auto side = [&] {
    std::string text = chance(50) ? "  where " + expression(Kind::boolean, 1) + "\n" : "";
    text += "    let " + name + " = " + expression(kind, 2) + "\n";
    if (chance(50)) text += "    sort by " + order_key(1) + "\n";
    return text + "  }";
  };
  std::string text =
      "  when " + pick({"request.page == 2", "user.city == \"Oslo\"", "user.age is none", "len(chosen) > 1", "3 > 2"}) +
      " {\n" + side();
  if (chance(30)) text += " else when (user.age ?? 0) > 30 {\n" + side();
  text += " else {\n" + side() + "\n";
  lets_.emplace_back(kind, name);
  return text;
}

std::string ProgramWriter::step() {
  if (chance(12)) return when();
  switch (below(11)) {
    case 9:
      return "  take " + std::to_string(5 + below(60)) + "\n";
    case 10:
      return "  sort by " + order_key(1) + (chance(50) ? " asc" : "") + "\n  take " + std::to_string(5 + below(60)) +
             "\n";
    case 0:
    case 1:
      return "  where " + expression(Kind::boolean, 2) + "\n";
    case 2:
    case 3: {
      const Kind kind =
          std::vector{Kind::floating, Kind::integer, Kind::boolean, Kind::duration, Kind::string}[below(5)];
      const std::string name = "v" + std::to_string(lets_.size());
      const std::string text = "  let " + name + " = " + expression(kind, 3) + "\n";
      lets_.emplace_back(kind, name);
      return text;
    }
    case 4:
      return "  top " + std::to_string(5 + below(60)) + " by " + order_key(2) + (chance(30) ? " asc" : "") + "\n";
    case 5:
      return "  sort by " + order_key(2) + (chance(50) ? " asc" : "") + "\n";
    case 6:
      return "  take " + std::to_string(1 + below(4)) + " per " +
             expression(std::vector{Kind::integer, Kind::boolean, Kind::string}[below(3)], 1) + "\n";
    case 7:
      return "  sample " + std::to_string(5 + below(60)) + " by " + expression(Kind::floating, 2) +
             (chance(50) ? " temperature " + pick({"0.5", "2.0", "boost + 0.25"}) : "") + "\n";
    default:
      return rerank();
  }
}

std::string ProgramWriter::rerank() {
  const uint64_t page = below(30);
  std::string text = "  rerank greedy(relevance: " + expression(Kind::floating, 2) + ") take " + std::to_string(page);
  if (!barriers_ && chance(40)) {
    text += " after [";
    for (uint64_t i = 0, n = 1 + below(6); i < n; ++i)
      text += (i > 0 ? ", " : "") + std::to_string(below(2600) * 3 + 1);
    text += "]";
  }
  return text + (chance(60) ? " {\n" + rules(page) + "  }\n" : "\n");
}

/// No two that contradict each other, and none that cannot hold: those are errors.
std::string ProgramWriter::rules(uint64_t page) {
  std::string text;
  for (uint64_t i = 0, n = 1 + below(3); i < n; ++i) {
    const std::string scope =
        pick({"a row", "any " + std::to_string(2 + below(6)), "first " + std::to_string(2 + below(8))});
    const bool grouped = chance(50);
    text += std::string("    ") + (chance(25) ? "must " : "") + "at most " +
            std::to_string(grouped ? 1 + below(2) : below(3)) + " in " + scope;
    if (!grouped || chance(30))
      text += " where " +
              pick({"item.boosted", "item.kind == \"video\"", "item.clicks > 400", expression(Kind::boolean, 1)});
    if (grouped) text += " by " + pick({"item.author", "item.topic", "item.tags", "item.levels", "item.kind"});
    text += "\n";
  }
  if (page >= 8 && chance(50)) {
    const uint64_t least = 1 + below(2);
    text += std::string("    ") + (chance(25) ? "must " : "") + "at least " + std::to_string(least) + " in " +
            pick({"any ", "first "}) + std::to_string(least + 1 + below(5)) + " where item.serial % 3 == 1\n";
  }
  return text;
}

/// Places that are known do not meet: those that do are errors.
std::string ProgramWriter::insert() {
  std::string text = "  insert ";
  const bool known = inserts_++ == 0;
  // A source sees no candidate of the page.
  const auto channels = std::exchange(channels_, {});
  const auto pages = std::exchange(pages_, {});
  const auto lets = std::exchange(lets_, {});
  switch (below(4)) {
    case 0:
      text += "q";
      break;
    case 1:
      text += "list([" + std::to_string(below(2600) * 3 + 1) + ", " + std::to_string(below(2600) * 3 + 1) + ", 4])";
      break;
    default:
      text += "items where " + expression(Kind::boolean, 1) + " by " + order_key(1) + " take " +
              std::to_string(1 + below(5));
  }
  channels_ = channels;
  pages_ = pages;
  lets_ = lets;
  if (chance(15)) text += " when " + pick({"request.page == 2", "user.age is none"});
  switch (below(4)) {
    case 0:
      text += known ? " at 2, 7, 13" : " at request.page + " + std::to_string(below(9));
      break;
    case 1:
      text += " at random " + std::to_string(1 + below(4)) + " .. " + std::to_string(5 + below(12));
      break;
    case 2:
      text += " at column author";
      break;
    default:
      text += known ? " every 6 from 3" : " every request.page + 1 from request.page";
  }
  if (chance(40)) text += " most " + std::to_string(1 + below(4));
  if (chance(40)) text += " apart " + std::to_string(1 + below(3));
  return text + "\n";
}

std::string ProgramWriter::late_step() {
  if (chance(50)) return insert();
  if (chance(50)) return "  backfill to " + std::to_string(below(50)) + "\n";
  return step();
}

/// `q`, a source of the page, and `ads_page`, rows of another table.
std::string ProgramWriter::further_pipelines() {
  std::string text = "pipeline q(user: users, item: notes) {\n";
  channels_.clear();
  lets_.clear();
  pages_.clear();
  written_.clear();
  text += "  recall {\n    base = items where " + expression(Kind::boolean, 1) + " by " + order_key(1) + " take " +
          std::to_string(below(40)) + "\n  }\n";
  channels_ = {"base"};
  for (uint64_t i = 0, n = below(3); i < n; ++i) text += step();
  text += "  emit " + expression(Kind::floating, 2) + " as heat, " + expression(Kind::integer, 2) +
          " as place, item.author\n}\n";
  return text + "pipeline ads_page(user: users, item: ads) {\n  recall { best = items by item.bid take " +
         std::to_string(below(4)) + " }\n  emit item.bid as out0, item.topic as out1\n}\n";
}

std::string ProgramWriter::pipeline() {
  std::string text = "param boost : float = 1.5 within 0.0 .. 9.0\nparam chosen : [int] = [3, 7]\n";
  barriers_ = true;
  text += further_pipelines();
  barriers_ = chance(50);
  const bool foreign = !barriers_ && chance(30);
  inserts_ = 0;
  channels_.clear();
  lets_.clear();
  pages_.clear();
  written_.clear();
  text += "pipeline p(user: users, item: notes) {\n";
  if (chance(40)) text += "  eligible " + expression(Kind::boolean, 1) + "\n";
  text += recall();
  for (uint64_t i = 0, n = 1 + below(6); i < n; ++i) text += step();
  if (!barriers_) {  // what fills up needs a step that cuts
    text += chance(50) ? rerank() : "  top " + std::to_string(below(25)) + " by " + order_key(1) + "\n";
    for (uint64_t i = 0, n = 1 + below(4); i < n; ++i) text += late_step();
  }
  if (foreign) text += "  insert ads_page every 4 from " + std::to_string(1 + below(6)) + "\n";
  text += "  emit ";
  // `ads_page` emits a float and a string by these names.
  const std::vector<Kind> kinds{Kind::floating, Kind::string, Kind::integer, Kind::boolean, Kind::time};
  for (uint64_t i = 0, n = 1 + below(3); i < n; ++i)
    text += (i > 0 ? ", " : "") + expression(i < 2 ? kinds[i] : kinds[below(5)], 2) + " as out" + std::to_string(i);
  return text + "\n}\n";
}

}  // namespace rec::interpreter
