// A page, or the error in its place, as JSON.
#include <nlohmann/json.hpp>

#include "runtime/engine/engine.h"
#include "runtime/engine/json_writer.h"

namespace rec::engine {
namespace {

void write_item(JsonWriter& out, const Page& page, size_t i) {
  const Item& item = page.items[i];
  out.open('{').key("key").text(item.key).key("table").text(item.table).key("position").natural(i + 1);
  out.key("channels").open('{');
  for (const auto& channel : item.channels) {
    out.key(channel.channel).open('{').key("position").natural(channel.position);
    if (channel.score) out.key("score").floating(*channel.score);
    out.close('}');
  }
  out.close('}');
  if (item.inserted) out.key("inserted").boolean(true);
  out.key("values").open('{');
  for (size_t v = 0; v < item.values.size(); ++v) {
    if (!item.values[v].absent) out.key(page.value_names[v]).value(item.values[v].value, item.type_of(v));
  }
  out.close('}').close('}');
}

}  // namespace

std::string page_json(const Page& page, bool pretty) {
  JsonWriter out(pretty);
  out.open('{').key("pipeline").text(page.pipeline).key("user").text(page.user);
  out.key("generation").natural(page.generation).key("engine").text(page.engine);
  out.key("arms").open('{').close('}');
  out.key("items").open('[');
  for (size_t i = 0; i < page.items.size(); ++i) write_item(out, page, i);
  out.close(']').key("degraded").open('[');
  for (const auto& degraded : page.degraded) {
    out.open('{').key("what").text(degraded.what).key("reason").text(degraded.reason).close('}');
  }
  out.close(']');
  if (page.trace) out.key("trace").json(trace::to_json(*page.trace));
  out.close('}');
  return out.take() + (pretty ? "\n" : "");
}

std::string error_json(const Error& error) {
  JsonWriter out(false);
  out.open('{').key("error").open('{');
  out.key("code").text(diagnostics::info(error.code).text).key("message").text(error.message);
  for (const auto& [name, lines] : {std::pair{"notes", &error.notes}, std::pair{"help", &error.help}}) {
    if (lines->empty()) continue;
    out.key(name).open('[');
    for (const auto& line : *lines) out.text(line);
    out.close(']');
  }
  return out.close('}').close('}').take();
}

}  // namespace rec::engine
