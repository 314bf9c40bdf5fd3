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
                   "(item.clicks in 100 .. 30000)", "(user.age is not none)", "true", "(boost > 1.0)"});
    case Kind::integer:
      if (of_event) return pick({"e.depth", "e.item.author", "e.item.clicks"});
      return pick({"item.author", "item.clicks", "3", "0", "request.page", "len(item.tags)", "(item.levels[0] ?? 2)",
                   "(user.age ?? 7)", "item.serial", "1"});
    case Kind::floating:
      if (of_event) return pick({"e.item.score", "(e.seconds ?? 0.5)", "(e.item.price ?? 1.0)"});
      return pick({"item.score", "(item.price ?? 0.25)", "boost", "1.5", "0.0", "(item.price ?? item.score)",
                   "float(item.clicks)", "(if item.price is not none then item.price else item.score)", "1.0", "(-0.0)",
                   "(0.0 * float(item.clicks))"});
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
  const bool again = depth > 1 && !event && !channels_.empty();  // what may be written in one place may be in another
  auto& before = written_[kind];
  if (again && !before.empty() && chance(15)) return pick(before);
  std::string text = fresh_expression(kind, depth, event);
  if (again) written_[kind].push_back(text);
  return text;
}

std::string ProgramWriter::fresh_expression(Kind kind, int depth, bool event) {
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

}  // namespace rec::interpreter
