// Matrix factorisation by alternating least squares. Definition: docs/algorithms.md; Hu, Koren and Volinsky 2008
// (implicit), Zhou et al. 2008 (explicit), Takács et al. 2011 (conjugate gradients), Rendle et al. 2021 (regularisation
// by frequency).
#pragma once

#include "offline/indexes/interactions.h"
#include "offline/indexes/work.h"

namespace rec::indexes {

struct AlsOptions {
  uint32_t factors = 64, iterations = 15;
  double regularisation = 0.01;
  double regularisation_exponent = 1;  // ν: a row's λ is regularisation · (total weight of its cells)^ν
  double alpha = 40;                   // implicit: a cell weighs 1 + α·r, one that was not observed 1
  bool implicit = true;                // else squared error on the observed cells only
  uint32_t steps = 3;                  // of conjugate gradients in a half-step
  uint64_t seed = 1;
};

/// Row-major, `factors` floats a row; all 0 for a row without interactions.
struct Factors {
  uint32_t factors = 0;
  std::vector<float> users{}, items{};
};

/// ⟨a_u, b_i⟩ fitted to the weight of (u, i), implicit: to 1 where it is observed and 0 where it is not. In float, in
/// an order that no thread changes.
Factors build_als(InteractionList interactions, uint32_t users, uint32_t items, const AlsOptions& options,
                  const Work& work = {});

/// Solves every row of one side for fixed `others`: `rows` are the starting points and become the solutions.
void als_half_step(const Side& side, std::span<const float> others, std::span<float> rows, const AlsOptions& options,
                   uint32_t steps, const Work& work);

}  // namespace rec::indexes
