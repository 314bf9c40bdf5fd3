// `models`: what a model reads, what it predicts, or the ONNX file that says so.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "compiler/catalog/sections.h"
#include "compiler/types/text.h"

namespace rec::catalog {

using diagnostics::Code;

namespace {

const std::vector<std::string> kTowers = {"two_tower", "three_tower"};
const std::vector<std::string> kRankers = {"shared_bottom", "mmoe", "fm", "dcn", "din", "sim"};

std::vector<ModelInput> read_inputs(const Entry& section, Context& context) {
  std::vector<ModelInput> inputs;
  for (const Entry& entry : named_entries(section, context)) {
    if (!check_name(entry.key, entry.key_span, context)) continue;
    if (auto value = read_expression(entry.key, entry.value, entry.key_span, context))
      inputs.push_back({entry.key, std::move(*value)});
  }
  return inputs;
}

std::optional<ModelTarget> read_target(const Entry& entry, Context& context) {
  if (!check_name(entry.key, entry.key_span, context)) return std::nullopt;
  ModelTarget target{.name = entry.key, .value = {}, .given = {}};
  if (entry.value.kind != Node::Kind::mapping) {
    target.value = read_expression(entry.key, entry.value, entry.key_span, context);
    return target;
  }
  Fields fields(entry, fmt::format("the target `{}`", entry.key), context);
  if (const Entry* value = fields.need("value", "value: e.clicked"))
    target.value = read_expression("value", value->value, value->key_span, context);
  if (const Entry* given = fields.take("given")) target.given = read_text(*given, context).value_or("");
  fields.finish();
  return target;
}

void check_given(const Entry& section, const Model& model, Context& context) {
  const auto find = [&](const std::string& name) { return std::ranges::find(model.targets, name, &ModelTarget::name); };
  for (const ModelTarget& target : model.targets) {
    if (target.given.empty()) continue;
    const Span span = section.value.entry(target.name)->value.entry("given")->value.span;
    if (find(target.given) == model.targets.end()) {
      auto& report = context.diagnostics.error(
          Code::bad_given, span,
          fmt::format("`given` names `{}`, which is no target of `{}`", target.given, model.name));
      std::vector<std::string> names;
      for (const ModelTarget& other : model.targets) names.push_back(other.name);
      if (auto hint = diagnostics::did_you_mean(target.given, names); !hint.empty())
        report.help.push_back(std::move(hint));
      continue;
    }
    std::set<std::string> seen{target.name};
    for (auto next = find(target.given); next != model.targets.end(); next = find(next->given)) {
      if (seen.insert(next->name).second) continue;
      if (next->name == target.name) {
        context.diagnostics.error(Code::bad_given, span, fmt::format("the target `{}` is given itself", target.name))
            .notes.push_back("`given` goes from a rarer action to the one that has to come before it");
      }
      break;
    }
  }
}

void read_targets(const Entry& section, Model& model, Context& context) {
  for (const Entry& entry : named_entries(section, context)) {
    auto target = read_target(entry, context);
    if (!target) continue;
    model.outputs.push_back(target->name);
    model.targets.push_back(std::move(*target));
  }
  check_given(section, model, context);
}

void read_loss(const Entry& section, Model& model, Context& context) {
  for (const Entry& entry : named_entries(section, context)) {
    if (!check_name(entry.key, entry.key_span, context)) continue;
    const auto text = read_text(entry, context);
    if (!text) continue;
    if (*text == "true" || *text == "false") {
      model.loss[entry.key] = *text == "true";
    } else if (const auto whole = types::parse_int(*text)) {
      model.loss[entry.key] = *whole;
    } else if (const auto number = types::parse_double(*text)) {
      model.loss[entry.key] = *number;
    } else {
      model.loss[entry.key] = *text;
    }
  }
}

void read_onnx(Fields& fields, const Entry& file, Model& model, Context& context) {
  model.algorithm = "onnx";
  model.onnx = read_path(file, context).value_or("");
  if (const Entry* inputs = fields.need("inputs", "inputs: {age: user.age}"))
    model.inputs = read_inputs(*inputs, context);
  const Entry* outputs = fields.need("outputs", "outputs: [ctr]");
  const auto names = outputs != nullptr ? read_list(*outputs, context) : std::nullopt;
  if (!names) return;
  for (const Node* name : *names) {
    if (!check_name(name->text, name->span, context)) continue;
    if (std::ranges::find(model.outputs, name->text) != model.outputs.end()) {
      context.diagnostics.error(Code::catalog_name_clash, name->span,
                                fmt::format("`outputs` names `{}` twice", name->text));
    } else {
      model.outputs.push_back(name->text);
    }
  }
  if (names->empty())
    context.diagnostics.error(Code::missing_catalog_key, outputs->key_span,
                              fmt::format("the model `{}` has no output", model.name));
}

bool read_algorithm(Fields& fields, Model& model, Context& context) {
  const Entry* entry = fields.need("algorithm", "algorithm: mmoe` or `onnx: FILE");
  const auto name = entry != nullptr ? read_text(*entry, context) : std::nullopt;
  if (!name) return false;
  model.algorithm = *name;
  std::vector<std::string> names = kTowers;
  names.insert(names.end(), kRankers.begin(), kRankers.end());
  if (std::ranges::find(names, *name) != names.end()) return true;
  auto& report = context.diagnostics.error(Code::unknown_algorithm, entry->value.span,
                                           fmt::format("there is no model algorithm `{}`", *name));
  report.notes.push_back("the algorithms are " + list_text(names) + "; a model of your own is `onnx: FILE`");
  if (auto hint = diagnostics::did_you_mean(*name, names); !hint.empty()) report.help.push_back(std::move(hint));
  return false;
}

void read_trained(Fields& fields, Model& model, Context& context) {
  const bool towers = std::ranges::find(kTowers, model.algorithm) != kTowers.end();
  if (towers) {
    if (const Entry* user = fields.need("user", "user: {id: user.id}")) model.user_inputs = read_inputs(*user, context);
    if (const Entry* item = fields.need("item", "item: {id: item.id}")) model.item_inputs = read_inputs(*item, context);
  }
  if (!towers || model.algorithm == "three_tower") {
    const Entry* features = towers ? fields.take("features") : fields.need("features", "features: {item: item.id}");
    if (features != nullptr) model.inputs = read_inputs(*features, context);
  }
  const bool needs_targets = model.algorithm != "two_tower";
  const Entry* targets = needs_targets ? fields.need("targets", "targets: {click: e.clicked}") : fields.take("targets");
  if (targets != nullptr) read_targets(*targets, model, context);
  if (const Entry* loss = fields.take("loss")) read_loss(*loss, model, context);
}

}  // namespace

void read_models(const Entry& section, Context& context, Catalog& catalog) {
  for (const Entry& entry : named_entries(section, context)) {
    if (!check_name(entry.key, entry.key_span, context)) continue;
    Fields fields(entry, fmt::format("the model `{}`", entry.key), context);
    Model model{.name = entry.key,
                .span = entry.key_span,
                .algorithm = {},
                .onnx = {},
                .inputs = {},
                .user_inputs = {},
                .item_inputs = {},
                .targets = {},
                .loss = {},
                .outputs = {}};
    const Entry* onnx = fields.take("onnx");
    if (onnx != nullptr) {
      read_onnx(fields, *onnx, model, context);
      fields.finish();
    } else if (fields.valid() && read_algorithm(fields, model, context)) {
      read_trained(fields, model, context);
      fields.finish();
    }
    catalog.models.push_back(std::move(model));
  }
}

}  // namespace rec::catalog
