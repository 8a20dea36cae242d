#pragma once

#include <optional>
#include <string>

#include "umsadm/base/secret_source.hpp"
#include "umsadm/deploy/ums_id_store.hpp"
#include "umsadm/jobs/ums_id.hpp"

#include "context.hpp"
#include "server_session.hpp"

namespace umsadm::app {

// Reads a backup of a UMS ID. Throws as read_file() and read_ums_id_backup() do.
UmsId read_ums_id_backup_file(Context& ctx, const std::string& file, const SecretSource& password);

// Reads what a server's store gave; empty when it is in a format of the vendor's own.
// Throws Code::invalid_data and Code::refused for PKCS#12 that holds no UMS ID.
std::optional<UmsId> read_sealed(ServerSession& server, const SealedUmsId& sealed);

}  // namespace umsadm::app
