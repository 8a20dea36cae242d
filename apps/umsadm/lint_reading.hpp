#pragma once

#include "umsadm/pki/lint.hpp"

#include "import_reading.hpp"

namespace umsadm::app {

// What lint() wants to know of a file: all that read_import_files() reads, and certification requests. Throws as that
// does.
LintFile read_file_to_lint(Context& ctx, const Path& file, const ImportPasswords& passwords);

}  // namespace umsadm::app
