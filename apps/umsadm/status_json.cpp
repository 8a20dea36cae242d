#include "status_json.hpp"

#include <nlohmann/json.hpp>

#include "umsadm/base/time.hpp"

namespace umsadm::app {
namespace {

Json or_null(const std::optional<UtcTime>& time) { return time ? Json(format_utc(*time)) : Json(); }
Json or_null(const std::optional<Fingerprint>& fingerprint) {
    return fingerprint ? Json(fingerprint->to_string()) : Json();
}
Json or_null(std::string_view text) { return text.empty() ? Json() : Json(text); }

Json gateway_json(const GatewayStatus& gateway, UtcTime now) {
    Json json{{"name", gateway.name},
              {"endpoint", gateway.endpoint},
              {"state", served_state_name(gateway.state)},
              {"installed_fingerprint_sha256", or_null(gateway.installed)},
              {"served_fingerprint_sha256", or_null(gateway.served)},
              {"newest_fingerprint_sha256",
               gateway.newest == nullptr ? Json() : Json(gateway.newest->record.fingerprint.to_string())},
              {"certificate", or_null(gateway.certificate_name)},
              {"not_after", nullptr},
              {"days_left", nullptr},
              {"health", gateway.health ? Json(health_name(*gateway.health)) : Json()},
              {"last_verified", or_null(gateway.last_verified)}};
    if (gateway.certificate) {
        json["not_after"] = format_utc(gateway.certificate->not_after());
        json["days_left"] = days_left(gateway.certificate->not_after(), now);
    }
    return json;
}

Json server_json(const ServerStatus& server) {
    return {{"name", server.name},
            {"host", server.host},
            {"server_status", server.running ? Json(server_status_text(*server.running)) : Json()},
            {"ums_id_status", ums_id_status_text(server.ums_id)},
            {"fingerprint_sha256", or_null(server.fingerprint)},
            {"seen", or_null(server.time)}};
}

Json certificate_status_json(const CertificateStatus& certificate, UtcTime now) {
    const StoredCertificate& stored = *certificate.stored;
    return {{"name", stored.record.name},
            {"generation", stored.record.generation},
            {"fingerprint_sha256", stored.record.fingerprint.to_string()},
            {"type", certificate_type_name(certificate.type)},
            {"not_after", format_utc(stored.certificate.not_after())},
            {"days_left", days_left(stored.certificate.not_after(), now)},
            {"gateways", certificate.gateways}};
}

Json main_json(const SiteStatus& status) {
    if (!status.main_ums_id) return nullptr;
    return {{"fingerprint_sha256", status.main_ums_id->fingerprint().to_string()},
            {"ums_id_short", ums_id_short(*status.main_ums_id)},
            {"not_after", format_utc(status.main_ums_id->not_after())},
            {"days_left", days_left(status.main_ums_id->not_after(), status.time)},
            {"registered", status.main_is_registered ? Json(*status.main_is_registered) : Json()}};
}

Json remark_json(const Remark& remark) {
    return {{"kind", remark.kind},
            {"name", or_null(remark.name)},
            {"severity", severity_name(remark.finding.severity)},
            {"code", remark.finding.code},
            {"text", remark.finding.text},
            {"next", or_null(remark.next)}};
}

}  // namespace

Json status_json(const SiteStatus& status) {
    Json gateways = Json::array();
    for (const GatewayStatus& gateway : status.gateways) gateways.push_back(gateway_json(gateway, status.time));
    Json servers = Json::array();
    for (const ServerStatus& server : status.servers) servers.push_back(server_json(server));
    Json certificates = Json::array();
    for (const CertificateStatus& one : status.certificates)
        certificates.push_back(certificate_status_json(one, status.time));
    Json findings = Json::array();
    for (const Remark& remark : status.remarks) findings.push_back(remark_json(remark));
    return {{"time", format_utc(status.time)},
            {"offline", status.offline},
            {"needs_attention", status.needs_attention()},
            {"main", main_json(status)},
            {"gateways", {{"items", std::move(gateways)}}},
            {"servers", {{"items", std::move(servers)}}},
            {"certificates", {{"items", std::move(certificates)}}},
            {"findings", std::move(findings)}};
}

}  // namespace umsadm::app
