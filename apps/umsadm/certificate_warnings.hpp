#pragma once

#include "umsadm/jobs/inventory.hpp"

#include "output.hpp"

namespace umsadm::app {

// Says what is odd about a certificate that was just stored: it outlives its issuer, its chain is incomplete, and so
// on.
void warn_about(Output& out, const StoredCertificate& stored, const Inventory& inventory, UtcTime now);
// The same for one that is not of the site. The label without quotes.
void warn_about(Output& out, const std::string& label, const Chain& chain, UtcTime now);

}  // namespace umsadm::app
