#pragma once

#include <string>

#include "umsadm/jobs/site_status.hpp"

namespace umsadm::app {

// The status in Prometheus' text format 0.0.4, for the textfile collector of the node exporter. What nobody knows has
// no sample.
std::string prometheus_text(const SiteStatus& status);

}  // namespace umsadm::app
