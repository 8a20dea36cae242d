#pragma once

#include <vector>

#include "umsadm/crypto/certificate.hpp"
#include "umsadm/deploy/observe.hpp"
#include "umsadm/deploy/plan.hpp"
#include "umsadm/deploy/probe.hpp"

namespace umsadm {

// A plan with all that follows from the gateway's record and from what was seen; the caller adds who, when and why.
// `chain` has to be served afterwards.
UpdatePlan make_plan(const Gateway& gateway, const RemoteState& state, const Probed& served, RunAction action,
                     const std::vector<Certificate>& chain);

// Gives the plan its new keystore, with the names that it and the backup get. Run and time are set before.
void set_new_keystore(UpdatePlan& plan, Bytes file);

}  // namespace umsadm
