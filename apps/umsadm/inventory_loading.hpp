#pragma once

#include <vector>

#include "umsadm/jobs/inventory.hpp"
#include "umsadm/registry/site.hpp"

namespace umsadm::app {

// All certificates of the site, and which of them the gateways use: what the newest verified deployment in the journal
// of each gateway installed.
Inventory load_inventory(const Site& site);
// The same with these certificates instead of those that are stored.
Inventory load_inventory(const Site& site, const std::vector<CertificateFiles>& certificates);

}  // namespace umsadm::app
