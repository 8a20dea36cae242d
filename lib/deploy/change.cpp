#include "lib/deploy/change.hpp"

#include <fmt/format.h>

namespace umsadm {
namespace {

std::string folder_of(const std::string& path) {
    const auto slash = path.rfind('/');
    return slash == std::string::npos || slash == 0 ? "/" : path.substr(0, slash);
}

HostLink::Ways ways_of(const UpdatePlan& plan, const ExecuteContext& context) {
    return {.connect = context.connect,
            .lock = [&plan](RemoteHost& host) { return host.lock_folder(folder_of(plan.facts.live_path)); },
            .locked = "the folder of the keystore",
            .cancellation = context.cancellation,
            .reconnect_for = context.reconnect_for,
            .lock_for = plan.wait};
}

}  // namespace

Change::Change(const UpdatePlan& the_plan, ExecuteContext& the_context)
    : plan(the_plan), context(the_context), link(the_context.host, ways_of(the_plan, the_context)) {
    outcome.old_leaf = facts().served_before ? facts().served_before : facts().old_leaf;
    outcome.new_leaf = facts().new_leaf;
}

void Change::say(std::string_view what) const {
    if (context.progress) context.progress(what);
}

void Change::finish(RunOutcome result, bool verified, std::optional<Error> error) {
    outcome.result = result;
    outcome.verified = verified;
    outcome.error = std::move(error);
    try {
        context.journal.end(facts().run, result, verified, outcome.error ? outcome.error->message() : "", settling);
    } catch (const Error& failure) {
        if (!unrecorded) unrecorded = failure;
    }
    if (!unrecorded) return;
    if (!outcome.error) {
        outcome.error = Error(Code::not_recorded, fmt::format("deployed, not recorded: {}", unrecorded->message()),
                              unrecorded->hint());
    } else {
        outcome.error->add_frame(fmt::format("recording the run: {}", unrecorded->message()));
    }
}

void Change::leave_open(RunOutcome result, Error error) {
    outcome.result = result;
    outcome.verified = false;
    outcome.left_open = true;
    outcome.error = std::move(error);
}

}  // namespace umsadm
