#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "umsadm/base/secret_source.hpp"
#include "umsadm/jobs/renewal_plan.hpp"
#include "umsadm/jobs/rollout_schedule.hpp"
#include "umsadm/registry/site.hpp"

#include "context.hpp"
#include "deployment.hpp"
#include "gateway_choice.hpp"
#include "gateway_update.hpp"
#include "renewal_hooks.hpp"

namespace umsadm::app {

struct RenewOptions {
    GatewayChoice gateways;  // empty: all
    std::chrono::days within = k_renew_within;
    std::optional<SecretSource> root_key_password;
    GatewayUpdateOptions each;
    RolloutLimits limits;
    RenewalHookOptions hooks;
};

// The body of "renew": decides what is due, makes and deploys it, and runs the hooks around that. It asks nothing. A
// failure is in the result, not thrown, but for an interruption: then the result has what was done before.
ExitCode renew_gateways(Context& ctx, const RenewOptions& options);

}  // namespace umsadm::app
