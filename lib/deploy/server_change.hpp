#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "umsadm/base/error.hpp"
#include "umsadm/deploy/sync_server.hpp"

#include "lib/deploy/host_link.hpp"
#include "lib/deploy/take_step.hpp"

namespace umsadm {

// What a server showed of its UMS ID.
struct UmsIdNow {
    std::optional<Fingerprint> fingerprint;  // empty: it has none
    bool restart_pending = false;
};

// A change of a server while it is being made, or settled: what is known so far, and the ways in which every step is
// taken.
struct ServerChange {
    ServerChange(const ServerChangePlan& the_plan, ServerChangeContext& the_context);

    const ServerChangePlan& plan;
    ServerChangeContext& context;
    HostLink link;
    ServerChangeOutcome outcome;
    bool committed = false;           // the server may have been given another UMS ID
    bool settling = false;            // an earlier, killed run
    std::optional<Error> unrecorded;  // the first line that did not get into the journal since `committed`

    const ServerRunFacts& facts() const noexcept { return plan.facts; }
    bool has_old() const noexcept { return facts().old_fingerprint.has_value(); }

    // What take_step() calls.
    void check_interrupted() const { link.check_interrupted(); }
    void say(std::string_view what) const;

    // Uses the store, once more over a new connection when the connection is lost.
    void on_store(const std::function<void(UmsIdStore&)>& action);
    // Reads the UMS ID. Throws what the store and `identify` throw.
    UmsIdNow look();

    // The ends. `leave_open` has no last line in the journal: the next changing command settles the run.
    void finish(ServerOutcome result, std::optional<Error> error);
    void leave_open(ServerOutcome result, Error error);
};

// An Error that says the same, with this hint before its own.
Error with_hint(const Error& reason, Code code, const std::string& hint);

// Ends a change that did not succeed: finds out what the server has now, and puts the old UMS ID back unless it is
// there. Throws nothing.
void undo_server_change(ServerChange& change, const Error& reason);

}  // namespace umsadm
