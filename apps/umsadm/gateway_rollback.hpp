#pragma once

#include <optional>
#include <string>

#include "umsadm/base/secret_source.hpp"
#include "umsadm/registry/login.hpp"

#include "context.hpp"
#include "deployment.hpp"

namespace umsadm::app {

struct GatewayRollbackOptions {
    LoginOptions login;
    std::string backup;  // a path or file name on the gateway; empty: the newest one
    std::optional<SecretSource> store_password;
    std::string alias;
    bool no_restart = false;
    bool no_verify = false;
    int keep_backups = 3;
    std::optional<std::uint32_t> wait_seconds;
};

// Puts a backup back. Throws what stops it before a change; what happens later is in the deployment.
Deployment roll_back_gateway(Context& context, const Site& site, const std::string& name,
                             const GatewayRollbackOptions& options);

}  // namespace umsadm::app
