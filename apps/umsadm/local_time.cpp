#include "local_time.hpp"

#include <array>
#include <ctime>

#include "umsadm/base/error.hpp"

namespace umsadm::app {
namespace {

std::tm local_fields(UtcTime time) {
    const std::time_t seconds = std::chrono::system_clock::to_time_t(time);
    std::tm local{};
    if (::localtime_r(&seconds, &local) == nullptr) throw Error(Code::failed, "a date is beyond the calendar");
    return local;
}

}  // namespace

UtcTime end_of_local_day(std::chrono::year_month_day day) {
    std::tm local{};
    local.tm_year = static_cast<int>(day.year()) - 1900;
    local.tm_mon = static_cast<int>(static_cast<unsigned>(day.month())) - 1;
    local.tm_mday = static_cast<int>(static_cast<unsigned>(day.day()));
    local.tm_hour = 23;
    local.tm_min = 59;
    local.tm_sec = 59;
    local.tm_isdst = -1;
    const std::time_t seconds = std::mktime(&local);
    if (seconds == static_cast<std::time_t>(-1)) throw Error(Code::usage, "this day is beyond the calendar");
    return UtcTime(std::chrono::seconds(seconds));
}

UtcTime begin_of_local_day(std::chrono::year_month_day day) {
    // Not 24 hours before its end: a day in spring has 23.
    return end_of_local_day(std::chrono::sys_days(day) - std::chrono::days(1)) + std::chrono::seconds(1);
}

std::string format_local(UtcTime time) {
    const std::tm local = local_fields(time);
    std::array<char, 64> text{};
    return {text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M:%S %Z", &local)};
}

std::string format_local_date(UtcTime time) {
    const std::tm local = local_fields(time);
    std::array<char, 16> text{};
    return {text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%d", &local)};
}

}  // namespace umsadm::app
