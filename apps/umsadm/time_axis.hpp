#pragma once

#include <string>
#include <vector>

#include "umsadm/base/time.hpp"

namespace umsadm::app {

struct AxisTick {
    UtcTime time;
    std::string label;  // "2027-03", or "2027" where there is none between years
};

// A stretch of time that is drawn from the left to the right.
struct TimeAxis {
    UtcTime begin;
    UtcTime end;
    std::vector<AxisTick> ticks;  // a few, on the first of a month

    // Where it is, from 0 to 100; what is beyond an edge is on it.
    double percent(UtcTime time) const noexcept;
};

// An axis on which `now` and as many of the `ends` as possible can be told apart: it goes back for those that are past,
// but gives them a third of its length at most, and one that ends much later than all others is beyond its right edge.
TimeAxis time_axis(UtcTime now, const std::vector<UtcTime>& ends);

}  // namespace umsadm::app
