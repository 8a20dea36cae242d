#include "status_view.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "umsadm/base/text.hpp"

#include "certificate_view.hpp"
#include "local_time.hpp"
#include "server_status_view.hpp"

namespace umsadm::app {
namespace {

constexpr std::size_t k_most_commands = 5;
constexpr std::size_t k_longest_name = 40;

Style look_of(ServedState state) noexcept {
    switch (state) {
        case ServedState::as_installed: return Style::good;
        case ServedState::differs:
        case ServedState::nothing_served:
        case ServedState::unknown: return Style::bad;
        case ServedState::never_deployed:
        case ServedState::not_asked: break;
    }
    return Style::plain;
}

Style look_of(Severity severity) noexcept {
    if (severity == Severity::error) return Style::bad;
    return severity == Severity::warning ? Style::warning : Style::plain;
}

Cell time_cell(const std::optional<UtcTime>& time) {
    if (!time) return "never";
    return {format_local(*time), format_utc(*time)};
}

Cell days_cell(const std::optional<UtcTime>& end, const SiteStatus& status) {
    if (!end) return "-";
    return {std::to_string(days_left(*end, status.time)), style_of_end(*end, status.time, status.soon_days)};
}

std::optional<UtcTime> end_of(const GatewayStatus& gateway) {
    return gateway.certificate ? std::optional(gateway.certificate->not_after()) : std::nullopt;
}

// A name is whole, a fingerprint where there is no name is cut.
Cell name_cell(const std::string& name) {
    if (name.empty()) return "-";
    return name.size() <= k_longest_name ? Cell(name) : Cell(name.substr(0, 23) + "...", name);
}

Table gateway_table(const SiteStatus& status) {
    Table table{
        {{"GATEWAY"}, {"ADDRESS"}, {"SERVES"}, {"CERTIFICATE"}, {"EXPIRES"}, {"DAYS", Align::right}, {"LAST_VERIFIED"}},
        {}};
    for (const GatewayStatus& gateway : status.gateways) {
        const auto end = end_of(gateway);
        table.rows.push_back({gateway.name,
                              gateway.endpoint,
                              {std::string(served_state_name(gateway.state)), look_of(gateway.state)},
                              name_cell(gateway.certificate_name),
                              end_cell(end),
                              days_cell(end, status),
                              time_cell(gateway.last_verified)});
    }
    return table;
}

Table server_table(const SiteStatus& status) {
    Table table{{{"SERVER"}, {"HOST"}, {"STATUS"}, {"UMS ID"}, {"SEEN"}}, {}};
    for (const ServerStatus& server : status.servers) {
        const std::string running = server.running ? std::string(server_status_text(*server.running)) : "-";
        table.rows.push_back({server.name,
                              server.host,
                              {running, server.running.value_or(true) ? Style::plain : Style::bad},
                              {std::string(ums_id_status_text(server.ums_id)), style_of(server.ums_id)},
                              time_cell(server.time)});
    }
    return table;
}

bool is_shown(const CertificateStatus& certificate) noexcept { return certificate.type != CertificateType::end_entity; }

Table authority_table(const SiteStatus& status) {
    Table table{{{"AUTHORITY"}, {"TYPE"}, {"EXPIRES"}, {"DAYS", Align::right}, {"GATEWAYS", Align::right}}, {}};
    for (const CertificateStatus& certificate : status.certificates) {
        if (!is_shown(certificate)) continue;
        const UtcTime end = certificate.stored->certificate.not_after();
        table.rows.push_back({certificate.stored->label(), std::string(certificate_type_name(certificate.type)),
                              end_cell(end), days_cell(end, status), std::to_string(certificate.gateways)});
    }
    return table;
}

Table machine_table(const SiteStatus& status) {
    Table table{{{"KIND"}, {"NAME"}, {"STATE"}, {"CERTIFICATE"}, {"EXPIRES"}, {"DAYS"}, {"SEEN"}}, {}};
    for (const GatewayStatus& gateway : status.gateways) {
        const auto end = end_of(gateway);
        table.rows.push_back({"gateway", gateway.name, std::string(served_state_name(gateway.state)),
                              name_cell(gateway.certificate_name), end_cell(end), days_cell(end, status),
                              time_cell(gateway.last_verified)});
    }
    for (const ServerStatus& server : status.servers) {
        table.rows.push_back({"server", server.name, std::string(ums_id_status_text(server.ums_id)), "-", "-", "-",
                              time_cell(server.time)});
    }
    for (const CertificateStatus& certificate : status.certificates) {
        const UtcTime end = certificate.stored->certificate.not_after();
        table.rows.push_back({std::string(certificate_type_name(certificate.type)), certificate.stored->label(),
                              certificate.gateways == 0 ? "unused" : "used", certificate.stored->label(), end_cell(end),
                              days_cell(end, status), "-"});
    }
    return table;
}

Table remark_table(const std::vector<Remark>& remarks) {
    Table table{{{"SEVERITY"}, {"CODE"}, {"WHAT"}, {"TEXT"}}, {}, false};
    for (const Remark& remark : remarks) {
        table.rows.push_back(
            {{std::string(severity_name(remark.finding.severity)), look_of(remark.finding.severity)},
             remark.finding.code,
             remark.name.empty() ? std::string("UMS ID") : fmt::format("{} {}", remark.kind, in_quotes(remark.name)),
             remark.finding.text});
    }
    return table;
}

void section(Output& out, const Table& table) {
    if (table.rows.empty()) return;
    out.table(table);
    out.text();
}

void say_what_to_do(Output& out, const SiteStatus& status) {
    std::vector<std::string> commands;
    std::size_t more = 0;
    for (const Remark& remark : status.remarks) {
        if (remark.next.empty() || std::find(commands.begin(), commands.end(), remark.next) != commands.end()) continue;
        if (commands.size() == k_most_commands) {
            more = 1;
            break;
        }
        commands.push_back(remark.next);
    }
    for (const std::string& command : commands) out.text("  next: " + command);
    if (more != 0) out.text("  and more: --json has a command for each");
}

void show_main(Output& out, const SiteStatus& status) {
    if (!status.main_ums_id) return;
    const UtcTime end = status.main_ums_id->not_after();
    out.text(fmt::format("Main UMS ID {}, until {} ({})", ums_id_short(*status.main_ums_id), format_local_date(end),
                         days_left_in_words(end, status.time)));
    out.text();
}

}  // namespace

void show_status(Output& out, const SiteStatus& status) {
    if (out.options().machine_readable) return out.table(machine_table(status));
    section(out, gateway_table(status));
    section(out, server_table(status));
    section(out, authority_table(status));
    show_main(out, status);
    if (!status.remarks.empty()) out.table(remark_table(status.remarks));
    say_what_to_do(out, status);
    if (!status.needs_attention()) {
        out.text(status.offline ? "nothing needs attention, as far as the site knows" : "nothing needs attention");
    }
}

}  // namespace umsadm::app
