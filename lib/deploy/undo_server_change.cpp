#include <fmt/format.h>

#include "umsadm/base/text.hpp"

#include "lib/deploy/server_change.hpp"

namespace umsadm {
namespace {

Error old_one_is_back(const Error& reason) {
    const Code code = reason.code() == Code::interrupted ? Code::interrupted : Code::restored;
    return with_hint(reason, code, "the old UMS ID is back");
}

std::string way_by_hand(const ServerChange& change) {
    const Server& server = change.plan.server;
    const std::string backup = change.facts().backup_path + "/backup";
    if (!change.has_old()) return "act now; the server had no UMS ID before";
    if (server.ums_id_store == UmsIdStoreKind::file) {
        return fmt::format(
            "act now; the old UMS ID is {} on the server; to put it back by hand, as root: cp -p -- {} {}",
            in_quotes(backup), printable(shell_quoted(backup)), printable(shell_quoted(server.ums_id_path)));
    }
    return fmt::format(
        "act now; the old UMS ID is {} on the server; to put it back by hand, as root: {} licensing restore -f {} "
        "--password:file {}",
        in_quotes(backup), printable(shell_quoted(server.umsadmin_cli)), printable(shell_quoted(backup)),
        printable(shell_quoted(change.facts().backup_path + "/password")));
}

void fail_to_undo(ServerChange& change, const Error& reason, const Error& failure) {
    const bool unknown = failure.code() == Code::unreachable || failure.code() == Code::interrupted;
    const std::string_view what =
        unknown ? "the state of the server is unknown" : "the old UMS ID could not be put back";
    Error error(Code::restore_failed, fmt::format("{}: {}", what, failure.message()));
    error.add_frame(fmt::format("putting the old UMS ID back after this: {}", reason.message()));
    if (unknown) {
        error.set_hint("when the server can be reached again, run the command again: it settles this run first");
        change.leave_open(ServerOutcome::restore_failed, std::move(error));
    } else {
        error.set_hint(way_by_hand(change));
        change.finish(ServerOutcome::restore_failed, std::move(error));
    }
}

// What the server has now, as far as it can be read.
struct Seen {
    bool readable = false;
    UmsIdNow now;

    bool is(const std::optional<Fingerprint>& fingerprint) const { return readable && now.fingerprint == fingerprint; }
};

Seen look_if_readable(ServerChange& change) {
    try {
        return {true, change.look()};
    } catch (const Error& error) {
        if (error.code() == Code::unreachable || error.code() == Code::interrupted) throw;
        return {};
    }
}

// umsadmin-cli takes no UMS ID away. Its first one is better than the way back, which would end half-way.
bool keeps_what_it_got(const ServerChange& change) {
    return !change.has_old() && change.plan.server.ums_id_store == UmsIdStoreKind::umsadmin_cli;
}

// Throws what kept the old UMS ID from coming back. What the store says about its success proves nothing.
void put_old_one_back(ServerChange& change) {
    std::optional<Error> problem;
    try {
        take_step(change, ServerStep::put_back, "putting the old UMS ID back", [&] {
            change.on_store([&](UmsIdStore& store) {
                if (change.has_old()) {
                    store.put_back(change.facts().backup_path);
                } else {
                    store.remove();
                }
            });
        });
    } catch (const Error& error) {
        if (error.code() == Code::unreachable || error.code() == Code::interrupted) throw;
        problem = error;
    }
    const UmsIdNow now = change.look();
    change.outcome.new_fingerprint = now.fingerprint;
    if (now.fingerprint == change.facts().old_fingerprint) return;
    throw problem.value_or(Error(Code::failed, "the server has another UMS ID than its old one"));
}

}  // namespace

void undo_server_change(ServerChange& change, const Error& reason) {
    change.link.stop_listening();
    const ServerRunFacts& facts = change.facts();
    try {
        const Seen seen = look_if_readable(change);
        change.outcome.new_fingerprint = seen.now.fingerprint;
        if (seen.is(facts.old_fingerprint)) {
            return change.finish(ServerOutcome::failed,
                                 with_hint(reason, reason.code(), "the server has its old UMS ID"));
        }
        if (keeps_what_it_got(change) && seen.is(facts.new_fingerprint)) {
            return change.finish(ServerOutcome::restart_needed,
                                 with_hint(reason, reason.code(), "the server has the Main UMS ID now"));
        }
        put_old_one_back(change);
    } catch (const Error& failure) {
        return fail_to_undo(change, reason, failure);
    }
    change.finish(ServerOutcome::restored, old_one_is_back(reason));
}

}  // namespace umsadm
