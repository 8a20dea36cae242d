#include "umsadm/deploy/sync_server.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "umsadm/base/text.hpp"

#include "lib/deploy/server_change.hpp"

namespace umsadm {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds k_first_pause{250};
constexpr milliseconds k_longest_pause{2000};
constexpr milliseconds k_longest_probe{5000};
constexpr std::chrono::seconds k_wait_after_failure{5};
constexpr std::string_view k_nothing_changed = "nothing was changed on the server";

std::string shown(const std::optional<Fingerprint>& fingerprint) {
    return fingerprint ? "the UMS ID " + fingerprint->to_string() : "no UMS ID";
}

void fail_unchanged(ServerChange& change, const Error& reason) {
    change.finish(ServerOutcome::failed, with_hint(reason, reason.code(), std::string(k_nothing_changed)));
}

// What the plan was made for may have been long ago. Without this look a UMS ID that nobody knows of could be lost.
void check_unchanged(ServerChange& change) {
    const UmsIdNow now = change.look();
    if (now.fingerprint == change.facts().old_fingerprint) return;
    throw Error(Code::failed,
                fmt::format("the server has {} meanwhile, and had {}", shown(now.fingerprint),
                            shown(change.facts().old_fingerprint)),
                "run the command again: it looks at the present UMS ID");
}

// False: the run did not begin, and the outcome says why.
bool begin(ServerChange& change) {
    try {
        change.check_interrupted();
        check_unchanged(change);
        change.context.journal.begin(change.facts());
        return true;
    } catch (const Error& error) {
        change.outcome.error = with_hint(error, error.code(), std::string(k_nothing_changed));
        return false;
    }
}

void back_up(ServerChange& change) {
    if (!change.has_old()) return;
    take_step(change, ServerStep::backup, "backing up the UMS ID on the server", [&] {
        change.on_store([&](UmsIdStore& store) { store.keep(change.facts().backup_path); });
        change.outcome.backup = change.facts().backup_path;
    });
}

// What the store says of its failure is only a claim: it is returned, and what is read back decides.
std::optional<Error> replace(ServerChange& change) {
    try {
        take_step(change, ServerStep::replace, "replacing the UMS ID", [&] {
            change.committed = true;
            change.on_store([&](UmsIdStore& store) { store.put(*change.plan.sealed); });
        });
        return std::nullopt;
    } catch (const Error& error) {
        if (error.code() == Code::unreachable || error.code() == Code::interrupted) throw;
        return error;
    }
}

void verify(ServerChange& change, const std::optional<Error>& claim) {
    take_step(change, ServerStep::verify, "reading the UMS ID back", [&] {
        const UmsIdNow now = change.look();
        change.outcome.new_fingerprint = now.fingerprint;
        if (now.fingerprint == change.facts().new_fingerprint) return;
        if (claim) throw Error(*claim);
        throw Error(Code::failed,
                    fmt::format("the server says that its UMS ID was replaced, and has {}", shown(now.fingerprint)));
    });
}

// As for replace(): a restart that is said to have failed may have happened.
std::optional<Error> restart(ServerChange& change) {
    try {
        take_step(change, ServerStep::restart, "restarting the server",
                  [&] { change.on_store([&](UmsIdStore& store) { store.restart(change.plan.wait); }); });
        return std::nullopt;
    } catch (const Error& error) {
        if (error.code() == Code::unreachable || error.code() == Code::interrupted) throw;
        return error;
    }
}

// What a server that runs as it should has.
const std::optional<Fingerprint>& wanted(const ServerChange& change) {
    const ServerRunFacts& facts = change.facts();
    return facts.new_fingerprint ? facts.new_fingerprint : facts.old_fingerprint;
}

// Nothing when the server is up with the new UMS ID, else what keeps it from being so.
std::optional<std::string> look_once(ServerChange& change) {
    const Deadline deadline = change.link.deadline(k_longest_probe);
    try {
        const Endpoint endpoint{change.plan.server.host, change.plan.server.web_port};
        const Probed probed = change.context.probe({endpoint, false, deadline});
        if (probed.chain.empty()) return fmt::format("its web port serves nothing ({})", probed.nothing_reason);
        const UmsIdNow now = change.look();
        change.outcome.new_fingerprint = now.fingerprint;
        if (now.fingerprint != wanted(change)) return fmt::format("it has {}", shown(now.fingerprint));
        if (now.restart_pending) return std::string("its process is older than its UMS ID");
        return std::nullopt;
    } catch (const Error& error) {
        if (error.code() == Code::interrupted && change.link.is_listening()) throw;
        return error.message();
    }
}

void wait_until_running(ServerChange& change, const std::optional<Error>& claim) {
    const std::chrono::seconds wait = claim ? std::min(change.plan.wait, k_wait_after_failure) : change.plan.wait;
    const std::string words = fmt::format("waiting until the server is running (up to {} s)", wait.count());
    take_step(change, ServerStep::wait, words, [&] {
        const Deadline end = change.link.deadline(wait);
        auto problem = look_once(change);
        for (milliseconds pause = k_first_pause; problem && !end.passed();
             pause = std::min(pause * 3 / 2, k_longest_pause)) {
            sleep_for(pause, end);
            problem = look_once(change);
        }
        if (!problem) return;
        if (claim) throw Error(*claim);
        throw Error(Code::failed,
                    fmt::format("the server is not running as it should after {} s: {}", wait.count(), *problem));
    });
}

// The new UMS ID is whole whatever happens here, so nothing is put back.
void restart_and_wait(ServerChange& change, ServerOutcome success) {
    try {
        wait_until_running(change, restart(change));
    } catch (const Error& reason) {
        return change.finish(
            ServerOutcome::restart_needed,
            with_hint(reason, reason.code(), "the server has its UMS ID and was not seen running with it: restart it"));
    }
    change.finish(success, std::nullopt);
}

void run_sync(ServerChange& change) {
    try {
        back_up(change);
    } catch (const Error& reason) {
        return fail_unchanged(change, reason);
    }
    try {
        verify(change, replace(change));
        change.check_interrupted();
    } catch (const Error& reason) {
        return change.committed ? undo_server_change(change, reason) : fail_unchanged(change, reason);
    }
    if (!change.facts().restart) return change.finish(ServerOutcome::restart_needed, std::nullopt);
    restart_and_wait(change, ServerOutcome::updated);
}

// A second UMS ID would take the place of the first, so it is not created again before a look.
void create(ServerChange& change) {
    take_step(change, ServerStep::replace, "creating a UMS ID on the server", [&] {
        change.committed = true;
        change.link.stop_listening();  // it cannot be undone
        bool again = false;
        change.on_store([&](UmsIdStore& store) {
            if (again && store.look(std::nullopt).present) return;
            again = true;
            store.create();
        });
    });
}

void run_create(ServerChange& change) {
    std::optional<Error> claim;
    try {
        create(change);
    } catch (const Error& error) {
        if (!change.committed) return fail_unchanged(change, error);
        claim = error;
    }
    try {
        take_step(change, ServerStep::verify, "reading the UMS ID back", [&] {
            change.outcome.new_fingerprint = change.look().fingerprint;
            if (change.outcome.new_fingerprint) return;
            throw claim.value_or(Error(Code::failed, "the server says that it made a UMS ID, and has none"));
        });
    } catch (const Error& error) {
        if (error.code() == Code::unreachable) return change.leave_open(ServerOutcome::failed, error);
        return change.finish(ServerOutcome::failed, error);
    }
    change.finish(ServerOutcome::created, std::nullopt);
}

}  // namespace

ServerChangeOutcome execute_server_change(const ServerChangePlan& plan, ServerChangeContext& context) {
    ServerChange change(plan, context);
    if (!begin(change)) return std::move(change.outcome);
    switch (plan.facts.action) {
        case ServerAction::sync: run_sync(change); break;
        case ServerAction::create: run_create(change); break;
        case ServerAction::restart:
            change.committed = true;
            restart_and_wait(change, ServerOutcome::restarted);
            break;
    }
    return std::move(change.outcome);
}

}  // namespace umsadm
