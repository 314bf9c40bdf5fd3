// Visits every expression of a part of a syntax tree, outer ones first.
#pragma once

#include <functional>

#include "compiler/syntax/ast.h"

namespace rec::syntax {

using VisitExpr = std::function<void(const Expr&)>;
using VisitStep = std::function<void(const Step&)>;

void each_expr(const Expr& expr, const VisitExpr& visit);
/// Of the step and of those inside it.
void each_expr(const Step& step, const VisitExpr& visit);
void each_expr(const PipelineDecl& pipeline, const VisitExpr& visit);
void each_expr(const TestDecl& test, const VisitExpr& visit);
/// Of all declarations.
void each_expr(const Module& module, const VisitExpr& visit);

/// The steps of a pipeline, those inside of `when` too.
void each_step(const std::vector<Step>& steps, const VisitStep& visit);

}  // namespace rec::syntax
