#pragma once

#include <chrono>
#include <string>

#include "umsadm/base/time.hpp"

namespace umsadm::app {

// Times as people here write them. JSON and rows for machines have UTC.

// 23:59:59 local time on that day. Throws Code::usage for a day that this machine's calendar cannot express.
UtcTime end_of_local_day(std::chrono::year_month_day day);

// 0:00:00 local time on that day, likewise.
UtcTime begin_of_local_day(std::chrono::year_month_day day);

std::string format_local(UtcTime time);       // "2027-11-21 23:59:59 CET"
std::string format_local_date(UtcTime time);  // "2027-11-21"

}  // namespace umsadm::app
