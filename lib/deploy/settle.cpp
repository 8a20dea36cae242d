#include <algorithm>

#include <fmt/format.h>

#include "umsadm/base/text.hpp"
#include "umsadm/deploy/execute.hpp"

#include "lib/deploy/change.hpp"
#include "lib/deploy/restore.hpp"
#include "lib/deploy/steps.hpp"
#include "lib/deploy/verify.hpp"

namespace umsadm {
namespace {

// Only the leaf of a killed run is known, not the rest of its chain.
UpdatePlan plan_for(const JournalRun& run, const UpdatePlan& plan_like) {
    UpdatePlan plan = plan_like;
    plan.facts = run.facts;
    plan.new_keystore.clear();
    plan.new_chain.clear();
    return plan;
}

std::string name_of(const RunFacts& facts) {
    return fmt::format("the unfinished {} of {}", action_name(facts.action), format_utc(facts.started));
}

bool is_done(const JournalRun& run, StepKind step) {
    return std::any_of(run.steps.begin(), run.steps.end(),
                       [&](const JournalStep& line) { return line.step == step && line.state == StepState::done; });
}

// How long a gateway that was (perhaps) restarted gets to come up with the new certificate. A run that was being undone
// has had its time, and one that was never restarted will not show it by waiting. The journal has the restart before it
// is begun, so `restart_tried` is what the host knows of it: the shell of the killed run is gone, for we hold its lock.
std::chrono::seconds patience(const JournalRun& run, const Change& change) {
    const bool may_be_starting =
        change.restart_tried && !run.reached(StepKind::restore) && !run.reached(StepKind::restore_restart);
    return may_be_starting ? change.plan.wait : std::chrono::seconds(0);
}

// The new keystore is in place. True when the run is finished with that.
bool finish_forward(Change& change, const JournalRun& run, std::optional<std::string>& problem) {
    const RunFacts& facts = run.facts;
    if (!facts.restart) {
        change.finish(RunOutcome::installed, false, std::nullopt);
        return true;
    }
    problem = wait_until_served(change, new_state(change), patience(run, change));
    if (!problem) {
        change.finish(facts.verify ? RunOutcome::updated : RunOutcome::installed, facts.verify, std::nullopt);
        return true;
    }
    if (!facts.verify && is_done(run, StepKind::restart) && !run.reached(StepKind::restore)) {
        change.finish(RunOutcome::installed, false, std::nullopt);
        return true;
    }
    return false;
}

void settle_exchange(Change& change, const JournalRun& run) {
    const RunFacts& facts = run.facts;
    const FilesNow files = change.link.on_host([&](RemoteHost& host) { return disarm_and_look(host, facts); });
    const Error killed(Code::failed, fmt::format("{} was cut off", name_of(facts)));
    if (files.backup != FilesNow::k_missing) change.outcome.backup = facts.backup_path;
    if (files.not_restarted) change.restart_tried = false;

    if (files.live == facts.new_digest) {
        std::optional<std::string> problem;
        if (finish_forward(change, run, problem)) return;
        return undo(change, Error(Code::failed, fmt::format("{}: {}", killed.message(), problem.value_or(""))));
    }
    if (files.live == facts.old_digest) {
        const bool undone = run.reached(StepKind::restore) || change.restart_tried;
        return undone ? bring_old_state_back(change, killed) : abandon(change, killed);
    }
    if (files.live == FilesNow::k_missing) return undo(change, killed);
    change.finish(
        RunOutcome::failed, false,
        Error(Code::failed,
              fmt::format("{} was cut off, and somebody else changed {} since", name_of(facts),
                          in_quotes(facts.live_path)),
              fmt::format("it was left as it is; the keystore of before is {}", in_quotes(facts.backup_path))));
}

void settle_observation(Change& change, const JournalRun& run) {
    change.finish(
        RunOutcome::failed, false,
        Error(Code::failed, fmt::format("{} was cut off", name_of(run.facts)), "nothing was changed on the gateway"));
}

void settle_restart(Change& change, const JournalRun& run) {
    const Error killed(Code::failed, fmt::format("{} was cut off", name_of(run.facts)));
    const auto problem = wait_until_served(change, new_state(change), patience(run, change));
    if (!problem) return change.finish(RunOutcome::updated, true, std::nullopt);
    if (change.restart_tried) return judge_failed_restart(change, killed, std::chrono::seconds(0));
    change.finish(RunOutcome::failed, false,
                  Error(Code::failed, killed.message(), "nothing was changed on the gateway"));
}

}  // namespace

Outcome settle_run(const JournalRun& run, const UpdatePlan& plan_like, ExecuteContext& context) {
    const UpdatePlan plan = plan_for(run, plan_like);
    Change change(plan, context);
    change.settling = true;
    change.committed = run.reached(StepKind::swap);
    change.restart_tried = run.reached(StepKind::restart) || run.reached(StepKind::restore_restart);
    try {
        switch (run.facts.action) {
            case RunAction::update:
            case RunAction::rollback: settle_exchange(change, run); break;
            case RunAction::restart: settle_restart(change, run); break;
            case RunAction::verify: settle_observation(change, run); break;
        }
    } catch (const Error& reason) {
        Error error = reason;
        error.add_frame("settling " + name_of(run.facts));
        change.leave_open(RunOutcome::failed, std::move(error));
    }
    return std::move(change.outcome);
}

}  // namespace umsadm
