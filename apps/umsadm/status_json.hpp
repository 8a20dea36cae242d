#pragma once

#include "umsadm/jobs/site_status.hpp"

#include "json.hpp"

namespace umsadm::app {

// docs/json.md, "Status".
Json status_json(const SiteStatus& status);

}  // namespace umsadm::app
