#include "gateway_view.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "umsadm/base/stream.hpp"

#include "certificate_view.hpp"
#include "gateway_change.hpp"
#include "local_time.hpp"
#include "login.hpp"
#include "record_view.hpp"

namespace umsadm::app {
namespace {

std::string_view health_rule_name(HealthRule rule) noexcept {
    switch (rule) {
        case HealthRule::automatic: return "auto";
        case HealthRule::require: return "require";
        case HealthRule::off: return "off";
    }
    return "";
}

std::string name_of_certificate(const ShownGateway& shown) {
    if (shown.certificate != nullptr) return shown.certificate->label();
    // Known to the journal only: the site has lost it or never had it.
    return shown.used ? shown.used->to_string().substr(0, 23) + "..." : std::string("-");
}

Style style_of_certificate(const StoredCertificate* certificate, UtcTime now) {
    return certificate == nullptr ? Style::plain : style_of_end(certificate->certificate.not_after(), now);
}

std::string endpoint_of(const Gateway& gateway) { return Endpoint{gateway.host, gateway.port}.to_string(); }

std::string certificate_in_words(const ShownGateway& shown, UtcTime now) {
    if (shown.certificate == nullptr) {
        return shown.used ? name_of_certificate(shown) + " (not in the site)" : "none: nothing was deployed yet";
    }
    const UtcTime end = shown.certificate->certificate.not_after();
    return fmt::format("{}, until {} ({})", name_of_certificate(shown), format_local_date(end),
                       days_left_in_words(end, now));
}

std::string external_endpoint(const Gateway& gateway) {
    if (gateway.external_host.empty() && !gateway.external_port) return "(the same)";
    return Endpoint{gateway.external_host.empty() ? gateway.host : gateway.external_host,
                    gateway.external_port.value_or(gateway.port)}
        .to_string();
}

std::vector<Detail> details_of(const ShownGateway& shown, UtcTime now) {
    const Gateway& gateway = shown.gateway;
    std::vector<Detail> details{
        {"Name", {gateway.name, Style::bold}},
        {"Host", endpoint_of(gateway)},
        {"External host", external_endpoint(gateway)},
        {"Certificate", {certificate_in_words(shown, now), style_of_certificate(shown.certificate, now)}},
    };
    if (shown.used) details.push_back({"SHA-256", shown.used->to_string()});
    for (Detail& detail : login_details(gateway.host, shown.login)) details.push_back(std::move(detail));
    details.push_back({"Install path", gateway.install_path});
    details.push_back({"Configuration", or_default(gateway.config, "usg/conf/application-prod.yml below it")});
    details.push_back({"Keystore", or_default(gateway.keystore, "as configured there")});
    details.push_back(
        {"Store password", gateway.store_password ? gateway.store_password->to_string() : "(as configured there)"});
    details.push_back({"Alias", or_default(gateway.alias, "as configured, else the only key entry")});
    details.push_back({"Restart command", or_default(gateway.restart_command, "the gateway's service")});
    details.push_back({"Health", std::string(health_rule_name(gateway.health))});
    details.push_back({"Wait", fmt::format("{} s", gateway.wait_seconds)});
    for (const auto& [key, value] : gateway.labels) details.push_back({"Label", fmt::format("{}={}", key, value)});
    if (!gateway.group.empty()) details.push_back({"Group", gateway.group});
    return details;
}

std::vector<Cell> row_of(const ShownGateway& shown, UtcTime now) {
    const Style style = style_of_certificate(shown.certificate, now);
    std::string date = "-";
    std::string time = "-";
    std::string days = "-";
    if (shown.certificate != nullptr) {
        const UtcTime end = shown.certificate->certificate.not_after();
        date = format_local_date(end);
        time = format_utc(end);
        days = std::to_string(days_left(end, now));
    }
    return {shown.gateway.name,
            endpoint_of(shown.gateway),
            {name_of_certificate(shown), shown.certificate == nullptr ? "-" : shown.certificate->label()},
            {date, time, style},
            {days, style},
            describe_login(shown.gateway.host, shown.login),
            shown.used ? shown.used->to_string() : "-"};
}

}  // namespace

std::vector<ShownGateway> look_up(const Site& site, const std::vector<Gateway>& gateways, const Inventory& inventory) {
    const LoginOptions defaults = site.load_settings().defaults;
    std::vector<ShownGateway> shown;
    for (const Gateway& gateway : gateways) {
        const auto used = used_certificate(load_journal(site, gateway.name));
        shown.push_back({gateway, overlay(gateway.login, defaults), used, used ? inventory.find(*used) : nullptr});
    }
    return shown;
}

Json gateway_json(const ShownGateway& shown, const Inventory& inventory, UtcTime now) {
    const Gateway& gateway = shown.gateway;
    return {{"name", gateway.name},
            {"host", gateway.host},
            {"port", gateway.port},
            {"external_host", or_null(gateway.external_host)},
            {"external_port", or_null(gateway.external_port)},
            {"login", login_json(shown.login)},
            {"install_path", gateway.install_path},
            {"config", or_null(gateway.config)},
            {"keystore", or_null(gateway.keystore)},
            {"store_password", or_null(gateway.store_password)},
            {"alias", or_null(gateway.alias)},
            {"restart_command", or_null(gateway.restart_command)},
            {"health", health_rule_name(gateway.health)},
            {"wait_seconds", gateway.wait_seconds},
            {"labels", gateway.labels},
            {"group", or_null(gateway.group)},
            {"used_fingerprint_sha256", shown.used ? Json(shown.used->to_string()) : Json(nullptr)},
            {"certificate",
             shown.certificate == nullptr ? Json(nullptr) : certificate_json(*shown.certificate, inventory, now)}};
}

Table gateway_table(const std::vector<ShownGateway>& all, UtcTime now) {
    Table table{{{"NAME"},
                 {"HOST"},
                 {"CERTIFICATE"},
                 {"EXPIRES"},
                 {"DAYS", Align::right},
                 {"LOGIN"},
                 {"FINGERPRINT", Align::left, For::machines}},
                {}};
    for (const ShownGateway& shown : all) table.rows.push_back(row_of(shown, now));
    return table;
}

void show_gateway(Output& out, const ShownGateway& shown, const Inventory& inventory, UtcTime now) {
    out.result(gateway_json(shown, inventory, now));
    if (out.options().machine_readable) {
        out.table(gateway_table({shown}, now));
    } else {
        out.details(details_of(shown, now));
    }
}

}  // namespace umsadm::app
