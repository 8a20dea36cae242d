#pragma once

#include "umsadm/jobs/latest_deployments.hpp"
#include "umsadm/jobs/site_status.hpp"

#include "html_writer.hpp"

namespace umsadm::app {

// Drift: what each gateway serves beside what was installed there and what the site has for it. Those that need
// attention come first; many others are folded away.
void write_gateways(HtmlWriter& html, const SiteStatus& status);

// The matrix of servers and statuses of the UMS ID, and the Main UMS ID.
void write_servers(HtmlWriter& html, const SiteStatus& status);

void write_deployments(HtmlWriter& html, const LatestDeployments& deployments);

}  // namespace umsadm::app
