#pragma once

#include <string>
#include <vector>

#include "certificate_export.hpp"

namespace umsadm::app {

// The files that a reverse proxy in front of a gateway wants, in a folder of their own: fullchain.pem and privkey.pem
// (NGINX, Apache), haproxy.pem (both in one, for HAProxy) and chain.pem (the issuers). All are there at once; with
// `force` a folder that is there is exchanged as a whole, unless it holds anything else. Returns the files' names.
// Throws as export_certificate() does.
std::vector<std::string> export_for_proxy(Context& ctx, const Site& site, const StoredCertificate& stored,
                                          const Inventory& inventory, const ExportOptions& options,
                                          const std::string& folder, bool force);

}  // namespace umsadm::app
