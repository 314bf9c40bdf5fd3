// `explain --format dot`: the operator graph for graphviz.
#include <fmt/format.h>

#include "compiler/graph/explain.h"
#include "compiler/graph/print.h"

namespace rec::graph {

namespace {

std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (c == '\n') {
      out += "\\n";
    } else {
      out += c;
    }
  }
  return out + "\"";
}

}  // namespace

std::string explain_dot(const Plan& plan, const catalog::Catalog& catalog, const source::Sources&) {
  std::string out =
      fmt::format("digraph {} {{\n  rankdir=TB;\n  node [shape=box, fontname=\"Helvetica\"];\n", quoted(plan.name));
  std::string last;
  int number = 0;
  const auto node = [&](const std::string& label, const char* style = "") {
    const std::string name = fmt::format("n{}", number++);
    out += fmt::format("  {} [label={}{}];\n", name, quoted(label), style);
    return name;
  };
  const auto edge = [&](const std::string& from, const std::string& to) {
    out += fmt::format("  {} -> {};\n", from, to);
  };
  for (const auto& step : plan.steps) {
    if (const auto* recall = std::get_if<RecallStep>(&step.what)) {
      std::vector<std::string> channels;
      for (const auto& channel : recall->channels) {
        std::string label = channel.name + "\n" + channel.text;
        for (const auto& predicate : channel.where) label += "\nwhere " + print(plan, catalog, predicate.expr);
        channels.push_back(node(label, ", shape=ellipse"));
      }
      last = node(recall->merge.policy ? recall->merge.text : "recall");
      for (const auto& channel : channels) edge(channel, last);
      continue;
    }
    const std::string here = node(step.text);
    edge(last, here);
    last = here;
  }
  std::string emitted = "page";
  for (const auto& emit : plan.emits) emitted += "\n" + emit.name;
  const std::string page = node(emitted, ", shape=note");
  edge(last, page);
  return out + "}\n";
}

}  // namespace rec::graph
