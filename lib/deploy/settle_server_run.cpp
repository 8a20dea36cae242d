#include <algorithm>

#include <fmt/format.h>

#include "umsadm/deploy/sync_server.hpp"

#include "lib/deploy/server_change.hpp"

namespace umsadm {
namespace {

std::string name_of(const ServerRunFacts& facts) {
    return fmt::format("the unfinished {} of {}", action_name(facts.action), format_utc(facts.started));
}

bool has_reached(const ServerRun& run, ServerStep step) {
    return std::any_of(run.steps.begin(), run.steps.end(),
                       [&](const ServerJournalStep& line) { return line.step == step; });
}

Error cut_off(const ServerRunFacts& facts) {
    return Error(Code::failed, fmt::format("{} was cut off", name_of(facts)));
}

void settle_sync(ServerChange& change, const ServerRun& run) {
    const ServerRunFacts& facts = run.facts;
    if (has_reached(run, ServerStep::backup) && change.has_old()) change.outcome.backup = facts.backup_path;
    std::optional<UmsIdNow> now;
    try {
        now = change.look();
        change.outcome.new_fingerprint = now->fingerprint;
    } catch (const Error& error) {
        // A UMS ID that the run left unreadable is put back like one that it left half.
        if (error.code() == Code::unreachable || error.code() == Code::interrupted || !change.committed) throw;
    }
    if (now && now->fingerprint == facts.new_fingerprint) {
        return change.finish(now->restart_pending ? ServerOutcome::restart_needed : ServerOutcome::updated,
                             std::nullopt);
    }
    if (now && now->fingerprint == facts.old_fingerprint && has_reached(run, ServerStep::put_back)) {
        return change.finish(ServerOutcome::restored,
                             with_hint(cut_off(facts), Code::restored, "the old UMS ID is back"));
    }
    if (!change.committed || (now && now->fingerprint == facts.old_fingerprint)) {
        return change.finish(ServerOutcome::failed,
                             with_hint(cut_off(facts), Code::failed, "nothing was changed on the server"));
    }
    if (now && now->fingerprint) {
        return change.finish(ServerOutcome::failed,
                             Error(Code::failed,
                                   fmt::format("{} was cut off, and the server has the UMS ID {} since, which is "
                                               "neither the old nor the new one",
                                               name_of(facts), now->fingerprint->to_string()),
                                   "it was left as it is"));
    }
    undo_server_change(change, cut_off(facts));
}

void settle_create(ServerChange& change, const ServerRun& run) {
    const UmsIdNow now = change.look();
    change.outcome.new_fingerprint = now.fingerprint;
    if (now.fingerprint) return change.finish(ServerOutcome::created, std::nullopt);
    change.finish(ServerOutcome::failed,
                  with_hint(cut_off(run.facts), Code::failed, "nothing was changed on the server"));
}

void settle_restart(ServerChange& change, const ServerRun&) {
    const UmsIdNow now = change.look();
    change.outcome.new_fingerprint = now.fingerprint;
    change.finish(now.restart_pending ? ServerOutcome::restart_needed : ServerOutcome::restarted, std::nullopt);
}

}  // namespace

ServerChangeOutcome settle_server_run(const ServerRun& run, const Server& server, ServerChangeContext& context) {
    const ServerChangePlan plan{
        .server = server, .facts = run.facts, .wait = std::chrono::seconds(server.wait_seconds)};
    ServerChange change(plan, context);
    change.settling = true;
    change.committed = has_reached(run, ServerStep::replace);
    try {
        switch (run.facts.action) {
            case ServerAction::sync: settle_sync(change, run); break;
            case ServerAction::create: settle_create(change, run); break;
            case ServerAction::restart: settle_restart(change, run); break;
        }
    } catch (const Error& reason) {
        Error error = reason;
        error.add_frame("settling " + name_of(run.facts));
        change.leave_open(ServerOutcome::failed, std::move(error));
    }
    return std::move(change.outcome);
}

}  // namespace umsadm
