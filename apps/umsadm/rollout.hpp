#pragma once

#include <optional>
#include <string>
#include <vector>

#include "umsadm/base/fingerprint.hpp"
#include "umsadm/jobs/rollout_schedule.hpp"
#include "umsadm/registry/gateway.hpp"

#include "context.hpp"
#include "deployment.hpp"
#include "gateway_update.hpp"

namespace umsadm::app {

struct RolloutTarget {
    std::string gateway;
    std::string group;                       // never two of one at the same time; empty: none
    std::optional<Fingerprint> certificate;  // absent: decided as the contract says
};

struct RolloutRequest {
    std::vector<RolloutTarget> targets;
    GatewayUpdateOptions each;
    RolloutLimits limits;
    std::string run{};     // the rollout that is taken up again; empty: a new one
    bool ask = true;       // for a yes, where somebody can be asked; false: never
    bool recorded = true;  // so that it can be taken up again, in place of the one before
};

// Updates many gateways, several at the same time, and returns one deployment for each target in its order, also for
// those that were never started. Each gateway is recorded as it ends (RolloutRecord), so that a rollout can be taken up
// again. An interruption lets those finish or go back that run, and starts nothing new; a refused login that has a
// password does so, too.
std::vector<Deployment> roll_out(Context& context, const Site& site, const Inventory& inventory,
                                 const RolloutRequest& request);

}  // namespace umsadm::app
