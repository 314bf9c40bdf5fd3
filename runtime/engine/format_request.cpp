// A request as a line of a request file.
#include <algorithm>

#include "compiler/types/text.h"
#include "runtime/engine/engine.h"
#include "runtime/engine/json_writer.h"
#include "runtime/engine/value_check.h"

namespace rec::engine {

std::string format_request(const Request& request, const graph::Plan& plan, const catalog::Catalog& catalog) {
  JsonWriter out(false);
  out.open('{').key("pipeline").text(plan.name).key("user").text(request.user);
  if (!request.fields.empty()) {
    out.key("request").open('{');
    for (const auto& field : catalog.request) {
      const auto value = request.fields.find(field.name);
      if (value != request.fields.end()) out.key(field.name).value(value->second, field.type);
    }
    out.close('}');
  }
  if (request.now) out.key("now").text(types::format_time(*request.now));
  if (request.id) out.key("id").text(*request.id);
  if (!request.set.empty()) {
    out.key("set").open('{');
    for (const auto& [name, value] : request.set) {
      if (const auto* parameter = find_parameter(plan, name)) out.key(name).value(value, parameter->type);
    }
    out.close('}');
  }
  return out.close('}').take();
}

}  // namespace rec::engine
