#include "status_nagios.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "umsadm/base/text.hpp"

namespace umsadm::app {
namespace {

constexpr std::size_t k_told = 3;

std::string_view word_of(NagiosState state) noexcept {
    switch (state) {
        case NagiosState::ok: return "OK";
        case NagiosState::warning: return "WARNING";
        case NagiosState::critical: return "CRITICAL";
        case NagiosState::unknown: break;
    }
    return "UNKNOWN";
}

// A bar begins the performance data, and a line break ends the line.
std::string on_one_line(std::string_view text) {
    std::string safe = printable(text);
    std::replace(safe.begin(), safe.end(), '|', '/');
    return safe;
}

std::string whole_text(const Remark& remark) {
    if (remark.kind == "gateway" || remark.kind == "server") {
        return fmt::format("{} {}: {}", remark.kind, in_quotes(remark.name), remark.finding.text);
    }
    return remark.finding.text;
}

std::string summary(const SiteStatus& status) {
    std::string text;
    std::size_t told = 0;
    std::size_t more = 0;
    for (const Remark& remark : status.remarks) {
        if (remark.finding.severity == Severity::info) continue;
        if (told == k_told) {
            ++more;
            continue;
        }
        text += (told++ == 0 ? "" : "; ") + whole_text(remark);
    }
    if (more > 0) text += fmt::format("; and {} more", more);
    if (!text.empty()) return text;
    const auto many = [](std::size_t count, std::string_view what) {
        return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
    };
    text = many(status.gateways.size(), "gateway") + ", " + many(status.servers.size(), "server");
    if (status.fewest_days_left) text += fmt::format(", the next end is in {} days", *status.fewest_days_left);
    return text;
}

std::string performance_data(const SiteStatus& status, const NagiosThresholds& thresholds) {
    const auto gateways = [&](ServedState state) {
        return std::count_if(status.gateways.begin(), status.gateways.end(),
                             [&](const GatewayStatus& gateway) { return gateway.state == state; });
    };
    const auto servers = [&](UmsIdStatus state) {
        return std::count_if(status.servers.begin(), status.servers.end(),
                             [&](const ServerStatus& server) { return server.ums_id == state; });
    };
    // "@~:30": an alert for what is 30 or less.
    return fmt::format(
        "days_left={};@~:{};@~:{} errors={} warnings={} gateways={} gateways_differ={} gateways_unknown={} "
        "servers={} servers_not_in_sync={} servers_unknown={}",
        status.fewest_days_left ? std::to_string(*status.fewest_days_left) : "U", thresholds.warning,
        thresholds.critical, status.count(Severity::error), status.count(Severity::warning), status.gateways.size(),
        gateways(ServedState::differs), gateways(ServedState::unknown), status.servers.size(),
        servers(UmsIdStatus::restart_needed), servers(UmsIdStatus::unknown));
}

}  // namespace

NagiosState nagios_state(const SiteStatus& status, const NagiosThresholds& thresholds) {
    const auto any = [&](auto condition) {
        return std::any_of(status.remarks.begin(), status.remarks.end(), condition);
    };
    const auto within = [&](int days) { return status.fewest_days_left && *status.fewest_days_left <= days; };
    const bool wrong =
        any([](const Remark& remark) { return !remark.unknown && remark.finding.severity == Severity::error; });
    const bool doubtful =
        any([](const Remark& remark) { return !remark.unknown && remark.finding.severity == Severity::warning; });
    if (wrong || within(thresholds.critical)) return NagiosState::critical;
    if (doubtful || within(thresholds.warning)) return NagiosState::warning;
    const bool unknown = any([](const Remark& remark) { return remark.unknown; });
    return unknown ? NagiosState::unknown : NagiosState::ok;
}

std::string nagios_line(const SiteStatus& status, const NagiosThresholds& thresholds) {
    return fmt::format("UMSADM {} - {} | {}\n", word_of(nagios_state(status, thresholds)), on_one_line(summary(status)),
                       performance_data(status, thresholds));
}

std::string nagios_line(const Error& error) {
    return fmt::format("UMSADM {} - {}\n", word_of(NagiosState::unknown), on_one_line(error.message()));
}

}  // namespace umsadm::app
