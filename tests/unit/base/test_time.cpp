#include <catch2/catch.hpp>

#include "umsadm/base/time.hpp"

using namespace umsadm;
using namespace std::chrono_literals;

TEST_CASE("a time is written and read in ISO 8601", "[base][time]") {
    const UtcTime epoch{};
    CHECK(format_utc(epoch) == "1970-01-01T00:00:00Z");
    CHECK(format_utc(epoch + 1'795'285'801s) == "2026-11-21T18:30:01Z");
    CHECK(format_utc_compact(epoch + 1'795'285'801s) == "20261121T183001Z");
    CHECK(parse_utc("2026-11-21T18:30:01Z") == epoch + 1'795'285'801s);
    CHECK(parse_utc("1969-12-31T23:59:59Z") == epoch - 1s);
    for (const char* text :
         {"1950-01-01T00:00:00Z", "2000-02-29T12:00:00Z", "2049-12-31T23:59:59Z", "9999-12-31T23:59:59Z"}) {
        REQUIRE(parse_utc(text));
        CHECK(format_utc(*parse_utc(text)) == text);
    }
}

TEST_CASE("a text that is no time is not read as one", "[base][time]") {
    for (const char* bad : {"", "2026-11-21", "2026-11-21T18:30:01", "2026-11-21 18:30:01Z", "2026-11-21T18:30:01z",
                            "2026-11-21T18:30:01+", "2026-11-21T24:00:00Z", "2026-11-21T18:60:00Z",
                            "2026-11-21T18:30:60Z", "2026-11-21T1 :30:01Z", "2026-02-29T00:00:00Z",
                            "2026-13-01T00:00:00Z", "2026-11-21T18:30:01Z ", "+026-11-21T18:30:01Z"}) {
        INFO(bad);
        CHECK_FALSE(parse_utc(bad));
    }
}

TEST_CASE("a date is a day that exists", "[base][time]") {
    using namespace std::chrono;
    CHECK(parse_date("2028-02-29") == year_month_day{2028y, February, 29d});
    for (const char* bad : {"2026-02-29", "2026-00-10", "2026-04-31", "2026-1-1", "26-01-01", "2026/01/01",
                            "2026-01-01 ", "2026-0x-01", "-026-01-01"}) {
        INFO(bad);
        CHECK_FALSE(parse_date(bad));
    }
}

TEST_CASE("days left are whole days, and negative as soon as the end is past", "[base][time]") {
    const UtcTime now = *parse_utc("2026-11-21T18:30:00Z");
    CHECK(days_left(now + 24h, now) == 1);
    CHECK(days_left(now + 24h - 1s, now) == 0);
    CHECK(days_left(now, now) == 0);
    CHECK(days_left(now - 1s, now) == -1);
    CHECK(days_left(now - 24h, now) == -1);
    CHECK(days_left(now - 24h - 1s, now) == -2);
}
