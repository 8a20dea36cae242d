#pragma once

#include <string>

#include "umsadm/jobs/site_status.hpp"

namespace umsadm::app {

// What a monitoring plugin ends with (Monitoring Plugins Development Guidelines).
enum class NagiosState : int { ok = 0, warning = 1, critical = 2, unknown = 3 };

struct NagiosThresholds {
    int warning = k_expires_soon_days;  // days
    int critical = 7;
};

// Critical: an error, or something that is in use ends within `critical` days. Warning: a warning, or within `warning`
// days. Unknown: something could not be asked, and nothing else is wrong.
NagiosState nagios_state(const SiteStatus& status, const NagiosThresholds& thresholds);

// The status line with its performance data, and a newline.
std::string nagios_line(const SiteStatus& status, const NagiosThresholds& thresholds);
// The same for a run that could not even begin to look.
std::string nagios_line(const Error& error);

}  // namespace umsadm::app
