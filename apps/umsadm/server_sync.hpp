#pragma once

#include <vector>

#include "context.hpp"
#include "server_sync_view.hpp"
#include "ums_id_source.hpp"
#include "ums_id_sync.hpp"

namespace umsadm::app {

// Takes the plan's steps, server by server, into `results`. A server that does not come back from its restart, one that
// could not be put back, and an interruption stop everything after it. Throws nothing.
void apply(Context& ctx, const Site& site, const SyncOptions& options, const StoredUmsId& main,
           const UmsIdSource& source, std::vector<ServerResult>& results);

}  // namespace umsadm::app
