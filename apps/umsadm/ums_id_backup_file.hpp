#pragma once

#include <string>

#include "umsadm/base/secret_source.hpp"
#include "umsadm/jobs/ums_id.hpp"

#include "context.hpp"

namespace umsadm::app {

// Reads a backup of a UMS ID. Throws as read_file() and read_ums_id_backup() do.
UmsId read_ums_id_backup_file(Context& ctx, const std::string& file, const SecretSource& password);

}  // namespace umsadm::app
