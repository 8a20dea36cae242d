#pragma once

#include <optional>
#include <string>
#include <vector>

#include "umsadm/base/fingerprint.hpp"
#include "umsadm/jobs/inventory.hpp"
#include "umsadm/registry/gateway.hpp"
#include "umsadm/registry/site.hpp"

#include "json.hpp"
#include "output.hpp"

namespace umsadm::app {

// A gateway as lists and details show it.
struct ShownGateway {
    Gateway gateway;                                 // as stored
    LoginOptions login;                              // with the site's defaults
    std::optional<Fingerprint> used;                 // what its newest verified deployment installed
    const StoredCertificate* certificate = nullptr;  // the same, where the site has it; owned by the inventory
};

// The gateways of the site in this order; `inventory` has to outlive the result.
std::vector<ShownGateway> look_up(const Site& site, const std::vector<Gateway>& gateways, const Inventory& inventory);

Json gateway_json(const ShownGateway& shown, const Inventory& inventory, UtcTime now);
Table gateway_table(const std::vector<ShownGateway>& all, UtcTime now);

// One gateway in the form that the user wants: JSON, every detail in lines, or a row. Sets the JSON result.
void show_gateway(Output& out, const ShownGateway& shown, const Inventory& inventory, UtcTime now);

}  // namespace umsadm::app
