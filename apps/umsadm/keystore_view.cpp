#include "keystore_view.hpp"

#include <chrono>
#include <optional>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"
#include "umsadm/crypto/certificate.hpp"

#include "certificate_view.hpp"
#include "local_time.hpp"

namespace umsadm::app {
namespace {

// An entry as it is shown: its first certificate, where it has one that can be read.
struct ShownEntry {
    std::string alias;
    const char* type = "other";
    JavaTime created = 0;
    std::vector<Bytes> chain;
    std::optional<Certificate> certificate;
    std::string problem;
};

ShownEntry look_at(const KeystoreEntry& entry) {
    ShownEntry shown;
    shown.alias = alias_of(entry);
    if (const auto* key = std::get_if<KeyEntry>(&entry)) {
        shown.type = "key";
        shown.created = key->created;
        shown.chain = key->chain;
    } else if (const auto* trusted = std::get_if<TrustedEntry>(&entry)) {
        shown.type = "trusted";
        shown.created = trusted->created;
        shown.chain = {trusted->certificate};
    }
    if (shown.chain.empty()) return shown;
    try {
        shown.certificate = Certificate::from_der(shown.chain.front());
    } catch (const Error& error) {
        shown.problem = error.message();  // one entry that cannot be read hides none of the others
    }
    return shown;
}

Json created_json(JavaTime created) {
    if (created == 0) return nullptr;
    return format_utc(std::chrono::floor<std::chrono::seconds>(
        std::chrono::sys_time<std::chrono::milliseconds>(std::chrono::milliseconds(created))));
}

Json entry_json(const ShownEntry& entry) {
    Json json{{"alias", entry.alias},
              {"type", entry.type},
              {"created", created_json(entry.created)},
              {"subject", nullptr},
              {"issuer", nullptr},
              {"not_before", nullptr},
              {"not_after", nullptr},
              {"fingerprint_sha256", nullptr},
              {"ca", nullptr},
              {"chain_length", entry.chain.size()}};
    if (entry.certificate) {
        json["subject"] = entry.certificate->subject();
        json["issuer"] = entry.certificate->issuer();
        json["not_before"] = format_utc(entry.certificate->not_before());
        json["not_after"] = format_utc(entry.certificate->not_after());
        json["fingerprint_sha256"] = entry.certificate->fingerprint().to_string();
        json["ca"] = entry.certificate->is_ca();
    }
    return json;
}

std::string type_in_words(const ShownEntry& entry) {
    if (entry.chain.size() <= 1) return entry.type;
    return fmt::format("{}, chain of {}", entry.type, entry.chain.size());
}

std::vector<Cell> row_of(const ShownEntry& entry, UtcTime now) {
    const Cell type{type_in_words(entry), entry.type, Style::plain};
    if (!entry.certificate) {
        const std::string problem = entry.problem.empty() ? "-" : fmt::format("({})", entry.problem);
        return {entry.alias, type, problem, "-", "-", "-"};
    }
    const Certificate& certificate = *entry.certificate;
    const UtcTime end = certificate.not_after();
    return {entry.alias,
            type,
            certificate.subject(),
            certificate.is_self_issued() ? Cell("(itself)", certificate.issuer()) : Cell(certificate.issuer()),
            {format_local_date(end), format_utc(end), style_of_end(end, now)},
            certificate.fingerprint().to_string()};
}

}  // namespace

std::vector<KeystoreEntry> visible_entries(const Keystore& keystore) {
    std::vector<KeystoreEntry> entries = keystore.entries;
    std::erase_if(entries, [](const KeystoreEntry& entry) {
        return std::holds_alternative<OpaqueEntry>(entry) && alias_of(entry).empty();
    });
    return entries;
}

Json keystore_json(const DecodedKeystore& decoded) {
    Json items = Json::array();
    for (const KeystoreEntry& entry : visible_entries(decoded.keystore)) items.push_back(entry_json(look_at(entry)));
    return {{"format", store_format_name(decoded.keystore.format)},
            {"integrity_verified", decoded.integrity_verified},
            {"entries", {{"items", std::move(items)}}},
            {"findings", findings_json(decoded.findings)}};
}

void show_keystore(Output& out, const std::string& where, const DecodedKeystore& decoded, UtcTime now) {
    const std::vector<KeystoreEntry> entries = visible_entries(decoded.keystore);
    const std::size_t count = entries.size();
    out.text(fmt::format(
        "{}: {}, {} {}, {}", where, store_format_name(decoded.keystore.format), count, count == 1 ? "entry" : "entries",
        decoded.integrity_verified ? "integrity verified" : "integrity NOT verified (no password was given)"));
    Table table{
        {{"ALIAS"}, {"TYPE"}, {"SUBJECT"}, {"ISSUER"}, {"EXPIRES"}, {"FINGERPRINT", Align::left, For::machines}}, {}};
    for (const KeystoreEntry& entry : entries) table.rows.push_back(row_of(look_at(entry), now));
    if (count != 0 || out.options().machine_readable) out.table(table);
    if (out.for_people()) out.findings(decoded.findings);
}

}  // namespace umsadm::app
