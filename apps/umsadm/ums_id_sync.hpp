#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "umsadm/jobs/sync_ums_id.hpp"
#include "umsadm/registry/login.hpp"

#include "context.hpp"
#include "server_sync_view.hpp"

namespace umsadm::app {

struct SyncOptions {
    std::vector<std::string> servers;  // empty: all
    bool restart = false;
    bool dry_run = false;
    bool force = false;
    std::string replace_main;  // fingerprint or its start; empty: not given
    std::optional<std::uint32_t> wait_seconds;
    LoginOptions login;
};

// Ends the runs that were cut off on these servers, each looked at again afterwards. One that has to wait counts as not
// to be asked. Hold the lock of the UMS ID.
void settle_servers(Context& ctx, const Site& site, const SyncOptions& options, const StoredUmsId& main,
                    std::vector<SurveyedServer>& servers);

// Throws as plan_sync() does, and for a server that would have to be restarted and cannot be.
SyncPlan decide(const Site& site, const SyncOptions& options, const StoredUmsId& main,
                const std::vector<SurveyedServer>& servers);

// What becomes of each server as long as nothing was done: planned, already-current, failed for one that could not be
// asked, ...
std::vector<ServerResult> planned_results(const SyncPlan& plan, const std::vector<SurveyedServer>& servers,
                                          const StoredUmsId& main);

}  // namespace umsadm::app
