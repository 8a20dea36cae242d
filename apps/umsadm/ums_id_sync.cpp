#include "ums_id_sync.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"
#include "umsadm/crypto/digest.hpp"
#include "umsadm/registry/main_ums_id.hpp"

#include "server_change.hpp"
#include "server_runs.hpp"
#include "ums_id_reading.hpp"

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

std::optional<UmsId> read_if_possible(Context& ctx, ServerSession& session, const SealedUmsId& own) {
    try {
        return read_sealed(session, own);
    } catch (const Error& error) {
        ctx.out.verbose(fmt::format("server {}: the private key of its UMS ID is not kept in the site: {}",
                                    in_quotes(session.server().name), error.message()));
        return std::nullopt;
    }
}

// A UMS ID that is replaced is kept in the site, too, as far as it can be read.
void keep_in_site(Context& ctx, const Site& site, ServerSession& session, const ServerUmsId& present,
                  const SealedUmsId& own) {
    std::optional<UmsId> readable = read_if_possible(ctx, session, own);
    if (readable && readable->certificate.fingerprint() != present.fingerprint) readable.reset();
    const std::optional<Certificate> certificate =
        readable ? std::optional(readable->certificate) : present.certificate;
    if (!certificate) return;
    std::optional<Secret> key;
    if (readable && readable->key) key = readable->key->to_pem();
    UmsIdRecord record;
    record.fingerprint = certificate->fingerprint();
    record.origin = UmsIdOrigin::adopted;
    record.source = session.server().name;
    record.added = ctx.now();
    record.has_key = key.has_value();
    const FileLock lock = site.lock(ctx.lock_deadline());
    keep_previous_ums_id(site, record, certificate->pem(), key ? &*key : nullptr);
}

// What one server is changed with.
struct Change {
    Context& ctx;
    const Site& site;
    const SyncOptions& options;
    const StoredUmsId& main;
    const UmsIdSource& source;
};

ServerChangePlan plan_of(const Change& what, const ServerResult& result) {
    ServerChangePlan plan;
    plan.server = result.server.server;
    plan.facts.run = random_hex(8);
    plan.facts.action = result.action == SyncAction::replace ? ServerAction::sync : ServerAction::restart;
    plan.facts.started = what.ctx.now();
    plan.facts.user = what.ctx.user;
    plan.facts.old_fingerprint = result.server.fingerprint();
    plan.facts.new_fingerprint = what.main.record.fingerprint;
    plan.facts.restart = what.options.restart;
    plan.wait = std::chrono::seconds(what.options.wait_seconds.value_or(plan.server.wait_seconds));
    return plan;
}

ServerChangeOutcome change_server(const Change& what, const ServerResult& result, ServerChange& change) {
    ServerSession& session = change.session();
    const auto store = session.store();
    const UmsIdReading reading = store->look(std::nullopt);
    const ServerUmsId present = session.identify(reading);
    if (present.fingerprint != result.server.fingerprint()) {
        throw Error(Code::failed, "its UMS ID became another one while this was decided",
                    "look again with \"umsadm id show\"");
    }
    ServerChangePlan plan = plan_of(what, result);
    std::optional<SealedUmsId> sealed;
    if (result.action == SyncAction::replace) {
        std::optional<SealedUmsId> own;
        if (present.fingerprint) {
            own = store->take();
            keep_in_site(what.ctx, what.site, session, present, *own);
            plan.facts.backup_path = change.backup_folder(plan.facts.run);
        }
        sealed = what.source.for_server(session, reading, own ? &*own : nullptr);
        plan.sealed = &*sealed;
    }
    return change.execute(plan, "id sync");
}

// How the server looks now. An outcome is not lost because nobody could look again.
void look_again(const Change& what, ServerChange& change, ServerResult& result) {
    result.server.seen.reset();
    result.server.problem = result.outcome.error;
    if (result.outcome.left_open || what.ctx.cancellation.requested()) return;
    try {
        survey_one(what.ctx, change.session(), result.server, what.main);
        remember(what.ctx, what.site, result.server);
    } catch (const Error& error) {
        result.server.problem = error;
    }
}

void apply_to_one(const Change& what, ServerResult& result) {
    const std::string name = in_quotes(result.server.server.name);
    what.ctx.out.note(fmt::format("server {}", name));
    try {
        with_context(fmt::format("synchronising server {}", name), [&] {
            ServerChange change(what.ctx, what.site, result.server.server);
            result.outcome = change_server(what, result, change);
            look_again(what, change, result);
        });
    } catch (const Error& error) {
        result.outcome.result = ServerOutcome::failed;
        result.outcome.new_fingerprint = result.outcome.old_fingerprint;
        result.outcome.error = error;
    }
}

bool stops_the_rest(const ServerChangeOutcome& outcome) {
    if (outcome.result == ServerOutcome::restore_failed) return true;
    return std::any_of(outcome.steps.begin(), outcome.steps.end(), [](const ServerStepReport& step) {
        return !step.ok && (step.step == ServerStep::restart || step.step == ServerStep::wait);
    });
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

void apply(Context& ctx, const Site& site, const SyncOptions& options, const StoredUmsId& main,
           const UmsIdSource& source, std::vector<ServerResult>& results) {
    const Change what{ctx, site, options, main, source};
    bool stopped = false;
    for (ServerResult& result : results) {
        if (result.outcome.result != ServerOutcome::planned) continue;
        stopped = stopped || ctx.cancellation.requested();
        if (stopped) {
            result.outcome.result = ServerOutcome::not_started;
            result.outcome.new_fingerprint = result.outcome.old_fingerprint;
            continue;
        }
        apply_to_one(what, result);
        stopped = stops_the_rest(result.outcome);
    }
}

}  // namespace umsadm::app
