#pragma once

#include "umsadm/jobs/site_status.hpp"

#include "html_writer.hpp"

namespace umsadm::app {

// When the certificates of the gateways end, and when the authorities and the Main UMS ID do: two tables, each with a
// bar for a row and with a scale of its own, as years would leave nothing of months to see.
void write_timelines(HtmlWriter& html, const SiteStatus& status);

}  // namespace umsadm::app
