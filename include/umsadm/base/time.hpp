#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace umsadm {

// A moment, to the second, in UTC. The library never asks for the present moment: it is handed in.
using UtcTime = std::chrono::sys_seconds;

// The wall clock of the caller, for records that are written while a job runs.
using Clock = std::function<UtcTime()>;

// "2026-11-21T18:30:00Z" (ISO 8601, RFC 3339).
std::string format_utc(UtcTime time);
std::optional<UtcTime> parse_utc(std::string_view text);
// "20261121T183000Z": for file names.
std::string format_utc_compact(UtcTime time);

// "2026-11-21": a calendar day that exists. Anything else is empty.
std::optional<std::chrono::year_month_day> parse_date(std::string_view text);

// Whole days from `now` to `end`, rounded down; negative once `end` is past.
long days_left(UtcTime end, UtcTime now) noexcept;

}  // namespace umsadm
