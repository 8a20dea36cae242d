#pragma once

#include "umsadm/base/error.hpp"

#include "lib/deploy/change.hpp"

namespace umsadm {

// The ways out of a change that failed for `reason`. Each ends the change: its outcome is set. From here on the user's
// interruption is not listened to.

// Nothing was renamed: removes what was made. Outcome failed.
void abandon(Change& change, const Error& reason);

// The rename may have happened: looks, and puts the old keystore back where it has. Outcome restored, restore_failed,
// or failed when it turns out that nothing was renamed.
void undo(Change& change, const Error& reason);

// The old keystore is in place again: restarts where the gateway may have loaded the other one, and verifies what it
// serves. Outcome restored or restore_failed.
void bring_old_state_back(Change& change, const Error& reason);

// A run without files (action restart) failed: what was served before has to be served again within `wait`.
void judge_failed_restart(Change& change, const Error& reason, std::chrono::seconds wait);

}  // namespace umsadm
