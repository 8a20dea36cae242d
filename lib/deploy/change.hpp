#pragma once

#include <chrono>
#include <optional>
#include <string_view>
#include <utility>

#include "umsadm/base/deadline.hpp"
#include "umsadm/base/error.hpp"
#include "umsadm/deploy/execute.hpp"

namespace umsadm {

// A change of a gateway while it is being made, or settled: what is known so far, and the ways in which every step is
// taken.
struct Change {
    Change(const UpdatePlan& the_plan, ExecuteContext& the_context);

    const UpdatePlan& plan;
    ExecuteContext& context;
    Outcome outcome;
    bool committed = false;      // the rename may have happened: from here on the way is forward or back, never out
    bool restart_tried = false;  // the gateway may have loaded the new keystore
    bool listening = true;       // to the user's interruption
    bool settling = false;       // an earlier, killed run
    std::optional<Error> unrecorded;  // the first line that did not get into the journal since `committed`

    const RunFacts& facts() const noexcept { return plan.facts; }
    Deadline deadline(std::chrono::milliseconds duration) const;
    void check_interrupted() const;
    void say(std::string_view what) const;

    // Before `committed` a line that cannot be written is a failure (Code::failed); afterwards it is kept in mind.
    void record(StepKind step, StepState state, std::string_view detail = {});
    // Notes how a step ended, here and in the journal. Never throws for the journal.
    void note_end(StepKind step, std::chrono::milliseconds took, const Error* failure);

    // Whether this failure means that the host has to be connected again. It is given up then.
    bool lost_host(const Error& error);
    // Connects again and takes the lock on the keystore's folder again. Throws Code::unreachable. One loss has one time
    // for that, however many steps want the host: when it is over, each of them tries once more.
    void reconnect();

    // The ends. `leave_open` has no last line in the journal: the next changing command settles the run.
    void finish(RunOutcome result, bool verified, std::optional<Error> error);
    void leave_open(RunOutcome result, Error error);

private:
    struct Patience {
        Deadline host;
        Deadline lock;
    };
    std::optional<Patience> m_patience;  // since a connection was lost and not made again
};

// Calls `action` with the host, once more over a new connection when the connection is lost.
template <typename Action>
auto on_host(Change& change, Action&& action) {
    if (change.context.host == nullptr) change.reconnect();
    try {
        return action(*change.context.host);
    } catch (const Error& error) {
        if (!change.lost_host(error)) throw;
    }
    change.reconnect();
    return action(*change.context.host);
}

// Takes one step: the journal has it before it is begun and when it has ended.
template <typename Action>
void take_step(Change& change, StepKind step, std::string_view words, Action&& action) {
    constexpr std::chrono::hours k_far{24};
    change.check_interrupted();
    change.say(words);
    change.record(step, StepState::started);
    const Deadline clock = Deadline::in(k_far);
    try {
        std::forward<Action>(action)();
    } catch (const Error& error) {
        change.note_end(step, k_far - clock.remaining(), &error);
        throw;
    }
    change.note_end(step, k_far - clock.remaining(), nullptr);
    change.record(step, StepState::done);
}

}  // namespace umsadm
