#include "ums_id_sync.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"

#include "server_change.hpp"
#include "server_runs.hpp"

namespace umsadm::app {
namespace {

bool is_wanted(const SyncOptions& options, const std::string& server) {
    return options.servers.empty() ||
           std::find(options.servers.begin(), options.servers.end(), server) != options.servers.end();
}

const SurveyedServer& find(const std::vector<SurveyedServer>& servers, const std::string& name) {
    return *std::find_if(servers.begin(), servers.end(),
                         [&](const SurveyedServer& server) { return server.server.name == name; });
}

void settle_one(Context& ctx, const Site& site, const StoredUmsId& main, SurveyedServer& server) {
    try {
        ServerChange change(ctx, site, server.server);
        change.settle();
        survey_one(ctx, change.session(), server, main);
    } catch (const Error& error) {
        if (error.code() == Code::interrupted) throw;
        server.seen.reset();
        server.problem = error;
    }
    remember(ctx, site, server);
}

bool can_be_restarted(const Server& server) noexcept {
    return server.ums_id_store == UmsIdStoreKind::umsadmin_cli || !server.restart_command.empty();
}

void refuse_impossible_restarts(const SyncPlan& plan, const std::vector<SurveyedServer>& servers) {
    for (const SyncItem& item : plan.items) {
        const bool restarts = item.action == SyncAction::replace || item.action == SyncAction::restart;
        if (!restarts || can_be_restarted(find(servers, item.server).server)) continue;
        throw Error(Code::failed, fmt::format("nothing is known that restarts server {}", in_quotes(item.server)),
                    fmt::format("give it with \"umsadm server edit {} --restart-command COMMAND\", or leave out "
                                "--restart",
                                item.server));
    }
}

ServerChangeOutcome planned_outcome(const SyncItem& item, const SurveyedServer& server, const Fingerprint& main) {
    ServerChangeOutcome outcome;
    outcome.old_fingerprint = server.fingerprint();
    outcome.new_fingerprint = server.fingerprint();
    switch (item.action) {
        case SyncAction::none: outcome.result = ServerOutcome::already_current; break;
        case SyncAction::restart_by_hand: outcome.result = ServerOutcome::restart_needed; break;
        case SyncAction::restart: outcome.result = ServerOutcome::planned; break;
        case SyncAction::replace:
            outcome.result = ServerOutcome::planned;
            outcome.new_fingerprint = main;
            break;
        case SyncAction::unknown:
            outcome.result = ServerOutcome::failed;
            outcome.error = server.problem;
            break;
    }
    return outcome;
}

}  // namespace

void settle_servers(Context& ctx, const Site& site, const SyncOptions& options, const StoredUmsId& main,
                    std::vector<SurveyedServer>& servers) {
    for (SurveyedServer& server : servers) {
        if (!is_wanted(options, server.server.name)) continue;
        const auto runs = load_server_runs(site, server.server.name);
        if (unfinished_run(runs) == nullptr) continue;
        if (server.seen) {
            settle_one(ctx, site, main, server);
        } else {
            ctx.out.warning(
                fmt::format("server {}: a run that was cut off cannot be settled now", in_quotes(server.server.name)));
        }
    }
}

SyncPlan decide(const Site& site, const SyncOptions& options, const StoredUmsId& main,
                const std::vector<SurveyedServer>& servers) {
    SyncRequest request{{main.certificate, std::nullopt}, options.servers, options.restart, {}, {}, options.force};
    if (main.record.has_key) request.main = load_main_with_key(site, main);
    request.registered = registered_fingerprint(site);
    std::vector<SyncServer> seen;
    std::vector<Fingerprint> on_main_server;
    for (const SurveyedServer& server : servers) {
        seen.push_back({server.server.name, server.is_main, server.server.ums_id_store, server.seen});
        if (server.is_main && server.fingerprint()) on_main_server.push_back(*server.fingerprint());
    }
    if (!options.replace_main.empty()) {
        request.replace_main = select_fingerprint(options.replace_main, on_main_server, "UMS ID on the main server");
    }
    SyncPlan plan = plan_sync(request, seen);
    if (options.restart) refuse_impossible_restarts(plan, servers);
    return plan;
}

std::vector<ServerResult> planned_results(const SyncPlan& plan, const std::vector<SurveyedServer>& servers,
                                          const StoredUmsId& main) {
    std::vector<ServerResult> results;
    for (const SyncItem& item : plan.items) {
        const SurveyedServer& server = find(servers, item.server);
        results.push_back({server, item.action, planned_outcome(item, server, main.record.fingerprint)});
    }
    return results;
}

}  // namespace umsadm::app
