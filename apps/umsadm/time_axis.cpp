#include "time_axis.hpp"

#include <algorithm>
#include <array>
#include <chrono>

#include <fmt/format.h>

namespace umsadm::app {
namespace {

using std::chrono::days;
using std::chrono::seconds;

constexpr auto k_shortest = days(90);
constexpr auto k_longest = days(36525);
constexpr std::size_t k_most_ticks = 7;
constexpr std::array<int, 10> k_steps{1, 2, 3, 6, 12, 24, 60, 120, 240, 600};  // months

seconds share(seconds whole, double part) {
    return seconds(static_cast<seconds::rep>(static_cast<double>(whole.count()) * part));
}

// Half as far again as nine of ten of what is to come: the few that last longer would squeeze all others.
UtcTime last_of(UtcTime now, const std::vector<UtcTime>& ends) {
    std::vector<UtcTime> coming;
    std::copy_if(ends.begin(), ends.end(), std::back_inserter(coming), [now](UtcTime end) { return end > now; });
    if (coming.empty()) return now + k_shortest;
    std::sort(coming.begin(), coming.end());
    const seconds usual = coming[(coming.size() * 9 + 9) / 10 - 1] - now;
    const seconds last = std::min<seconds>(coming.back() - now, std::min<seconds>(usual, k_longest) * 3 / 2);
    return now + std::clamp<seconds>(last, k_shortest, k_longest);
}

UtcTime month_begin(long month) {
    const long year = month >= 0 ? month / 12 : (month - 11) / 12;
    const auto date = std::chrono::year(static_cast<int>(year)) /
                      std::chrono::month(static_cast<unsigned>(month - year * 12) + 1) / std::chrono::day(1);
    return std::chrono::sys_days(date);
}

// Months since the beginning of the calendar.
long month_of(UtcTime time) {
    const std::chrono::year_month_day date(std::chrono::floor<days>(time));
    return 12L * static_cast<int>(date.year()) + static_cast<long>(static_cast<unsigned>(date.month())) - 1;
}

std::vector<AxisTick> ticks_of(UtcTime begin, UtcTime end, int step) {
    std::vector<AxisTick> ticks;
    for (long month = (month_of(begin) / step + 1) * step; month_begin(month) < end; month += step) {
        const UtcTime time = month_begin(month);
        const std::string day = format_utc(time);
        ticks.push_back({time, day.substr(0, step % 12 == 0 ? 4 : 7)});
    }
    return ticks;
}

}  // namespace

double TimeAxis::percent(UtcTime time) const noexcept {
    const auto whole = static_cast<double>((end - begin).count());
    return std::clamp(100.0 * static_cast<double>((time - begin).count()) / whole, 0.0, 100.0);
}

TimeAxis time_axis(UtcTime now, const std::vector<UtcTime>& ends) {
    const UtcTime last = last_of(now, ends);
    const seconds coming = last - now;
    const seconds margin = share(coming, 0.05);
    seconds past = margin;
    if (!ends.empty()) {
        const seconds ended = now - *std::min_element(ends.begin(), ends.end());
        past = std::clamp<seconds>(ended + margin, margin, share(coming, 0.5));
    }
    TimeAxis axis{now - past, last + margin, {}};
    for (const int step : k_steps) {
        axis.ticks = ticks_of(axis.begin, axis.end, step);
        if (axis.ticks.size() <= k_most_ticks) break;
    }
    return axis;
}

}  // namespace umsadm::app
