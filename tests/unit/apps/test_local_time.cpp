#include <cstdlib>
#include <ctime>
#include <optional>

#include <catch2/catch.hpp>

#include "apps/umsadm/local_time.hpp"

using namespace umsadm;
using namespace umsadm::app;
using namespace std::chrono_literals;
using std::chrono::sys_days;

namespace {

// A time zone while a test runs. The rule is written out: the names of zones may not be installed.
class TimeZone {
public:
    explicit TimeZone(const char* rule) {
        if (const char* const old = std::getenv("TZ")) m_old = old;
        ::setenv("TZ", rule, 1);
        ::tzset();
    }
    TimeZone(const TimeZone&) = delete;
    TimeZone& operator=(const TimeZone&) = delete;
    ~TimeZone() {
        if (m_old) {
            ::setenv("TZ", m_old->c_str(), 1);
        } else {
            ::unsetenv("TZ");
        }
        ::tzset();
    }

private:
    std::optional<std::string> m_old;
};

constexpr const char* k_berlin = "CET-1CEST,M3.5.0,M10.5.0/3";
constexpr const char* k_new_york = "EST5EDT,M3.2.0,M11.1.0";

}  // namespace

TEST_CASE("a day ends at 23:59:59 local time, also when clocks change on it", "[apps][local_time]") {
    const TimeZone zone(k_berlin);
    CHECK(end_of_local_day(2027y / 1 / 15) == sys_days(2027y / 1 / 15) + 22h + 59min + 59s);
    CHECK(end_of_local_day(2027y / 7 / 15) == sys_days(2027y / 7 / 15) + 21h + 59min + 59s);
    CHECK(end_of_local_day(2027y / 3 / 28) == sys_days(2027y / 3 / 28) + 21h + 59min + 59s);
    CHECK(end_of_local_day(2027y / 10 / 31) == sys_days(2027y / 10 / 31) + 22h + 59min + 59s);
}

TEST_CASE("west of Greenwich a day ends on the next one in UTC", "[apps][local_time]") {
    const TimeZone zone(k_new_york);
    CHECK(end_of_local_day(2028y / 2 / 29) == sys_days(2028y / 3 / 1) + 4h + 59min + 59s);
}

TEST_CASE("a day after 2038 is no problem", "[apps][local_time]") {
    const TimeZone zone("UTC0");
    CHECK(end_of_local_day(2106y / 12 / 31) == sys_days(2106y / 12 / 31) + 23h + 59min + 59s);
}

TEST_CASE("a time is shown with its zone, and the date is the local one", "[apps][local_time]") {
    const UtcTime time = sys_days(2027y / 12 / 31) + 23h + 30min;
    {
        const TimeZone zone(k_berlin);
        CHECK(format_local(time) == "2028-01-01 00:30:00 CET");
        CHECK(format_local_date(time) == "2028-01-01");
        CHECK(format_local(sys_days(2027y / 7 / 1) + 12h) == "2027-07-01 14:00:00 CEST");
    }
    const TimeZone zone(k_new_york);
    CHECK(format_local(time) == "2027-12-31 18:30:00 EST");
}
