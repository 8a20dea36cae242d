#include "server_sync.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"
#include "umsadm/crypto/digest.hpp"
#include "umsadm/registry/main_ums_id.hpp"

#include "server_change.hpp"
#include "ums_id_reading.hpp"

namespace umsadm::app {
namespace {

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
