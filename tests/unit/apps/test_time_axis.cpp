#include <algorithm>

#include <catch2/catch.hpp>

#include "apps/umsadm/time_axis.hpp"

using namespace umsadm;
using namespace umsadm::app;
using std::chrono::days;

namespace {

const UtcTime k_time = *parse_utc("2026-11-21T12:00:00Z");

std::vector<UtcTime> ends_in(const std::vector<int>& in_days) {
    std::vector<UtcTime> ends;
    for (const int day : in_days) ends.push_back(k_time + days(day));
    return ends;
}

TimeAxis axis_of(const std::vector<int>& in_days) { return time_axis(k_time, ends_in(in_days)); }

bool is_inside(const TimeAxis& axis, int in_days) {
    const UtcTime time = k_time + days(in_days);
    return axis.begin < time && time < axis.end;
}

}  // namespace

TEST_CASE("places on an axis are percents from left to right", "[timeline]") {
    const TimeAxis axis{k_time, k_time + days(200), {}};
    CHECK(axis.percent(k_time) == Approx(0));
    CHECK(axis.percent(k_time + days(50)) == Approx(25));
    CHECK(axis.percent(k_time + days(200)) == Approx(100));
    CHECK(axis.percent(k_time - days(1)) == Approx(0));
    CHECK(axis.percent(UtcTime::max()) == Approx(100));
}

TEST_CASE("an axis shows now and every end of a usual site", "[timeline]") {
    for (const std::vector<int>& ends : std::vector<std::vector<int>>{
             {364}, {11, 364}, {11, 300, 364}, {3650, 7300, 1825}, {-12, 5, 300}, {-40, -2}, {0}, {1}}) {
        const TimeAxis axis = axis_of(ends);
        CHECK(is_inside(axis, 0));
        for (const int end : ends) CHECK(is_inside(axis, end));
    }
}

TEST_CASE("without any end there is still an axis", "[timeline]") {
    const TimeAxis axis = axis_of({});
    CHECK(is_inside(axis, 0));
    CHECK_FALSE(axis.ticks.empty());
}

TEST_CASE("one that lasts much longer than the others does not squeeze them", "[timeline]") {
    std::vector<int> ends(19, 365);
    ends.push_back(36500);
    const TimeAxis axis = axis_of(ends);
    CHECK_FALSE(is_inside(axis, 36500));
    CHECK(axis.percent(k_time + days(365)) > 60);
    CHECK(axis.percent(k_time + days(36500)) == Approx(100));
}

TEST_CASE("one that ended long ago leaves the future two thirds", "[timeline]") {
    const TimeAxis axis = axis_of({-3000, 365});
    CHECK(axis.percent(k_time) < 34);
    CHECK(axis.percent(k_time - days(3000)) == Approx(0));
}

TEST_CASE("a certificate that never ends has an axis", "[timeline]") {
    const TimeAxis axis = time_axis(k_time, {*parse_utc("9999-12-31T23:59:59Z")});
    CHECK(axis.end < k_time + days(50000));
    CHECK(axis.ticks.size() >= 2);
    CHECK(axis.ticks.size() <= 7);
}

TEST_CASE("ticks are a few, on the first of a month, in their order", "[timeline]") {
    for (const int life : {1, 30, 89, 90, 200, 365, 500, 800, 1200, 3650, 7300, 20000, 36525}) {
        const TimeAxis axis = axis_of({life, 1});
        INFO(life);
        CHECK(axis.ticks.size() >= 2);
        CHECK(axis.ticks.size() <= 7);
        CHECK(std::is_sorted(axis.ticks.begin(), axis.ticks.end(),
                             [](const AxisTick& a, const AxisTick& b) { return a.time < b.time; }));
        for (const AxisTick& tick : axis.ticks) {
            CHECK(format_utc(tick.time).substr(7) == "-01T00:00:00Z");
            CHECK(format_utc(tick.time).rfind(tick.label, 0) == 0);
            CHECK((axis.begin < tick.time && tick.time < axis.end));
        }
    }
}

TEST_CASE("months have the month in their label, years only the year", "[timeline]") {
    CHECK(axis_of({100}).ticks.front().label == "2026-12");
    CHECK(axis_of({3650}).ticks.front().label == "2028");
}
