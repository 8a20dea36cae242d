#include "status_prometheus.hpp"

#include <array>
#include <map>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "umsadm/base/text.hpp"

namespace umsadm::app {
namespace {

using Labels = std::vector<std::pair<std::string_view, std::string>>;

std::string escaped(std::string_view value) {
    std::string result;
    for (const char c : value) {
        switch (c) {
            case '\\': result += "\\\\"; break;
            case '"': result += "\\\""; break;
            case '\n': result += "\\n"; break;
            default: result += c;
        }
    }
    return result;
}

std::string text_of(const Labels& labels) {
    std::string text;
    for (const auto& [name, value] : labels) {
        text += fmt::format("{}{}=\"{}\"", text.empty() ? "" : ",", name, escaped(value));
    }
    return text.empty() ? text : "{" + text + "}";
}

// One gauge with its samples. One without samples is left out.
class Gauge {
public:
    Gauge(std::string_view name, std::string_view help) : m_name(name), m_help(help) {}

    void add(const Labels& labels, long long value) {
        m_samples += fmt::format("umsadm_{}{} {}\n", m_name, text_of(labels), value);
    }
    void add_time(const Labels& labels, UtcTime time) { add(labels, time.time_since_epoch().count()); }

    void write(std::string& text) const {
        if (m_samples.empty()) return;
        text += fmt::format("# HELP umsadm_{0} {1}\n# TYPE umsadm_{0} gauge\n", m_name, m_help) + m_samples;
    }

private:
    std::string_view m_name;
    std::string_view m_help;
    std::string m_samples;
};

constexpr std::array k_states{ServedState::as_installed,   ServedState::differs, ServedState::nothing_served,
                              ServedState::never_deployed, ServedState::unknown, ServedState::not_asked};
constexpr std::array<std::pair<UmsIdStatus, std::string_view>, 4> k_ums_id_states{
    {{UmsIdStatus::main, "main"},
     {UmsIdStatus::in_sync, "in-sync"},
     {UmsIdStatus::restart_needed, "not-in-sync"},
     {UmsIdStatus::unknown, "unknown"}}};

void write_run(const SiteStatus& status, std::string& text) {
    Gauge time("status_timestamp_seconds", "When this was looked at.");
    time.add_time({}, status.time);
    time.write(text);
    Gauge offline("status_offline", "1 when nobody was asked.");
    offline.add({}, status.offline ? 1 : 0);
    offline.write(text);
}

void write_gateways(const SiteStatus& status, std::string& text) {
    Gauge states("gateway_state", "1 for the state of what a gateway serves, else 0.");
    Gauge ends("gateway_certificate_expiry_timestamp_seconds", "When the certificate of a gateway ends.");
    Gauge verified("gateway_last_verified_timestamp_seconds",
                   "When a gateway was last seen to serve what was installed.");
    for (const GatewayStatus& gateway : status.gateways) {
        for (const ServedState state : k_states) {
            states.add({{"gateway", gateway.name}, {"state", std::string(served_state_name(state))}},
                       gateway.state == state ? 1 : 0);
        }
        if (gateway.certificate) {
            ends.add_time({{"gateway", gateway.name}, {"certificate", gateway.certificate_name}},
                          gateway.certificate->not_after());
        }
        if (gateway.last_verified) verified.add_time({{"gateway", gateway.name}}, *gateway.last_verified);
    }
    states.write(text);
    ends.write(text);
    verified.write(text);
}

void write_servers(const SiteStatus& status, std::string& text) {
    Gauge running("server_running", "1 when the web port of a UMS Server answers.");
    Gauge states("server_ums_id_status", "1 for the status of the UMS ID of a UMS Server, else 0.");
    Gauge asked("server_asked_timestamp_seconds", "When a UMS Server was asked.");
    for (const ServerStatus& server : status.servers) {
        if (server.running) running.add({{"server", server.name}}, *server.running ? 1 : 0);
        for (const auto& [state, name] : k_ums_id_states) {
            states.add({{"server", server.name}, {"status", std::string(name)}}, server.ums_id == state ? 1 : 0);
        }
        if (server.time) asked.add_time({{"server", server.name}}, *server.time);
    }
    running.write(text);
    states.write(text);
    asked.write(text);
    if (!status.main_ums_id) return;
    Gauge end("ums_id_expiry_timestamp_seconds", "When the Main UMS ID ends.");
    end.add_time({}, status.main_ums_id->not_after());
    end.write(text);
}

void write_certificates(const SiteStatus& status, std::string& text) {
    Gauge ends("certificate_expiry_timestamp_seconds", "When a certificate of the site ends.");
    Gauge used("certificate_gateways", "How many gateways have a certificate, or one that it signed.");
    for (const CertificateStatus& certificate : status.certificates) {
        const Labels labels{{"name", certificate.stored->record.name},
                            {"generation", std::to_string(certificate.stored->record.generation)},
                            {"type", std::string(certificate_type_name(certificate.type))}};
        ends.add_time(labels, certificate.stored->certificate.not_after());
        used.add(labels, static_cast<long long>(certificate.gateways));
    }
    ends.write(text);
    used.write(text);
}

void write_findings(const SiteStatus& status, std::string& text) {
    Gauge total("findings", "How many things need attention.");
    total.add({{"severity", "error"}}, static_cast<long long>(status.count(Severity::error)));
    total.add({{"severity", "warning"}}, static_cast<long long>(status.count(Severity::warning)));
    total.write(text);

    std::map<std::array<std::string, 4>, long long> counts;
    for (const Remark& remark : status.remarks) {
        ++counts[{std::string(remark.kind), remark.name, remark.finding.code,
                  std::string(severity_name(remark.finding.severity))}];
    }
    Gauge each("finding", "What was found, by its code.");
    for (const auto& [key, count] : counts) {
        each.add({{"kind", key[0]}, {"name", key[1]}, {"code", key[2]}, {"severity", key[3]}}, count);
    }
    each.write(text);
}

}  // namespace

std::string prometheus_text(const SiteStatus& status) {
    std::string text;
    write_run(status, text);
    write_gateways(status, text);
    write_servers(status, text);
    write_certificates(status, text);
    write_findings(status, text);
    return text;
}

}  // namespace umsadm::app
