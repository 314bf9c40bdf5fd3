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
#include "operators/model.h"
#include "operators/registry.h"
#include "runtime/store/generation.h"
#include "runtime/trace/trace.h"

namespace rec::native {
class Tiers;
}

namespace rec::engine {

struct Request {
  std::string pipeline{};                        // empty: the compilation's main one
  std::string user;                              // the key as text
  std::map<std::string, types::Value> fields{};  // of the catalog's `request:`, typed
  std::optional<int64_t> now{};                  // microseconds; without it the newest event's time
  std::optional<std::string> id{};
  std::map<std::string, types::Value> set{};  // parameters, typed and within bounds
  bool trace = false;
};

struct ItemChannel {
  std::string channel;
  uint32_t position = 0;
  std::optional<float> score;
};
struct EmittedValue {
  types::Value value{};
  bool absent = false;  // an inserted row of another table does not have it
};
struct Item {
  std::string key;
  std::string table;  // of the page, unless it was inserted
  bool inserted = false;
  std::vector<ItemChannel> channels{};
  std::vector<EmittedValue> values{};                       // one a Page::value_names
  std::shared_ptr<const std::vector<types::Type>> types{};  // of the values

  /// Of an item that has values.
  const types::Type& type_of(size_t value) const { return (*types)[value]; }
};
struct Degradation {
  std::string what, reason;
};
struct Page {
  std::string pipeline, user, table, request_id;
  uint64_t generation = 0;
  std::string engine = "interpreter";  // jit: nothing waited for native code
  std::vector<std::string> value_names{};
  std::vector<Item> items{};
  std::vector<Degradation> degraded{};
  std::optional<trace::Trace> trace{};
};

/// Why a request got no page: R8xxx. Rendered like any diagnostic.
using Error = diagnostics::Diagnostic;

/// Runs one pipeline for one request. Thread-safe: plan and generation are immutable. `sources`: the files of the plan,
/// for line numbers in the trace (0 without). Channels run one after another on the caller's thread, and one that is
/// too late is waited for and then left out.
std::expected<Page, Error> recommend(const graph::Plan& plan, const store::Generation& generation,
                                     const Request& request, const source::Sources* sources = nullptr);

class Pool;
/// What requests share.
struct Serving {
  Pool* pool = nullptr;  // must outlive the call; null: as above
  const source::Sources* sources = nullptr;
  std::shared_ptr<const operators::Models> models{};  // null: none are built
  native::Tiers* tiers = nullptr;  // native code where it is ready; must outlive the call; null: all is interpreted
  std::optional<size_t> block{};   // candidates that the interpreter processes at a time; no page depends on it
};
/// The same with channels on the pool's threads, side by side, wherever one of them may be cut off or has a source that
/// waits; one that is cut off, and does not stop, keeps plan and generation alive until it ends.
std::expected<Page, Error> recommend(const std::shared_ptr<const graph::Plan>& plan,
                                     const std::shared_ptr<const store::Generation>& generation, const Request& request,
                                     const Serving& serving);

/// The first index or model of a plan that this data, or this program, does not have, with the place in the strategy
/// that needs it. `recommend` refuses such a plan with the same error.
std::optional<Error> not_built(const graph::Plan& plan, const store::Generation& generation,
                               const operators::Models* models, const source::Sources* sources);

/// A request from a JSON object {"pipeline", "user", "request", "now", "id", "set"}: names, types and bounds checked
/// against catalog and plan. A `pipeline` is taken over as it stands: the caller chooses the plan by it
/// (request_pipeline).
std::expected<Request, Error> parse_request(std::string_view json, const graph::Plan& plan,
                                            const catalog::Catalog& catalog);
/// The pipeline that a request line names, or empty; parse_request then says what is wrong with a line that cannot be
/// read.
std::string request_pipeline(std::string_view json);
/// One line that parse_request reads back.
std::string format_request(const Request& request, const graph::Plan& plan, const catalog::Catalog& catalog);
/// A parameter's value from text ("--set like_weight=3"), checked against type and bounds.
std::expected<types::Value, Error> parse_parameter(const graph::Parameter& parameter, std::string_view text);

/// A page as one JSON object, without a newline at its end unless `pretty`.
std::string page_json(const Page& page, bool pretty);
/// A table for a terminal of `width` columns (0: lines are not clipped), a readable title beside the key where the item
/// table has one.
std::string page_table(const Page& page, const store::Generation& generation, size_t width = 0);
/// A header and one line an item: position, key, the emitted values, the channels.
std::string page_csv(const Page& page);
/// A request that got no page, as one JSON object: {"error": {"code", "message", ...}}.
std::string error_json(const Error& error);

}  // namespace rec::engine
