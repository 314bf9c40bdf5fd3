// rec-run explain --pass: what the passes make of a plan, one after another.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "apps/rec_run/session.h"

namespace rec::rec_run {

struct PassOptions {
  std::string pass;                  // "all", or the one that runs alone
  std::vector<std::string> without;  // do not run
  std::vector<std::string> set;      // NAME=VALUE: parameters that are known
  bool json = false;
};

/// Prints the plan as written, and again after each pass that changed something, with its time.
Exit explain_passes(const Session& session, const catalog::Catalog& catalog, const graph::PlanPtr& written,
                    const PassOptions& options);

/// --without-pass for a command that runs plans.
void add_without_pass(CLI::App& command, std::vector<std::string>& without);

}  // namespace rec::rec_run
