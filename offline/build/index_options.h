// The options of an index as its builder takes them; names, ranges and defaults are the catalog's.
#pragma once

#include "compiler/catalog/catalog.h"
#include "offline/indexes/als.h"
#include "offline/indexes/graph.h"
#include "offline/indexes/item_cf.h"
#include "offline/indexes/swing.h"
#include "offline/indexes/user_cf.h"
#include "offline/indexes/vector_index.h"

namespace rec::build {

indexes::ItemCfOptions item_cf_options(const catalog::Index& index);
indexes::SwingOptions swing_options(const catalog::Index& index);
indexes::UserCfOptions user_cf_options(const catalog::Index& index);
indexes::AlsOptions als_options(const catalog::Index& index);
indexes::GraphOptions graph_options(const catalog::Index& index);
/// Of ivf and pq.
uint32_t cells_of(const catalog::Index& index);
struct CodeOptions {
  uint32_t subvectors, bits;
};
CodeOptions code_options(const catalog::Index& index);

}  // namespace rec::build
