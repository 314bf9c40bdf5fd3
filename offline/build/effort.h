// How long each part of a build is likely to take beside the others: what the time left is told by.
#pragma once

#include <map>
#include <string>

#include "compiler/catalog/catalog.h"
#include "runtime/store/manifest.h"

namespace rec::build {

/// By part, in seconds of some machine: from the sizes of the raw files and what the algorithms cost on generated logs
/// (docs/scale.md).
std::map<std::string, double> estimated_effort(const catalog::Catalog& catalog,
                                               const std::map<std::string, store::RawFile>& raw_files,
                                               const std::map<std::string, bool>& parts);

}  // namespace rec::build
