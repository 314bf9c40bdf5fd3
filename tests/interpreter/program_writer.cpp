// Random well-typed programs.
#include "tests/interpreter/program_writer.h"

#include <utility>

#include <algorithm>
#include <cctype>

namespace rec::interpreter {

using types::Kind;

namespace {

/// What the writer can make an argument of.
bool writable(const types::Type& type) {
  switch (type.kind) {
    case Kind::boolean:
    case Kind::integer:
    case Kind::floating:
    case Kind::string:
    case Kind::time:
    case Kind::duration:
    case Kind::vector:
      return !type.optional;
    case Kind::list:
      return !type.optional &&
             (type.element == Kind::none || type.element == Kind::integer || type.element == Kind::string);
    default:
      return false;
  }
}

bool is_part(const std::string& name) {
  static const std::vector<std::string> kParts = {"us", "ms", "s", "minutes", "hours", "days", "hour", "weekday"};
  return std::ranges::find(kParts, name) != kParts.end();
}

}  // namespace

ProgramWriter::ProgramWriter(const operators::Registry& registry, uint64_t seed)
    : state_(seed * 0x9e3779b97f4a7c15ULL + 1), by_result_(static_cast<size_t>(Kind::none) + 1) {
  for (const auto& def : registry.all()) {
    const auto* function = std::get_if<operators::FunctionDef>(&def.what);
    if (function == nullptr) continue;
    for (const auto& overload : function->overloads) {
      const bool good = overload.kernel != nullptr && std::ranges::all_of(overload.parameters, writable);
      if (good) by_result_[static_cast<size_t>(overload.result.kind)].push_back({&def, &overload});
    }
  }
}

uint64_t ProgramWriter::below(uint64_t n) {
  state_ = state_ * 6364136223846793005ULL + 1442695040888963407ULL;
  return (state_ >> 33) % n;
}

std::string ProgramWriter::leaf(Kind kind, bool event) {
  if (!event && !lets_.empty() && chance(40)) {
    const auto& [type, name] = lets_[below(lets_.size())];
    if (type == kind) return name;
  }
  if (!event && !channels_.empty() && chance(15)) {
    const std::string channel = pick(channels_);
    if (kind == Kind::boolean) return "from(" + channel + ")";
    if (kind == Kind::floating) return "(score_in(" + channel + ") ?? 0.5)";
    if (kind == Kind::integer) return chance(50) ? "channels()" : "(position_in(" + channel + ") ?? 3)";
  }
  const bool of_event = event && chance(60);
  switch (kind) {
    case Kind::boolean:
      if (of_event) return pick({"(e.item == item)", "(e.seconds is none)", "e.item.boosted"});
      return pick({"item.boosted", "(item.price is none)", "(item in user.clicks)", "(item.author in user.blocked)",
                   "(\"music\" in item.tags)", "(item.author in item.levels)", "(item.author not in chosen)",
                   "(item.clicks in 100 .. 30000)", "(user.age is not none)"});
    case Kind::integer:
      if (of_event) return pick({"e.depth", "e.item.author", "e.item.clicks"});
      return pick({"item.author", "item.clicks", "3", "0", "request.page", "len(item.tags)", "(item.levels[0] ?? 2)",
                   "(user.age ?? 7)", "item.serial"});
    case Kind::floating:
      if (of_event) return pick({"e.item.score", "(e.seconds ?? 0.5)", "(e.item.price ?? 1.0)"});
      return pick({"item.score", "(item.price ?? 0.25)", "boost", "1.5", "0.0", "(item.price ?? item.score)",
                   "float(item.clicks)", "(if item.price is not none then item.price else item.score)"});
    case Kind::string:
      if (of_event) return pick({"e.action", "e.item.kind"});
      return pick({"item.kind", "(item.topic ?? \"none\")", "user.city", "\"video\"", "(request.scene ?? \"x\")"});
    case Kind::time:
      return of_event ? "e.time" : pick({"item.created_at", "request.now", "time(\"2026-09-01T00:00Z\")"});
    default:
      return pick({"1d", "90m", "500us", "age(item.created_at)", "(request.now - item.created_at)"});
  }
}

std::string ProgramWriter::sequence(int depth) {
  std::string text = pick({"user.clicks", "user.clicks.last(20)", "user.clicks.within(3d)"});
  while (depth > 0 && chance(30)) {
    text += ".where(e => " + expression(Kind::boolean, 1, true) + ")";
    if (chance(30)) text += pick({".last(5)", ".last(1)", ".within(2d)", ".last(3).within(5d)"});
  }
  return text;
}

std::string ProgramWriter::aggregate(Kind kind, int depth) {
  if (kind == Kind::integer && chance(60))
    return sequence(depth) + ".count(e => " + expression(Kind::boolean, depth - 1, true) + ")";
  const std::string body = "(e => " + expression(kind, depth - 1, true) + ")";
  if (kind == Kind::floating && chance(25)) return "(" + sequence(depth) + ".mean" + body + " ?? 0.5)";
  if (chance(40)) return sequence(depth) + ".sum" + body;
  return "(" + sequence(depth) + (chance(50) ? ".max" : ".min") + body + " ?? " + leaf(kind, false) + ")";
}

std::string ProgramWriter::argument(const types::Type& type, bool strings, int depth, bool event) {
  if (type.kind == Kind::vector) return pick({"(item.content ?? user.taste)", "user.taste"});
  if (type.kind != Kind::list) return expression(type.kind, depth, event);
  const bool text = type.element == Kind::none ? strings : type.element == Kind::string;
  return text ? pick({"item.tags", "user.names", "[\"music\", \"art\"]"})
              : pick({"item.levels", "user.blocked", "chosen"});
}

std::string ProgramWriter::call(const Signature& signature, int depth, bool event) {
  const auto& [def, overload] = signature;
  const std::string& name = def->name;
  std::string text;
  if (name == "bucket") {
    text = "bucket(" + expression(overload->parameters[0].kind, depth - 1, event) +
           (overload->parameters[0].kind == Kind::floating ? ", [-1.0, 0.0, 0.5, 100.0])" : ", [0, 3, 20, 1000])");
  } else if (name == "interpolate") {
    text = "interpolate(" + expression(Kind::floating, depth - 1, event) + ", [-1.0, 0.0, 2.5], [0.0, 1.0, -3.0])";
  } else if (name == "calibrate") {
    text = "calibrate(" + expression(Kind::floating, depth - 1, event) + ", 0.25)";
  } else if (name == "hash") {
    text = "hash(" + expression(Kind::integer, depth - 1, event) + ", " + expression(Kind::string, depth - 1, event) +
           ", 1000)";
  } else if (name == "clamp") {  // its lower bound is no literal: crossed literals are an error
    const Kind kind = overload->parameters[0].kind;
    const std::string low = kind == Kind::integer    ? "item.author"
                            : kind == Kind::floating ? "item.score"
                            : kind == Kind::time     ? "item.created_at"
                                                     : "age(item.created_at)";
    text = "clamp(" + expression(kind, depth - 1, event) + ", " + low + ", " + expression(kind, depth - 1, event) + ")";
  } else {
    const bool strings = chance(50);
    std::vector<std::string> args;
    for (const auto& parameter : overload->parameters) args.push_back(argument(parameter, strings, depth - 1, event));
    if (name == "negate") {
      text = "(-" + args[0] + ")";
    } else if (is_part(name)) {
      text = "(" + args[0] + ")." + name;
    } else if (args.size() == 2 && std::isalpha(static_cast<unsigned char>(name[0])) == 0) {
      text = "(" + args[0] + " " + name + " " + args[1] + ")";
    } else {
      text = name + "(";
      for (size_t i = 0; i < args.size(); ++i) text += (i > 0 ? ", " : "") + args[i];
      text += ")";
    }
  }
  // A quotient of ints is missing where its divisor is zero.
  if (!overload->result.optional && name != "div" && name != "%") return text;
  return "(" + text + " ?? " + leaf(overload->result.kind, event) + ")";
}

std::string ProgramWriter::boolean(int depth, bool event) {
  const auto some = [&] { return expression(Kind::boolean, depth - 1, event); };
  switch (below(4)) {
    case 0:
      return "(" + some() + " and " + some() + ")";
    case 1:
      return "(" + some() + " or " + some() + ")";
    case 2:
      return "(not " + some() + ")";
    default:
      return "(" + expression(Kind::floating, depth - 1, event) + " in -1.0 .. " +
             expression(Kind::floating, depth - 1, event) + ")";
  }
}

std::string ProgramWriter::expression(Kind kind, int depth, bool event) {
  if (depth <= 0) return leaf(kind, event);
  const bool number = kind == Kind::integer || kind == Kind::floating;
  if (number && !event && depth > 1 && chance(12)) return aggregate(kind, depth - 1);
  if (kind == Kind::boolean && chance(35)) return boolean(depth, event);
  if (number && !event && !channels_.empty() && chance(6)) return provenance(kind);
  if (number && !event && !channels_.empty() && barriers_ && chance(8)) {
    const std::string x = "(" + expression(chance(70) ? kind : Kind::integer, depth - 1) + ")";
    if (kind == Kind::integer) return pick({"rank" + x, "count()", "int(mean" + x + ")", "int(largest" + x + ")"});
    return pick({"minmax" + x, "zscore" + x, "mean" + x, "float(total" + x + ")", "float(smallest" + x + ")",
                 "float(largest" + x + ")"});
  }
  if (chance(12)) {
    return "(if " + expression(Kind::boolean, depth - 1, event) + " then " + expression(kind, depth - 1, event) +
           " else " + expression(kind, depth - 1, event) + ")";
  }
  const auto& signatures = by_result_[static_cast<size_t>(kind)];
  if (signatures.empty() || chance(10)) return leaf(kind, event);
  return call(signatures[below(signatures.size())], depth, event);
}

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
  std::string text = "  when " +
                     pick({"request.page == 2", "user.city == \"Oslo\"", "user.age is none", "len(chosen) > 1"}) +
                     " {\n" + side();
  if (chance(30)) text += " else when (user.age ?? 0) > 30 {\n" + side();
  text += " else {\n" + side() + "\n";
  lets_.emplace_back(kind, name);
  return text;
}

std::string ProgramWriter::step() {
  if (chance(12)) return when();
  switch (below(8)) {
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
