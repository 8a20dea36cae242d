#include "local_time.hpp"

#include <array>
#include <ctime>

#include "umsadm/base/error.hpp"

namespace umsadm::app {
namespace {

std::string format(UtcTime time, const char* pattern) {
    const std::time_t seconds = std::chrono::system_clock::to_time_t(time);
    std::tm local{};
    std::array<char, 64> text{};
    if (::localtime_r(&seconds, &local) == nullptr) return format_utc(time);
    const std::size_t size = std::strftime(text.data(), text.size(), pattern, &local);
    return {text.data(), size};
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

std::string format_local(UtcTime time) { return format(time, "%Y-%m-%d %H:%M:%S %Z"); }

std::string format_local_date(UtcTime time) { return format(time, "%Y-%m-%d"); }

}  // namespace umsadm::app
