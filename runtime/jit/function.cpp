// Vectors are handed over in registers, as the platform's C does it.
#include "runtime/jit/function.h"

#include <array>

namespace rec::jit {

using form::Op;
using llvm::Value;

namespace {

llvm::Function* declared(llvm::Module& module, const std::string& symbol, const form::Form& form, const Lanes& lanes) {
  if (llvm::Function* known = module.getFunction(symbol)) return known;
  std::vector<llvm::Type*> arguments;
  for (const form::Lane lane : form.arguments) arguments.push_back(lanes.vector(lane));
  auto* type = llvm::FunctionType::get(lanes.vector(form.nodes[form.result].lane), arguments, false);
  auto* out = llvm::Function::Create(type, llvm::Function::ExternalLinkage, symbol, module);
  out->addFnAttr("no-builtins");
  out->setDoesNotThrow();
  out->setDoesNotAccessMemory();
  out->setDSOLocal(true);  // near enough, or the linker sees to it
  return out;
}

}  // namespace

void emit_function(llvm::Module& module, const std::string& symbol, const form::Form& form, const Target& target) {
  llvm::IRBuilder<> builder(module.getContext());
  Lanes lanes(builder, target);
  llvm::Function* const function = declared(module, symbol, form, lanes);
  builder.SetInsertPoint(llvm::BasicBlock::Create(module.getContext(), "entry", function));
  std::vector<Value*> values;
  const auto made = [&](const form::Node& node) -> Value* {
    if (node.op == Op::argument) return function->getArg(static_cast<unsigned>(node.bits));
    if (node.op == Op::constant) return lanes.spread(lanes.constant(node.lane, node.bits));
    if (node.op == Op::lookup) return lanes.look_up(form.tables[node.bits], values[node.a]);
    const std::array<form::Id, 3> operand{node.a, node.b, node.c};
    std::array<Value*, 3> x{};
    const unsigned count = form::operands(node.op);
    for (unsigned i = 0; i < count; ++i) x[i] = values[operand[i]];
    return lanes.operate(node, form.nodes[node.a].lane, {x.data(), count});
  };
  for (const form::Node& node : form.nodes) values.push_back(made(node));
  builder.CreateRet(values[form.result]);
}

Value* call_function(llvm::IRBuilder<>& builder, const Lanes& lanes, const std::string& symbol, const form::Form& form,
                     std::span<Value* const> arguments) {
  llvm::Module& module = *builder.GetInsertBlock()->getModule();
  auto* call =
      builder.CreateCall(declared(module, symbol, form, lanes), llvm::ArrayRef(arguments.data(), arguments.size()));
  call->setDoesNotThrow();
  return call;
}

}  // namespace rec::jit
