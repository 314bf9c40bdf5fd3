// The engine: a generation of data and compiled strategies; requests in, ranked pages out.
#pragma once

#include <expected>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "compiler/compile.h"
#include "compiler/diagnostics/diagnostics.h"
#include "operators/registry.h"
#include "runtime/store/generation.h"
#include "runtime/trace/trace.h"

namespace rec::engine {

struct Request {
  std::string pipeline;                         // empty: the compilation's main one
  std::string user;                             // the key as text
  std::map<std::string, types::Value> fields;   // of the catalog's `request:`, typed
  std::optional<int64_t> now;                   // microseconds; without it the newest event's time
  std::optional<std::string> id;
  std::map<std::string, types::Value> set;      // parameters, typed and within bounds
  bool trace = false;
};

struct ItemChannel {
  std::string channel;
  uint32_t position = 0;
  std::optional<float> score;
};
struct EmittedValue {
  types::Type type;
  types::Value value;
};
struct Item {
  std::string key;
  std::vector<ItemChannel> channels;
  std::vector<EmittedValue> values;  // one a Page::value_names
};
struct Degradation { std::string what, reason; };
struct Page {
  std::string pipeline, user, table, request_id;
  uint64_t generation = 0;
  std::string engine = "interpreter";
  std::vector<std::string> value_names;
  std::vector<Item> items;
  std::vector<Degradation> degraded;
  std::optional<trace::Trace> trace;
};

/// Why a request got no page: R8xxx. Rendered like any diagnostic.
using Error = diagnostics::Diagnostic;

/// Runs one pipeline for one request. Thread-safe: plan and generation are immutable.
std::expected<Page, Error> recommend(const graph::Plan& plan, const store::Generation& generation, const Request& request);

/// A request from a JSON object {"pipeline", "user", "request", "now", "id", "set"}: names, types and bounds checked against catalog and
/// plan. `where` names the line in messages.
std::expected<Request, Error> parse_request(std::string_view json, const graph::Plan& plan, const catalog::Catalog& catalog);
/// One line that parse_request reads back.
std::string format_request(const Request& request, const graph::Plan& plan, const catalog::Catalog& catalog);
/// A parameter's value from text ("--set like_weight=3"), checked against type and bounds.
std::expected<types::Value, Error> parse_parameter(const graph::Parameter& parameter, std::string_view text);

/// A page as docs/operations.md shows it: one JSON object, or a table for a terminal.
std::string page_json(const Page& page, bool pretty);
std::string page_table(const Page& page, const store::Generation& generation);
std::string page_csv(const Page& page);

}  // namespace rec::engine
