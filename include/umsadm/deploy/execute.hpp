#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "umsadm/base/error.hpp"
#include "umsadm/base/finding.hpp"
#include "umsadm/deploy/plan.hpp"
#include "umsadm/deploy/probe.hpp"
#include "umsadm/registry/journal.hpp"
#include "umsadm/remote/remote_host.hpp"

namespace umsadm {

using Progress = std::function<void(std::string_view step)>;
// Connects again after a connection was lost, or an interruption, in the middle of a change. It takes no lock: the lock
// on the keystore's folder is taken again by the one who calls this. The host must not listen to the user's
// interruption: the old state could not be put back over it.
using Connect = std::function<std::unique_ptr<RemoteHost>()>;

struct StepReport {
    StepKind step = StepKind::backup;
    bool ok = false;
    std::chrono::milliseconds took{0};
    std::string detail;
};

// What became of one gateway. `error` is set for every outcome that is not a success; its code decides the exit code.
struct Outcome {
    RunOutcome result = RunOutcome::failed;
    std::optional<Fingerprint> old_leaf;
    std::optional<Fingerprint> new_leaf;
    std::string backup;  // empty: none was made or it is gone
    bool verified = false;
    bool left_open =
        false;  // the journal has no end of this run: nothing else may be done before settle_run() ended it
    Findings findings;
    std::vector<StepReport> steps;
    std::optional<Error> error;
};

struct ExecuteContext {
    std::unique_ptr<RemoteHost>& host;  // replaced when the connection had to be made again; null when it could not be
    Connect connect;
    Journal& journal;
    std::span<const JournalRun> earlier_runs{};  // of `journal`, oldest first: whose backups may go when they are many
    Probe probe;  // one that goes through `host` throws Code::unreachable while there is none
    Progress progress{};
    const Cancellation* cancellation = nullptr;       // not listened to while the old state is being put back
    std::chrono::milliseconds reconnect_for{20'000};  // how long a lost connection is tried to be made again
};

// Steps 5 to 8 of an update: backup, upload, swap, restart, verify, and the way back. Throws nothing that happened on
// the way: it is in the outcome. The journal has each step before it is taken. Call it under the gateway's lock with
// the keystore's folder locked on the host.
//
// action restart: only restart and verify. action rollback: the same steps as an update with the backup's content as
// new_keystore.
//
// What could not be ended for want of a connection stays open in the journal: settle_run() ends it. That is so for a
// restore_failed of unknown state, and for a failed one that left files beside the keystore.
Outcome execute_update(const UpdatePlan& plan, ExecuteContext& context);

// Ends a run that was killed, or whose connection was lost for good: finished when the new leaf is served, put back
// otherwise; a keystore that somebody else changed meanwhile is left alone (outcome failed). It can be killed itself
// and called again. Call it under the gateway's lock with the keystore's folder locked on the host. `plan_like` has
// endpoint, restart command, health and wait. When the host cannot be asked, or the user interrupts, the run stays
// open.
Outcome settle_run(const JournalRun& run, const UpdatePlan& plan_like, ExecuteContext& context);

}  // namespace umsadm
