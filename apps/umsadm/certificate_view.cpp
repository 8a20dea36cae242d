#include "certificate_view.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "umsadm/pki/profile.hpp"

#include "local_time.hpp"
#include "text_width.hpp"

namespace umsadm::app {
namespace {

constexpr std::size_t k_host_column = 30;
constexpr std::size_t k_user_column = 20;

std::string joined(const std::vector<std::string>& words, std::string_view separator) {
    return fmt::format("{}", fmt::join(words, separator));
}

std::vector<std::string> host_texts(const Certificate& certificate) {
    std::vector<std::string> texts;
    for (const HostName& host : certificate.hosts()) texts.push_back(host.text());
    return texts;
}

std::vector<std::string> typed_hosts(const Certificate& certificate) {
    std::vector<std::string> texts;
    for (const HostName& host : certificate.hosts()) texts.push_back(host.typed());
    return texts;
}

std::string label_of(const ShownCertificate& shown) {
    return shown.record == nullptr ? std::string("(a file)")
                                   : fmt::format("{}@{}", shown.record->name, shown.record->generation);
}

std::string key_in_words(const ShownCertificate& shown) {
    const std::string kind = shown.certificate.key().to_string();
    if (!shown.has_key) return kind + ", no private key here";
    if (shown.record == nullptr) return kind + ", private key in the file";
    if (shown.record->key == StoredKey::token)
        return fmt::format("{}, private key in a token: {}", kind, shown.record->key_uri);
    return kind + (shown.record->key == StoredKey::encrypted ? ", private key here, encrypted" : ", private key here");
}

std::string_view key_word(StoredKey key) noexcept {
    switch (key) {
        case StoredKey::none: return "none";
        case StoredKey::plain: return "plain";
        case StoredKey::encrypted: return "encrypted";
        case StoredKey::token: return "token";
    }
    return {};
}

std::optional<int> path_length_of(const Certificate& certificate) {
    const auto& constraints = certificate.basic_constraints();
    return constraints ? constraints->path_length : std::nullopt;
}

// Until when a CA can sign a certificate of the usual length that does not outlive it; empty for what signs nothing.
struct SigningLife {
    bool is_ca = false;
    std::optional<UtcTime> until;
};

SigningLife signing_life(const Certificate& certificate) {
    if (!certificate.is_ca()) return {};
    return {true, signs_full_length_until(certificate)};
}

Style style_of_signing(const SigningLife& life, UtcTime now) {
    return !life.until || *life.until < now ? Style::warning : Style::plain;
}

std::string signing_in_words(const SigningLife& life, UtcTime now) {
    const long days = std::chrono::duration_cast<std::chrono::days>(k_default_end_lifetime).count();
    if (!life.until) return fmt::format("never a certificate of {} days", days);
    const std::string_view what = *life.until < now ? "no more since" : "until";
    return fmt::format("certificates of {} days {} {}", days, what, format_local_date(*life.until));
}

Cell signing_cell(const Certificate& certificate, UtcTime now) {
    const SigningLife life = signing_life(certificate);
    if (!life.is_ca) return std::string();
    if (!life.until) return {"never", "", style_of_signing(life, now)};
    return {format_local_date(*life.until), format_utc(*life.until), style_of_signing(life, now)};
}

std::string root_in_words(const Certificate& certificate, const Inventory& inventory, UtcTime now) {
    const Chain chain = inventory.chain_of(certificate, now);
    const StoredCertificate* const root = inventory.root_of(chain);
    if (chain.complete && root != nullptr) return root->label();
    if (chain.complete) return chain.top().subject();
    return fmt::format("unknown: the issuer \"{}\" is not in the site", chain.top().issuer());
}

std::vector<Detail> details_of(const ShownCertificate& shown, const Inventory& inventory, UtcTime now) {
    const Certificate& certificate = shown.certificate;
    const auto used_by = inventory.used_by(certificate.fingerprint());
    std::vector<Detail> details{
        {"Name", {label_of(shown), Style::bold}},
        {"Type", std::string(certificate_type_name(type_of(certificate)))},
        {"Subject", certificate.subject()},
        {"Issuer", certificate.issuer()},
        {"Root", root_in_words(certificate, inventory, now)},
    };
    if (!certificate.hosts().empty()) details.push_back({"Hosts", joined(host_texts(certificate), "; ")});
    if (certificate.is_ca()) {
        const auto length = path_length_of(certificate);
        details.push_back({"CA counter", length ? fmt::format("{} (path length)", *length) : "no limit (path length)"});
    }
    details.push_back({"Valid from", format_local(certificate.not_before())});
    details.push_back({"Valid until",
                       {fmt::format("{} ({})", format_local(certificate.not_after()),
                                    days_left_in_words(certificate.not_after(), now)),
                        style_of_end(certificate.not_after(), now)}});
    if (const SigningLife life = signing_life(certificate); life.is_ca) {
        details.push_back({"Can sign", {signing_in_words(life, now), style_of_signing(life, now)}});
    }
    details.push_back({"Key", key_in_words(shown)});
    details.push_back({"Serial", certificate.serial()});
    details.push_back({"SHA-256", certificate.fingerprint().to_string()});
    if (type_of(certificate) == CertificateType::root) {
        details.push_back({"For devices", fmt::format("{}", fmt::join(certificate.fingerprint().parts(), " "))});
    }
    details.push_back({"Used by", used_by.empty() ? std::string("no gateway") : joined(used_by, ", ")});
    return details;
}

std::vector<Cell> row_of(const ShownCertificate& shown, const Inventory& inventory, UtcTime now) {
    const Certificate& certificate = shown.certificate;
    const std::string hosts = joined(host_texts(certificate), " ");
    const std::string used_by = joined(inventory.used_by(certificate.fingerprint()), " ");
    const std::string kind = certificate.key().to_string();
    const Style style = style_of_end(certificate.not_after(), now);
    const bool expired = certificate.not_after() < now;
    const auto path_length = path_length_of(certificate);
    return {{label_of(shown), shown.record == nullptr ? std::string() : shown.record->name},
            shown.record == nullptr ? std::string() : std::to_string(shown.record->generation),
            std::string(certificate_type_name(type_of(certificate))),
            {shortened(hosts, k_host_column), hosts},
            certificate.subject(),
            certificate.issuer(),
            format_utc(certificate.not_before()),
            {format_local_date(certificate.not_after()), format_utc(certificate.not_after()), style},
            {expired ? std::string("EXPIRED") : std::to_string(days_left(certificate.not_after(), now)),
             std::to_string(days_left(certificate.not_after(), now)), style},
            {shortened(used_by, k_user_column), used_by},
            {shown.has_key ? kind : kind + " (public)", kind},
            std::string(shown.has_key ? "yes" : "no"),
            certificate.fingerprint().to_string(),
            signing_cell(certificate, now),
            path_length ? std::to_string(*path_length) : std::string()};
}

}  // namespace

Json certificate_json(const ShownCertificate& shown, const Inventory& inventory, UtcTime now) {
    const Certificate& certificate = shown.certificate;
    const Chain chain = inventory.chain_of(certificate, now);
    const auto used_by = inventory.used_by(certificate.fingerprint());
    const auto path_length = path_length_of(certificate);
    const SigningLife life = signing_life(certificate);
    Json json;
    json["name"] = shown.record == nullptr ? Json() : Json(shown.record->name);
    json["generation"] = shown.record == nullptr ? Json() : Json(shown.record->generation);
    json["fingerprint_sha256"] = certificate.fingerprint().to_string();
    json["subject"] = certificate.subject();
    json["issuer"] = certificate.issuer();
    json["root_fingerprint_sha256"] = chain.complete ? Json(chain.top().fingerprint().to_string()) : Json();
    json["type"] = certificate_type_name(type_of(certificate));
    json["hosts"] = typed_hosts(certificate);
    json["not_before"] = format_utc(certificate.not_before());
    json["not_after"] = format_utc(certificate.not_after());
    json["days_left"] = days_left(certificate.not_after(), now);
    json["key"] = certificate.key().to_string();
    json["has_private_key"] = shown.has_key;
    json["private_key"] = shown.record == nullptr ? Json() : Json(key_word(shown.record->key));
    json["path_length"] = path_length ? Json(*path_length) : Json();
    json["signs_full_length_until"] = life.until ? Json(format_utc(*life.until)) : Json();
    json["used"] = !used_by.empty();
    json["used_by"] = used_by;
    return json;
}

Table certificate_table(const std::vector<ShownCertificate>& all, const Inventory& inventory, UtcTime now) {
    constexpr Align k_left = Align::left;
    Table table{{{"NAME"},
                 {"GENERATION", k_left, For::machines},
                 {"TYPE"},
                 {"HOSTS"},
                 {"SUBJECT", k_left, For::machines},
                 {"ISSUER", k_left, For::machines},
                 {"NOT_BEFORE", k_left, For::machines},
                 {"EXPIRES"},
                 {"DAYS", Align::right},
                 {"USED_BY"},
                 {"KEY"},
                 {"PRIVATE_KEY", k_left, For::machines},
                 {"FINGERPRINT", k_left, For::machines},
                 {"SIGNS_UNTIL"},
                 {"PATH_LENGTH", k_left, For::machines}},
                {}};
    for (const ShownCertificate& shown : all) table.rows.push_back(row_of(shown, inventory, now));
    return table;
}

void show_certificate(Output& out, const ShownCertificate& shown, const Inventory& inventory, UtcTime now) {
    if (out.options().machine_readable) {
        out.table(certificate_table({shown}, inventory, now));
    } else {
        out.details(details_of(shown, inventory, now));
    }
}

Style style_of_end(UtcTime end, UtcTime now, long soon_days) {
    switch (expiry_of(end, now, soon_days)) {
        case Expiry::expired: return Style::bad;
        case Expiry::soon: return Style::warning;
        case Expiry::later: break;
    }
    return Style::plain;
}

Cell end_cell(const std::optional<UtcTime>& end) {
    if (!end) return "-";
    return {format_local_date(*end), format_utc(*end)};
}

std::string days_left_in_words(UtcTime end, UtcTime now) {
    const auto in_days = [](long days) { return fmt::format("{} day{}", days, days == 1 ? "" : "s"); };
    if (end < now) {
        const long ago = days_left(now, end);
        return ago == 0 ? std::string("EXPIRED today") : fmt::format("EXPIRED {} ago", in_days(ago));
    }
    const long left = days_left(end, now);
    return left == 0 ? std::string("ends within a day") : in_days(left) + " left";
}

}  // namespace umsadm::app
