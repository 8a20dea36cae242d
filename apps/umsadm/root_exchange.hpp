#pragma once

#include <string>
#include <vector>

#include "umsadm/jobs/update_keystore.hpp"

namespace umsadm::app {

// Whether the findings say that the root differs, and that this was allowed.
bool exchanges_root(const Findings& findings);

// What the exchange of the root means for the devices of the gateway, and what has to come before it, in lines for
// people. `next` is the new chain, with its root.
std::vector<std::string> describe_root_exchange(const CurrentOnGateway& current, const Chain& next,
                                                const Inventory& inventory, UtcTime now);

}  // namespace umsadm::app
