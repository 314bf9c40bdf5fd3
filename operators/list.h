// Every operator that ships, by the function that makes its record. A new one is a file, a line here and a line in
// registry.cpp.
#pragma once

#include <vector>

#include "operators/operator.h"

namespace rec::operators {

// Functions, a family a file (operators/functions).
std::vector<OperatorDef> arithmetic_functions();
std::vector<OperatorDef> integer_division_functions();
std::vector<OperatorDef> comparison_functions();
std::vector<OperatorDef> extreme_functions();
std::vector<OperatorDef> rounding_functions();
std::vector<OperatorDef> elementary_functions();
std::vector<OperatorDef> time_functions();
std::vector<OperatorDef> table_functions();
std::vector<OperatorDef> hash_functions();
std::vector<OperatorDef> vector_functions();
std::vector<OperatorDef> text_functions();
std::vector<OperatorDef> list_functions();

// Recall sources (operators/recall).
OperatorDef similar_items();
OperatorDef similar_users();
OperatorDef nearest();
OperatorDef items();
OperatorDef list_source();

// Merge policies (operators/merge).
OperatorDef in_order();
OperatorDef round_robin();
OperatorDef quota();
OperatorDef best();
OperatorDef sum();
OperatorDef waterfall();

// Rerankers (operators/rerank).
OperatorDef greedy();
OperatorDef mmr();
OperatorDef dpp();
OperatorDef ssd();

}  // namespace rec::operators
