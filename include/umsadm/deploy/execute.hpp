#pragma once

#include <functional>
#include <memory>
#include <optional>
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
// Connects again after a connection was lost in the middle of a change.
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
    Findings findings;
    std::vector<StepReport> steps;
    std::optional<Error> error;
};

struct ExecuteContext {
    std::unique_ptr<RemoteHost>& host;  // replaced when the connection had to be made again
    Connect connect;
    Journal& journal;
    Probe probe;
    Progress progress;
    const Cancellation* cancellation = nullptr;  // not listened to while the old state is being put back
};

// Steps 5 to 8 of an update: backup, upload, swap, restart, verify, and the way back. Throws nothing that happened on
// the way: it is in the outcome. The journal has each step before it is taken.
Outcome execute_update(const UpdatePlan& plan, ExecuteContext& context);

// Puts a backup back as a change of its own (keystore rollback): the same steps with the backup as the new keystore.
// The plan says action rollback; its new_keystore is the backup's content.

// Finishes or undoes a run that was killed: finished when the new leaf is served, put back otherwise. Call it under the
// gateway's lock with the host's folder locked. `plan_like` has endpoint, restart command, health and wait.
Outcome settle_run(const JournalRun& run, const UpdatePlan& plan_like, ExecuteContext& context);

}  // namespace umsadm
