#pragma once

#include "umsadm/jobs/site_status.hpp"

#include "output.hpp"

namespace umsadm::app {

// For people: gateways, servers, authorities, and at the end what needs attention with the commands to type. For
// machines: one row for each of them.
void show_status(Output& out, const SiteStatus& status);

}  // namespace umsadm::app
