#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "umsadm/jobs/site_status.hpp"

namespace umsadm::app {

// What lasts from one moment to another.
struct TimelineItem {
    std::string name;    // "berlin"
    std::string detail;  // "ICG Berlin@3"; may be empty
    UtcTime from;
    UtcTime until;
    Expiry expiry = Expiry::later;
    bool in_use = true;  // the end of what nobody uses is none to think of
};

// One line of a timeline: one item, or all that end in the same month, quarter or year.
struct TimelineRow {
    std::string period;               // "2027-03", "2027 Q1", "2027"; empty: a single item
    std::vector<TimelineItem> items;  // the one that ends first is the first
};

// So many lines each have an item of their own; where there are more items, the first ones have, and the others are
// put together, so that a timeline of hundreds still fits on a page.
constexpr std::size_t k_timeline_all = 24;
constexpr std::size_t k_timeline_first = 12;

// What ends first is first.
std::vector<TimelineRow> timeline_rows(std::vector<TimelineItem> items);

}  // namespace umsadm::app
