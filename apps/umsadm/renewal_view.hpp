#pragma once

#include <vector>

#include "umsadm/jobs/renewal_plan.hpp"

#include "deployment.hpp"
#include "json.hpp"
#include "output.hpp"

namespace umsadm::app {

// What "renew" has done so far.
struct RenewalReport {
    std::vector<Deployment> deployments;
    std::vector<const StoredCertificate*> issued;  // of `inventory`
    const Inventory& inventory;                    // as it is now
};

// {"deployments", "summary", "due", "issued", "untouched", "hooks", "findings"}. `hooks`: a list of those that ran.
Json renewal_json(const RenewalPlan& plan, const RenewalReport& report, const Json& hooks, UtcTime now);

// What was decided, for people: what is due, what is not for us to renew, and which authority ends. Of those that have
// nothing to do only with --verbose.
void show_renewal_plan(Output& out, const RenewalPlan& plan);

// A gateway whose certificate is due and cannot be renewed here.
Deployment unrenewable(const GatewayRenewal& gateway);

}  // namespace umsadm::app
