// What an index was made from, as a file of the generation: the next build compares it with what there is then.
#pragma once

#include <expected>
#include <string>

#include "offline/indexes/interactions.h"
#include "runtime/store/file_writer.h"
#include "runtime/store/mapped_file.h"

namespace rec::build {

std::expected<void, store::WriteError> write_interactions(const std::string& path, const indexes::Side& of_user,
                                                          const std::function<void()>& between_pieces = {});
/// Checks shapes and checksums.
std::expected<indexes::Side, store::FileProblem> read_interactions(const std::string& path);

}  // namespace rec::build
