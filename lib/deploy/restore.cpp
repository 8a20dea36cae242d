#include "lib/deploy/restore.hpp"

#include <optional>
#include <string>

#include <fmt/format.h>

#include "umsadm/base/text.hpp"

#include "lib/deploy/steps.hpp"
#include "lib/deploy/verify.hpp"

namespace umsadm {
namespace {

Error with_hint(const Error& reason, Code code, std::string message, std::string_view hint) {
    Error error(code, std::move(message),
                reason.hint().empty() ? std::string(hint) : fmt::format("{}; {}", hint, reason.hint()));
    for (const std::string& frame : reason.frames()) error.add_frame(frame);
    return error;
}

Error nothing_changed(const Error& reason) {
    return with_hint(reason, reason.code(), reason.message(), "nothing was changed on the gateway");
}

Error old_state_is_back(const Error& reason) {
    if (reason.code() == Code::interrupted) {
        return with_hint(reason, Code::interrupted, "interrupted", "the old state is back");
    }
    return with_hint(reason, Code::restored, reason.message(), "the old state is back");
}

Error not_restored(const Change& change, const Error& reason, const Error& failure) {
    const RunFacts& facts = change.facts();
    Error error(Code::restore_failed, fmt::format("the old state could not be put back: {}", failure.message()));
    error.add_frame(fmt::format("putting the old state back after this: {}", reason.message()));
    if (facts.backup_path.empty()) {
        error.set_hint(
            fmt::format("act now; to restart the gateway by hand: {}", printable(change.plan.restart_command)));
    } else {
        error.set_hint(
            fmt::format("act now; the old keystore is {} on the gateway; to put it back by hand, as root: "
                        "cp -p -- {} {} && {}",
                        in_quotes(facts.backup_path), printable(shell_quoted(facts.backup_path)),
                        printable(shell_quoted(facts.live_path)), printable(change.plan.restart_command)));
    }
    return error;
}

Error state_unknown(const Change& change, const Error& reason, const Error& failure) {
    Error error(Code::restore_failed, fmt::format("the state of the gateway is unknown: {}", failure.message()));
    error.add_frame(fmt::format("putting the old state back after this: {}", reason.message()));
    error.set_hint(
        fmt::format("when the gateway can be reached again, run the command again: it settles this run first; "
                    "the old keystore is {} there",
                    in_quotes(change.facts().backup_path)));
    return error;
}

void fail_to_restore(Change& change, const Error& reason, const Error& failure) {
    if (failure.code() == Code::unreachable || failure.code() == Code::interrupted) {
        change.leave_open(RunOutcome::restore_failed, state_unknown(change, reason, failure));
    } else {
        change.finish(RunOutcome::restore_failed, false, not_restored(change, reason, failure));
    }
}

// What the gateway serves afterwards decides, so a restart that fails is only remembered.
std::string restart_for_old_state(Change& change) {
    try {
        take_step(change, StepKind::restore_restart, "restarting the gateway with the old keystore", [&] {
            change.link.on_host([&](RemoteHost& host) {
                restart_gateway(host, change.facts(), change.plan.restart_command, change.plan.wait_back());
            });
        });
        return "";
    } catch (const Error& error) {
        return fmt::format(" ({})", error.message());
    }
}

// Throws Code::failed unless the old certificate is served; where nothing was served before, unless the old file is in
// place.
void verify_old_state(Change& change, const std::string& remark) {
    const RunFacts& facts = change.facts();
    if (facts.served_before) {
        if (const auto problem = wait_until_served(change, old_state(change), change.plan.wait_back())) {
            throw Error(Code::failed, fmt::format("{} does not serve the old certificate: {}{}",
                                                  printable(change.plan.endpoint.to_string()), *problem, remark));
        }
        return;
    }
    const FilesNow files = change.link.on_host([&](RemoteHost& host) { return disarm_and_look(host, facts); });
    if (files.live != facts.old_digest) throw Error(Code::failed, "the keystore is not the old one");
}

void put_file_back(Change& change) {
    take_step(change, StepKind::restore, "putting the old keystore back",
              [&] { change.link.on_host([&](RemoteHost& host) { put_keystore_back(host, change.facts()); }); });
}

}  // namespace

void abandon(Change& change, const Error& reason) {
    change.link.stop_listening();
    try {
        change.link.on_host([&](RemoteHost& host) { discard_files(host, change.facts()); });
        change.outcome.backup.clear();
    } catch (const Error& left) {
        Error error = nothing_changed(reason);
        error.add_frame(fmt::format("removing the files of this run: {}", left.message()));
        error.set_hint(
            "nothing was changed on the gateway; what was left beside the keystore is removed by the next "
            "command that changes this gateway");
        change.leave_open(RunOutcome::failed, std::move(error));
        return;
    }
    change.finish(RunOutcome::failed, false, nothing_changed(reason));
}

void undo(Change& change, const Error& reason) {
    change.link.stop_listening();
    try {
        const FilesNow files =
            change.link.on_host([&](RemoteHost& host) { return disarm_and_look(host, change.facts()); });
        if (files.live == change.facts().old_digest && !change.restart_tried) return abandon(change, reason);
        if (files.live != change.facts().old_digest) put_file_back(change);
    } catch (const Error& failure) {
        return fail_to_restore(change, reason, failure);
    }
    bring_old_state_back(change, reason);
}

void bring_old_state_back(Change& change, const Error& reason) {
    change.link.stop_listening();
    const bool was_served = change.facts().served_before.has_value();
    try {
        // A gateway that has not loaded the new keystore goes on with the old one, without a second interruption.
        const bool restart = change.restart_tried ||
                             (was_served && wait_until_served(change, old_state(change), std::chrono::seconds(0)));
        const std::string remark = restart ? restart_for_old_state(change) : "";
        take_step(change, StepKind::restore_verify, "verifying that the old certificate is served",
                  [&] { verify_old_state(change, remark); });
    } catch (const Error& failure) {
        return fail_to_restore(change, reason, failure);
    }
    change.finish(RunOutcome::restored, was_served, old_state_is_back(reason));
}

void judge_failed_restart(Change& change, const Error& reason, std::chrono::seconds wait) {
    change.link.stop_listening();
    const bool was_served = change.facts().served_before.has_value();
    try {
        take_step(change, StepKind::restore_verify, "looking whether the gateway serves what it did before", [&] {
            if (!was_served) return;
            Expected before;
            before.leaves.push_back(*change.facts().served_before);
            if (const auto problem = wait_until_served(change, before, wait)) throw Error(Code::failed, *problem);
        });
    } catch (const Error& failure) {
        return fail_to_restore(change, reason, failure);
    }
    change.finish(RunOutcome::restored, was_served, old_state_is_back(reason));
}

}  // namespace umsadm
