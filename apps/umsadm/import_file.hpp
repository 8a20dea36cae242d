#pragma once

#include <string>

#include "umsadm/base/bytes.hpp"

#include "import_reading.hpp"

namespace umsadm::app {

// Adds what one file holds. `source` is what messages call it. Returns false when there is neither a certificate nor a
// private key in it, and throws as read_import_files() does.
bool read_import_content(Context& ctx, ByteView content, const std::string& source, const ImportPasswords& passwords,
                         ImportMaterial& material);

}  // namespace umsadm::app
