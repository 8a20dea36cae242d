#include <catch2/catch.hpp>

#include "apps/umsadm/status_nagios.hpp"
#include "apps/umsadm/status_prometheus.hpp"

using namespace umsadm;
using namespace umsadm::app;
using Catch::Matchers::Contains;

namespace {

const UtcTime k_time = *parse_utc("2026-11-21T12:00:00Z");

Remark remark(Severity severity, const std::string& text, bool unknown = false) {
    return {"gateway", "berlin", {severity, "served-differs", text}, unknown, {}};
}

SiteStatus status_with(std::vector<Remark> remarks, std::optional<long> days = 100) {
    SiteStatus status;
    status.time = k_time;
    status.remarks = std::move(remarks);
    status.fewest_days_left = days;
    return status;
}

GatewayStatus gateway(const std::string& name, ServedState state) {
    GatewayStatus gateway;
    gateway.name = name;
    gateway.state = state;
    return gateway;
}

}  // namespace

TEST_CASE("the state of a plugin is the gravest, and unknown only when nothing is known to be wrong", "[status]") {
    const NagiosThresholds limits{30, 7};
    const auto state = [&](std::vector<Remark> remarks, std::optional<long> days = 100) {
        return nagios_state(status_with(std::move(remarks), days), limits);
    };
    const Remark error = remark(Severity::error, "it differs");
    const Remark warning = remark(Severity::warning, "it ends soon");
    const Remark unknown = remark(Severity::error, "no answer", true);
    CHECK(state({}) == NagiosState::ok);
    CHECK(state({}, std::nullopt) == NagiosState::ok);
    CHECK(state({remark(Severity::info, "by the way")}) == NagiosState::ok);
    CHECK(state({warning}) == NagiosState::warning);
    CHECK(state({unknown}) == NagiosState::unknown);
    CHECK(state({unknown, warning}) == NagiosState::warning);
    CHECK(state({unknown, error}) == NagiosState::critical);
}

TEST_CASE("the thresholds of a plugin include their own day", "[status]") {
    const NagiosThresholds limits{30, 7};
    const auto state = [&](long days) { return nagios_state(status_with({}, days), limits); };
    CHECK(state(31) == NagiosState::ok);
    CHECK(state(30) == NagiosState::warning);
    CHECK(state(8) == NagiosState::warning);
    CHECK(state(7) == NagiosState::critical);
    CHECK(state(-1) == NagiosState::critical);
}

TEST_CASE("the status line of a plugin is one line with one bar", "[status]") {
    SiteStatus status = status_with({remark(Severity::error, "a|b\nc")}, std::nullopt);
    status.gateways = {gateway("berlin", ServedState::differs), gateway("munich", ServedState::unknown)};
    CHECK(nagios_line(status, {30, 7}) ==
          "UMSADM CRITICAL - gateway \"berlin\": a/b\\x0ac | days_left=U;@~:30;@~:7 errors=1 warnings=0 gateways=2 "
          "gateways_differ=1 gateways_unknown=1 servers=0 servers_not_in_sync=0 servers_unknown=0\n");
    CHECK(nagios_line(Error(Code::not_found, "there is no site | here")) ==
          "UMSADM UNKNOWN - there is no site / here\n");
}

TEST_CASE("the status line of a plugin tells three things and counts the rest", "[status]") {
    const Remark one = remark(Severity::warning, "w");
    const std::string line = nagios_line(status_with({one, one, one, one, one}), {30, 7});
    CHECK_THAT(line, Contains("; and 2 more | "));
    CHECK_THAT(nagios_line(status_with({}), {30, 7}),
               Contains("UMSADM OK - 0 gateways, 0 servers, the next end is in 100 days | "));
}

TEST_CASE("samples have their help and type first, and escaped labels", "[status]") {
    SiteStatus status = status_with({});
    GatewayStatus berlin = gateway("berlin", ServedState::as_installed);
    berlin.last_verified = k_time;
    status.gateways = {berlin};
    Remark odd = remark(Severity::error, "x");
    odd.name = "a\\b\"c\nd";
    status.remarks = {odd, odd};
    const std::string text = prometheus_text(status);
    CHECK_THAT(text, Contains("# HELP umsadm_gateway_last_verified_timestamp_seconds When a gateway was last seen to "
                              "serve what was installed.\n"
                              "# TYPE umsadm_gateway_last_verified_timestamp_seconds gauge\n"
                              "umsadm_gateway_last_verified_timestamp_seconds{gateway=\"berlin\"} 1795262400\n"));
    CHECK_THAT(text, Contains("umsadm_gateway_state{gateway=\"berlin\",state=\"as-installed\"} 1\n"
                              "umsadm_gateway_state{gateway=\"berlin\",state=\"differs\"} 0\n"));
    CHECK_THAT(text, Contains("umsadm_finding{kind=\"gateway\",name=\"a\\\\b\\\"c\\nd\",code=\"served-differs\","
                              "severity=\"error\"} 2\n"));
    CHECK(text.back() == '\n');
}

TEST_CASE("what nobody knows has no sample", "[status]") {
    SiteStatus status = status_with({}, std::nullopt);
    status.servers = {{"ums1", "ums1.example.com", std::nullopt, UmsIdStatus::unknown, std::nullopt, std::nullopt}};
    const std::string text = prometheus_text(status);
    CHECK_THAT(text, !Contains("umsadm_server_running"));
    CHECK_THAT(text, !Contains("umsadm_ums_id_expiry"));
    CHECK_THAT(text, Contains("umsadm_server_ums_id_status{server=\"ums1\",status=\"unknown\"} 1\n"));
}
