#include "timeline_rows.hpp"

#include <algorithm>
#include <iterator>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "local_time.hpp"

namespace umsadm::app {
namespace {

constexpr std::size_t k_most_periods = 12;

enum class Period { month, quarter, year };

// As the date of the end is shown: in local time.
std::string period_of(UtcTime time, Period period) {
    const std::string date = format_local_date(time);
    std::string year = date.substr(0, date.size() - 6);
    const std::string month = date.substr(date.size() - 5, 2);
    if (period == Period::month) return year + "-" + month;
    if (period == Period::quarter) return fmt::format("{} Q{}", year, (std::stoi(month) + 2) / 3);
    return year;
}

std::vector<TimelineRow> grouped(const std::vector<TimelineItem>& items, Period period) {
    std::vector<TimelineRow> rows;
    for (const TimelineItem& item : items) {
        std::string name = period_of(item.until, period);
        if (rows.empty() || rows.back().period != name) rows.push_back({std::move(name), {}});
        rows.back().items.push_back(item);
    }
    for (TimelineRow& row : rows) {
        if (row.items.size() == 1) row.period.clear();
    }
    return rows;
}

// The shortest periods that are few enough.
std::vector<TimelineRow> grouped(const std::vector<TimelineItem>& items) {
    for (const Period period : {Period::month, Period::quarter}) {
        std::vector<TimelineRow> rows = grouped(items, period);
        if (rows.size() <= k_most_periods) return rows;
    }
    return grouped(items, Period::year);
}

}  // namespace

std::vector<TimelineRow> timeline_rows(std::vector<TimelineItem> items) {
    std::sort(items.begin(), items.end(), [](const TimelineItem& a, const TimelineItem& b) {
        return std::tie(a.until, a.name, a.detail) < std::tie(b.until, b.name, b.detail);
    });
    const std::size_t single = items.size() <= k_timeline_all ? items.size() : k_timeline_first;
    std::vector<TimelineItem> rest(std::make_move_iterator(items.begin() + static_cast<std::ptrdiff_t>(single)),
                                   std::make_move_iterator(items.end()));
    std::vector<TimelineRow> rows;
    for (std::size_t number = 0; number < single; ++number) rows.push_back({{}, {std::move(items[number])}});
    for (TimelineRow& row : grouped(rest)) rows.push_back(std::move(row));
    return rows;
}

}  // namespace umsadm::app
