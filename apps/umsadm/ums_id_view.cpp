#include "ums_id_view.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "umsadm/base/text.hpp"

#include "certificate_view.hpp"
#include "local_time.hpp"

namespace umsadm::app {
namespace {

constexpr std::size_t k_short_fingerprint = 8 * 3 - 1;
constexpr long k_soon = 90;  // days: all servers and the license portal are concerned

std::string_view origin_word(UmsIdOrigin origin) noexcept {
    switch (origin) {
        case UmsIdOrigin::created: return "created";
        case UmsIdOrigin::adopted: return "adopted";
        case UmsIdOrigin::restored: return "restored";
    }
    return "";
}

std::string origin_in_words(const UmsIdRecord& record) {
    std::string when = format_local(record.added);
    switch (record.origin) {
        case UmsIdOrigin::created: return fmt::format("created here, {}", when);
        case UmsIdOrigin::adopted: return fmt::format("adopted from server {}, {}", in_quotes(record.source), when);
        case UmsIdOrigin::restored: return fmt::format("restored from {}, {}", in_quotes(record.source), when);
    }
    return when;
}

Cell registration_in_words(const ShownMain& shown) {
    if (!shown.registered) return "not noted (umsadm id register)";
    if (*shown.registered == shown.main->record.fingerprint) return {"yes", Style::good};
    return {fmt::format("no: the license portal has {}", shown.registered->to_string()), Style::bad};
}

}  // namespace

ShownMain look_up_main(const Site& site) { return {load_main(site), registered_fingerprint(site), false}; }

Cell short_fingerprint(const Fingerprint& fingerprint) {
    const std::string text = fingerprint.to_string();
    return {text.substr(0, k_short_fingerprint) + "...", text};
}

Cell end_of_validity(UtcTime end, UtcTime now) {
    return {fmt::format("{} ({})", format_local(end), days_left_in_words(end, now)), style_of_end(end, now, k_soon)};
}

Json main_json(const ShownMain& shown) {
    if (!shown.main) return nullptr;
    const UmsIdRecord& record = shown.main->record;
    const Certificate& certificate = shown.main->certificate;
    Json json{{"ums_id_short", ums_id_short(certificate)},
              {"fingerprint_sha256", record.fingerprint.to_string()},
              {"not_before", format_utc(certificate.not_before())},
              {"not_after", format_utc(certificate.not_after())},
              {"registered", shown.registered ? Json(*shown.registered == record.fingerprint) : Json()},
              {"registered_fingerprint_sha256", shown.registered ? Json(shown.registered->to_string()) : Json()},
              {"has_private_key", record.has_key},
              {"origin", origin_word(record.origin)},
              {"source", record.source.empty() ? Json() : Json(record.source)},
              {"added", format_utc(record.added)}};
    if (shown.full) json["ums_id"] = ums_id_text(certificate);
    return json;
}

std::vector<Detail> main_details(const ShownMain& shown, UtcTime now) {
    if (!shown.main) return {{"Main UMS ID", {"not known to the site", Style::warning}}};
    const UmsIdRecord& record = shown.main->record;
    const Certificate& certificate = shown.main->certificate;
    return {
        {"Main UMS ID", {shown.full ? ums_id_text(certificate) : ums_id_short(certificate), Style::bold}},
        {"Main UMS ID fingerprint", record.fingerprint.to_string()},
        {"Valid from", format_local(certificate.not_before())},
        {"Valid until", end_of_validity(certificate.not_after(), now)},
        {"Private key", record.has_key ? "in the site" : "not in the site"},
        {"Origin", origin_in_words(record)},
        {"Registered", registration_in_words(shown)},
    };
}

}  // namespace umsadm::app
