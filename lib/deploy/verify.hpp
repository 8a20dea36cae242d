#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "umsadm/base/fingerprint.hpp"

#include "lib/deploy/change.hpp"

namespace umsadm {

// What a gateway has to show.
struct Expected {
    std::vector<Fingerprint> leaves;  // any of these, or
    std::vector<Fingerprint> chain;   // exactly this, leaf first
    bool healthy = false;             // and a status as the plan's rule wants it
};

// What a run brings, and what was there before it.
Expected new_state(const Change& change);
Expected old_state(const Change& change);

// Looks until the gateway shows it, or `wait` is over; at least once. Returns nothing when it did, else what it showed
// last, as in "it serves nothing (connection refused)". The status counts only over a connection that shows the
// expected certificate: the gateway keeps it for 30 s, so any other may be the one of before the restart.
std::optional<std::string> wait_until_served(Change& change, const Expected& expected, std::chrono::seconds wait);

}  // namespace umsadm
