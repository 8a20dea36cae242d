#include "umsadm/deploy/execute.hpp"

#include <array>
#include <vector>

#include <fmt/format.h>

#include "umsadm/base/text.hpp"

#include "lib/deploy/change.hpp"
#include "lib/deploy/restore.hpp"
#include "lib/deploy/steps.hpp"
#include "lib/deploy/verify.hpp"

namespace umsadm {
namespace {

bool begin(Change& change) {
    try {
        change.check_interrupted();
        change.context.journal.begin(change.facts());
        return true;
    } catch (const Error& error) {
        const Code code = error.code() == Code::interrupted ? Code::interrupted : Code::failed;
        change.outcome.error = Error(code, error.message(), "nothing was changed on the gateway");
        return false;
    }
}

// Notes how a step ended, and throws when it failed.
void end_step(Change& change, StepKind step, const ScriptEnd& end) {
    note_end_of_step(change, step, end.took, end.problem ? &*end.problem : nullptr);
    if (end.problem) throw Error(*end.problem);
    record_step(change, step, StepState::done);
}

// Both steps only add files beside the keystore, so they share a round trip.
void back_up_and_upload(Change& change) {
    constexpr std::array k_steps{StepKind::backup, StepKind::upload};
    change.check_interrupted();
    change.say("backing up the keystore");
    change.say("uploading the new keystore");
    record(change, [&](Journal& journal) { journal.start(change.facts().run, k_steps); });
    // Known before it is there: what is left of it has to be removed.
    change.outcome.backup = change.facts().backup_path;
    std::vector<ScriptEnd> ends;
    try {
        bool again = false;
        change.link.on_host([&](RemoteHost& host) {
            if (again) remove_staged_keystore(host, change.facts());
            again = true;
            ends = back_up_and_upload(host, change.facts(), change.plan.new_keystore);
        });
    } catch (const Error& error) {
        ends = {{std::chrono::milliseconds(0), error}};
    }
    for (std::size_t i = 0; i < ends.size(); ++i) end_step(change, k_steps[i], ends[i]);
}

// An Error is returned when surely nothing was renamed. A second call cannot be sure: the first one may have renamed.
std::optional<Error> swap(Change& change) {
    std::optional<Error> refusal;
    auto attempt = [&, attempts = 0](RemoteHost& host) mutable {
        const std::optional<Error> problem = swap_keystore(host, change.facts());
        if (++attempts == 1) refusal = problem;
        if (problem) throw Error(*problem);
    };
    try {
        take_step(change, StepKind::swap, "putting the new keystore into place", [&] {
            change.committed = true;
            change.link.on_host(attempt);
        });
    } catch (const Error&) {
        if (!refusal) throw;
    }
    return refusal;
}

void restart(Change& change) {
    take_step(change, StepKind::restart, "restarting the gateway", [&] {
        change.restart_tried = true;
        change.link.on_host([&](RemoteHost& host) {
            restart_gateway(host, change.facts(), change.plan.restart_command, change.plan.wait);
        });
    });
}

void verify(Change& change) {
    const std::string words = fmt::format("verifying what the gateway serves (up to {} s)", change.plan.wait.count());
    take_step(change, StepKind::verify, words, [&] {
        const auto problem = wait_until_served(change, new_state(change), change.plan.wait);
        if (!problem) return;
        throw Error(Code::failed,
                    fmt::format("{} does not serve the new certificate as it should after {} s: {}",
                                printable(change.plan.endpoint.to_string()), change.plan.wait.count(), *problem));
    });
}

// Backups of this keystore that our journal knows, newest first.
std::vector<std::string> own_backups(const Change& change) {
    std::vector<std::string> backups{change.facts().backup_path};
    const auto& earlier = change.context.earlier_runs;
    for (auto run = earlier.rbegin(); run != earlier.rend(); ++run) {
        if (run->facts.live_path == change.facts().live_path && !run->facts.backup_path.empty()) {
            backups.push_back(run->facts.backup_path);
        }
    }
    return backups;
}

// The gateway is verified: nothing that happens here undoes that. An interruption only leaves it to the next run.
std::optional<Error> clean(Change& change) {
    change.link.stop_listening();
    const Cancellation* cancellation = change.context.cancellation;
    if (cancellation != nullptr && cancellation->requested()) return std::nullopt;
    try {
        take_step(change, StepKind::clean, "removing old backups", [&] {
            const std::vector<std::string> backups = own_backups(change);
            change.link.on_host([&](RemoteHost& host) { clean_backups(host, backups, change.plan.keep_backups); });
        });
        if (change.plan.keep_backups <= 0) change.outcome.backup.clear();
        return std::nullopt;
    } catch (const Error& error) {
        return Error(Code::not_recorded, fmt::format("deployed, but old backups were not removed: {}", error.message()),
                     error.hint());
    }
}

void restart_and_verify(Change& change) {
    if (change.facts().restart) restart(change);
    if (change.facts().restart && change.facts().verify) verify(change);
}

void run_exchange(Change& change) {
    try {
        back_up_and_upload(change);
        if (const auto refusal = swap(change)) return abandon(change, *refusal);
        restart_and_verify(change);
    } catch (const Error& reason) {
        return change.committed ? undo(change, reason) : abandon(change, reason);
    }
    if (!change.facts().restart || !change.facts().verify) {
        return change.finish(RunOutcome::installed, false, std::nullopt);
    }
    std::optional<Error> leftover = clean(change);
    change.finish(RunOutcome::updated, true, std::move(leftover));
}

void run_restart(Change& change) {
    const auto failed = [&](const Error& reason, std::chrono::seconds wait) {
        if (change.restart_tried) return judge_failed_restart(change, reason, wait);
        change.finish(RunOutcome::failed, false,
                      Error(reason.code(), reason.message(), "nothing was changed on the gateway"));
    };
    try {
        restart(change);
    } catch (const Error& reason) {
        return failed(reason, change.plan.wait);
    }
    const bool to_verify = change.facts().verify;
    try {
        if (to_verify) verify(change);
    } catch (const Error& reason) {
        // It has had its time; only an interruption cuts it short.
        const bool waited = reason.code() != Code::interrupted;
        return failed(reason, waited ? std::chrono::seconds(0) : change.plan.wait);
    }
    change.finish(to_verify ? RunOutcome::updated : RunOutcome::installed, to_verify, std::nullopt);
}

}  // namespace

Outcome execute_update(const UpdatePlan& plan, ExecuteContext& context) {
    Change change(plan, context);
    if (!begin(change)) return std::move(change.outcome);
    if (plan.facts.action == RunAction::restart) {
        run_restart(change);
    } else {
        run_exchange(change);
    }
    return std::move(change.outcome);
}

}  // namespace umsadm
