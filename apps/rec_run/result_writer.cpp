// Pages, errors and recorded requests.
#include "apps/rec_run/result_writer.h"

#include <fmt/format.h>

#include "apps/rec_run/session.h"
#include "apps/rec_run/terminal.h"

namespace rec::rec_run {
namespace {

void unwritable(const std::string& path) {
  report({.code = diagnostics::Code::unreadable_file, .message = fmt::format("cannot write {}", path), .primary = {}});
}

}  // namespace

bool ResultWriter::open() {
  if (options_.record.empty()) return true;
  record_.open(options_.record, std::ios::binary | std::ios::trunc);
  if (!record_.is_open()) unwritable(options_.record);
  return record_.is_open();
}

bool ResultWriter::close() {
  if (options_.record.empty()) return true;
  record_.close();
  if (record_.fail()) unwritable(options_.record);
  return !record_.fail();
}

void ResultWriter::write(const engine::Page& page, const engine::Request& request, const graph::Plan& plan) {
  const bool many = !options_.requests.empty();
  if (options_.format == "json") {
    fmt::print("{}{}", engine::page_json(page, !many), many ? "\n" : "");
  } else if (options_.format == "csv") {
    fmt::print("{}", engine::page_csv(page));
    if (page.trace) fmt::print(stderr, "{}", trace::to_text(*page.trace));
  } else {
    if (many) fmt::print("user {}, {}\n", page.user, page.pipeline);
    write_table(page);
  }
  if (!options_.record.empty()) record(request, page, plan);
}

void ResultWriter::write_table(const engine::Page& page) {
  fmt::print("{}", engine::page_table(page, generation_, output_width()));
  if (page.trace) fmt::print("\n{}", trace::to_text(*page.trace));
  if (!options_.requests.empty()) fmt::print("\n");
}

void ResultWriter::failed(engine::Error error, uint64_t line) {
  if (line > 0) error.notes.insert(error.notes.begin(), fmt::format("it is line {} of {}", line, options_.requests));
  report(error);
  // Whoever reads the results finds one for every request.
  if (line > 0 && options_.format == "json") fmt::print("{}\n", engine::error_json(error));
}

/// With the time and the id that it ran under, so that it can be run again and gives the same page.
void ResultWriter::record(engine::Request request, const engine::Page& page, const graph::Plan& plan) {
  request.id = page.request_id;
  if (!request.now) request.now = generation_.newest_event();
  record_ << engine::format_request(request, plan, generation_.catalog()) << '\n';
}

}  // namespace rec::rec_run
