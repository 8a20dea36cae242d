#include "lib/deploy/server_change.hpp"

#include <fmt/format.h>

namespace umsadm {
namespace {

HostLink::Ways ways_of(const ServerChangePlan& plan, const ServerChangeContext& context) {
    return {.connect = context.connect,
            .lock = [&plan](RemoteHost& host) { return lock_server(host, plan.server); },
            .locked = "the state folder of the server",
            .cancellation = context.cancellation,
            .reconnect_for = context.reconnect_for,
            .lock_for = plan.wait};
}

}  // namespace

ServerChange::ServerChange(const ServerChangePlan& the_plan, ServerChangeContext& the_context)
    : plan(the_plan), context(the_context), link(the_context.host, ways_of(the_plan, the_context)) {
    outcome.old_fingerprint = facts().old_fingerprint;
}

void ServerChange::say(std::string_view what) const {
    if (context.progress) context.progress(what);
}

void ServerChange::on_store(const std::function<void(UmsIdStore&)>& action) {
    link.on_host([&](RemoteHost& host) { action(*open_ums_id_store(host, plan.server)); });
}

UmsIdNow ServerChange::look() {
    UmsIdReading reading;
    // The certificate of either is known well enough by its fingerprint.
    const auto& known = committed ? facts().new_fingerprint : facts().old_fingerprint;
    on_store([&](UmsIdStore& store) { reading = store.look(known); });
    return {context.identify(reading), reading.restart_pending};
}

void ServerChange::finish(ServerOutcome result, std::optional<Error> error) {
    outcome.result = result;
    outcome.error = std::move(error);
    try {
        context.journal.end(facts().run, result, outcome.error ? outcome.error->message() : "", settling);
    } catch (const Error& failure) {
        if (!unrecorded) unrecorded = failure;
    }
    if (!unrecorded) return;
    if (!outcome.error) {
        outcome.error =
            Error(Code::not_recorded, fmt::format("done, not recorded: {}", unrecorded->message()), unrecorded->hint());
    } else {
        outcome.error->add_frame(fmt::format("recording the run: {}", unrecorded->message()));
    }
}

void ServerChange::leave_open(ServerOutcome result, Error error) {
    outcome.result = result;
    outcome.left_open = true;
    outcome.error = std::move(error);
}

Error with_hint(const Error& reason, Code code, const std::string& hint) {
    Error error(code, reason.message(), reason.hint().empty() ? hint : fmt::format("{}; {}", hint, reason.hint()));
    for (const std::string& frame : reason.frames()) error.add_frame(frame);
    return error;
}

}  // namespace umsadm
