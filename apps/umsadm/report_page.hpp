#pragma once

#include <string>

#include "umsadm/jobs/latest_deployments.hpp"
#include "umsadm/jobs/site_status.hpp"

namespace umsadm::app {

struct Report {
    const SiteStatus& status;
    const LatestDeployments& deployments;
    std::string title;
    std::string site;     // where it is
    std::string made_by;  // "umsadm 0.1.0"
};

// The status of a site as one page to look at: HTML that is well-formed XML too, with nothing outside of it, no script,
// and a policy that forbids both. It judges nothing: what is red, and why, the status says.
std::string report_page(const Report& report);

}  // namespace umsadm::app
