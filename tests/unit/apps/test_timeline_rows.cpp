#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "apps/umsadm/timeline_rows.hpp"

using namespace umsadm;
using namespace umsadm::app;
using std::chrono::days;

namespace {

const UtcTime k_time = *parse_utc("2027-01-15T12:00:00Z");

TimelineItem item(const std::string& name, UtcTime until) { return {name, {}, k_time, until}; }

std::vector<TimelineItem> items(std::size_t count, days apart) {
    std::vector<TimelineItem> all;
    for (std::size_t number = 0; number < count; ++number) {
        all.push_back(item(fmt::format("gw{:03}", number), k_time + apart * static_cast<int>(number)));
    }
    return all;
}

std::size_t count_of(const std::vector<TimelineRow>& rows) {
    std::size_t count = 0;
    for (const TimelineRow& row : rows) count += row.items.size();
    return count;
}

}  // namespace

TEST_CASE("no item makes no row", "[timeline]") { CHECK(timeline_rows({}).empty()); }

TEST_CASE("a few items have a row each, what ends first is first, and names decide between equals", "[timeline]") {
    const auto rows = timeline_rows({item("b", k_time), item("c", k_time - days(1)), item("a", k_time)});
    REQUIRE(rows.size() == 3);
    CHECK(rows[0].items.front().name == "c");
    CHECK(rows[1].items.front().name == "a");
    CHECK(rows[2].items.front().name == "b");
    for (const TimelineRow& row : rows) CHECK(row.period.empty());
    CHECK(timeline_rows(items(k_timeline_all, days(1))).size() == k_timeline_all);
}

TEST_CASE("of many items the first ones have a row each, the others are put together by month", "[timeline]") {
    const auto rows = timeline_rows(items(200, days(1)));
    CHECK(count_of(rows) == 200);
    REQUIRE(rows.size() == k_timeline_first + 8);
    CHECK(rows[k_timeline_first - 1].period.empty());
    // 2027-01-15 and twelve days more: the rest of January comes first.
    CHECK(rows[k_timeline_first].period == "2027-01");
    CHECK(rows[k_timeline_first].items.size() == 5);
    CHECK(rows[k_timeline_first].items.front().name == "gw012");
    CHECK(rows[k_timeline_first + 1].period == "2027-02");
    CHECK(rows[k_timeline_first + 1].items.size() == 28);
}

TEST_CASE("where months are too many there are quarters, and then years", "[timeline]") {
    const auto quarters = timeline_rows(items(200, days(5)));
    CHECK(count_of(quarters) == 200);
    CHECK(quarters.back().period == "2029 Q4");
    const auto years = timeline_rows(items(200, days(50)));
    CHECK(count_of(years) == 200);
    CHECK(years.back().period == "2054");
}

TEST_CASE("an item that is alone in its month keeps its own row", "[timeline]") {
    auto all = items(30, days(0));
    all.push_back(item("late", k_time + days(200)));
    const auto rows = timeline_rows(all);
    CHECK(rows.back().period.empty());
    CHECK(rows.back().items.front().name == "late");
}
