#pragma once

#include <optional>
#include <string>

#include "umsadm/base/fingerprint.hpp"
#include "umsadm/base/secret_source.hpp"
#include "umsadm/jobs/inventory.hpp"
#include "umsadm/registry/login.hpp"

#include "context.hpp"
#include "deployment.hpp"

namespace umsadm::app {

struct GatewayUpdateOptions {
    LoginOptions login;
    std::string certificate;  // a selector; empty: decided as the contract says
    std::optional<SecretSource> key_password;
    std::optional<SecretSource> store_password;
    std::string alias;
    bool dry_run = false;
    bool force = false;
    std::string reason;
    std::optional<Fingerprint> allowed_root;
    bool no_restart = false;
    bool no_verify = false;
    int keep_backups = 3;
    std::optional<std::uint32_t> wait_seconds;
    std::optional<int> due;  // days: a gateway whose certificate ends then or later is skipped

    // Whether a rule is overridden, which wants a yes from somebody.
    bool overrides() const noexcept { return force || allowed_root.has_value(); }
};

// Steps 1 to 8 of "keystore update" for one gateway, questions included. `inventory` is that of the site. A failure is
// in the deployment, not thrown; only an interruption and a question that nobody can answer end the whole run.
Deployment update_gateway(Context& context, const Site& site, const Inventory& inventory, const std::string& name,
                          const GatewayUpdateOptions& options);

}  // namespace umsadm::app
