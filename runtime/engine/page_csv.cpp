// A page as CSV: position, key, the emitted values, the channels.
#include "runtime/engine/engine.h"
#include "runtime/engine/value_text.h"

namespace rec::engine {
namespace {

std::string field(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string out = "\"";
  for (const char c : text) out.append(c == '"' ? 2 : 1, c);
  return out + '"';
}

std::string channel_names(const Item& item) {
  std::string out = item.inserted ? "inserted" : "";
  for (const auto& channel : item.channels) out += (out.empty() ? "" : "|") + channel.channel;
  return out;
}

}  // namespace

std::string page_csv(const Page& page) {
  std::string out = "position,key";
  for (const auto& name : page.value_names) out += ',' + field(name);
  out += ",channels\n";
  for (size_t i = 0; i < page.items.size(); ++i) {
    const Item& item = page.items[i];
    out += std::to_string(i + 1) + ',' + field(item.key);
    for (size_t v = 0; v < item.values.size(); ++v)
      out += ',' + (item.values[v].absent ? "" : field(display(item.values[v].value, item.type_of(v), "|")));
    out += ',' + field(channel_names(item)) + '\n';
  }
  return out;
}

}  // namespace rec::engine
