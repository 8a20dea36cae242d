#include "main_ums_id_loading.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"
#include "umsadm/crypto/pem.hpp"

namespace umsadm::app {

StoredUmsId decode(const UmsIdFiles& files) {
    return with_context(fmt::format("reading the UMS ID {} of the site", files.record.fingerprint.to_string()), [&] {
        const std::vector<Certificate> certificates = read_pem_certificates(files.certificate_pem);
        if (certificates.size() != 1 || certificates.front().fingerprint() != files.record.fingerprint) {
            throw Error(Code::invalid_data, "its certificate is not the one that its record names",
                        "take it from a backup of the site, or from a server: umsadm id adopt");
        }
        return StoredUmsId{files.record, certificates.front()};
    });
}

std::optional<StoredUmsId> load_main(const Site& site) {
    const std::optional<UmsIdFiles> files = load_main_ums_id(site);
    if (!files) return std::nullopt;
    return decode(*files);
}

StoredUmsId need_main(const Site& site) {
    if (auto main = load_main(site)) return *main;
    throw Error(Code::not_found, "the site has no Main UMS ID",
                "take that of your main server with \"umsadm id adopt\", or make one with \"umsadm id create\"");
}

UmsId load_main_with_key(const Site& site, const StoredUmsId& main) {
    if (!main.record.has_key) {
        throw Error(Code::not_found, "the private key of the Main UMS ID is not in the site",
                    "the server it was adopted from gives it away in a format of its own only; back it up there with "
                    "\"umsadmin-cli licensing backup\"");
    }
    return with_context("reading the private key of the Main UMS ID", [&] {
        PrivateKey key = PrivateKey::from_pem(load_main_ums_id_key(site).reveal(), nullptr);
        if (!key.fits(main.certificate)) throw Error(Code::invalid_data, "the key is not that of the certificate");
        return UmsId{main.certificate, std::move(key)};
    });
}

std::optional<Fingerprint> registered_fingerprint(const Site& site) {
    const auto registered = load_registered_ums_id(site);
    return registered ? std::optional(registered->fingerprint) : std::nullopt;
}

void check_is_fingerprint(const std::string& text) {
    if (Fingerprint::parse(text) || parse_fingerprint_prefix(text)) return;
    throw Error(Code::usage, fmt::format("{} is no fingerprint", in_quotes(text)),
                "give at least its first 8 hex digits");
}

Fingerprint select_fingerprint(const std::string& text, const std::vector<Fingerprint>& known, std::string_view what) {
    check_is_fingerprint(text);
    if (const auto whole = Fingerprint::parse(text)) return *whole;
    const std::string digits = *parse_fingerprint_prefix(text);
    std::vector<Fingerprint> fitting;
    for (const Fingerprint& fingerprint : known) {
        const bool is_new = std::find(fitting.begin(), fitting.end(), fingerprint) == fitting.end();
        if (is_new && fingerprint.hex().starts_with(digits)) fitting.push_back(fingerprint);
    }
    if (fitting.empty()) {
        throw Error(Code::not_found,
                    fmt::format("there is no {} whose fingerprint begins with {}", what, in_quotes(text)),
                    "see them with \"umsadm id show --full\", or give the whole fingerprint");
    }
    if (fitting.size() > 1) {
        std::vector<std::string> texts;
        for (const Fingerprint& fingerprint : fitting) texts.push_back(fingerprint.to_string());
        throw Error(Code::ambiguous,
                    fmt::format("the fingerprint {} fits several: {}", in_quotes(text), fmt::join(texts, ", ")),
                    "give more of its digits");
    }
    return fitting.front();
}

}  // namespace umsadm::app
