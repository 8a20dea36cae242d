#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include "umsadm/base/error.hpp"
#include "umsadm/deploy/execute.hpp"

#include "lib/deploy/host_link.hpp"
#include "lib/deploy/take_step.hpp"

namespace umsadm {

// A change of a gateway while it is being made, or settled: what is known so far, and the ways in which every step is
// taken.
struct Change {
    Change(const UpdatePlan& the_plan, ExecuteContext& the_context);

    const UpdatePlan& plan;
    ExecuteContext& context;
    HostLink link;
    Outcome outcome;
    bool committed = false;      // the rename may have happened: from here on the way is forward or back, never out
    bool restart_tried = false;  // the gateway may have loaded the new keystore
    bool settling = false;       // an earlier, killed run
    std::optional<Error> unrecorded;  // the first line that did not get into the journal since `committed`

    const RunFacts& facts() const noexcept { return plan.facts; }

    // What take_step() calls.
    void check_interrupted() const { link.check_interrupted(); }
    void say(std::string_view what) const;

    // The ends. `leave_open` has no last line in the journal: the next changing command settles the run.
    void finish(RunOutcome result, bool verified, std::optional<Error> error);
    void leave_open(RunOutcome result, Error error);
};

}  // namespace umsadm
