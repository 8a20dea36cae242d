#include "lib/deploy/change.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace umsadm {
namespace {

std::string folder_of(const std::string& path) {
    const auto slash = path.rfind('/');
    return slash == std::string::npos || slash == 0 ? "/" : path.substr(0, slash);
}

constexpr std::chrono::milliseconds k_longest_pause{2000};

// The host may come back. A refused password is never tried again.
bool may_pass(const Error& error) { return error.code() == Code::unreachable || error.code() == Code::busy; }

}  // namespace

Change::Change(const UpdatePlan& the_plan, ExecuteContext& the_context) : plan(the_plan), context(the_context) {
    outcome.old_leaf = facts().served_before ? facts().served_before : facts().old_leaf;
    outcome.new_leaf = facts().new_leaf;
}

Deadline Change::deadline(std::chrono::milliseconds duration) const {
    return Deadline::in(duration, listening ? context.cancellation : nullptr);
}

void Change::check_interrupted() const {
    if (listening && context.cancellation != nullptr) context.cancellation->check();
}

void Change::say(std::string_view what) const {
    if (context.progress) context.progress(what);
}

void Change::record(StepKind step, StepState state, std::string_view detail) {
    try {
        context.journal.step(facts().run, step, state, detail);
    } catch (const Error& error) {
        if (!committed) throw Error(Code::failed, error.message(), error.hint());
        if (!unrecorded) unrecorded = error;
    }
}

void Change::note_end(StepKind step, std::chrono::milliseconds took, const Error* failure) {
    outcome.steps.push_back({step, failure == nullptr, took, failure == nullptr ? "" : failure->message()});
    if (failure == nullptr) return;
    try {
        context.journal.step(facts().run, step, StepState::failed, failure->message());
    } catch (const Error& error) {
        // The failure that is being reported counts for more; the journal without this line says the same.
        if (!unrecorded) unrecorded = error;
    }
}

bool Change::lost_host(const Error& error) {
    const bool interrupted = error.code() == Code::interrupted;
    if (!interrupted && error.code() != Code::unreachable) return false;
    // A script may still be running over this connection: nothing else can be asked over it.
    context.host.reset();
    return !interrupted || !listening;
}

// The shell of the lost connection goes on with its script, and holds the lock until that ends: a restart may take its
// time.
void Change::reconnect() {
    context.host.reset();  // its lock has to go before it can be taken again
    if (!m_patience) {
        m_patience = {Deadline::in(context.reconnect_for), Deadline::in(context.reconnect_for + plan.wait)};
    }
    const Deadline host_end = deadline(m_patience->host.remaining());
    const Deadline lock_end = deadline(m_patience->lock.remaining());
    for (std::chrono::milliseconds pause{100}; true; pause = std::min(pause * 2, k_longest_pause)) {
        Error problem(Code::busy, "somebody else has locked the folder of the keystore");
        try {
            std::unique_ptr<RemoteHost> host = context.connect();
            if (host->lock_folder(folder_of(facts().live_path))) {
                context.host = std::move(host);
                m_patience.reset();
                return;
            }
        } catch (const Error& error) {
            if (error.code() == Code::interrupted && listening) throw;
            problem = error;
        }
        const Deadline& end = problem.code() == Code::busy ? lock_end : host_end;
        if (!may_pass(problem) || end.passed()) {
            throw Error(Code::unreachable,
                        fmt::format("the connection was lost and cannot be made again: {}", problem.message()));
        }
        sleep_for(pause, end);
    }
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
