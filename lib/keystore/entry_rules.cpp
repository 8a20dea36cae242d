#include "lib/keystore/entry_rules.hpp"

#include <set>

#include <fmt/format.h>

#include "umsadm/base/text.hpp"

#include "lib/keystore/alias_case.hpp"
#include "lib/keystore/x509_view.hpp"

namespace umsadm::keystore {
namespace {

void add_warning(Findings& findings, std::string_view code, std::string text) {
    findings.push_back({Severity::warning, std::string(code), std::move(text)});
}

bool is_in_order(const std::vector<Bytes>& chain) {
    std::optional<X509View> below;
    for (const Bytes& der : chain) {
        std::optional<X509View> certificate = X509View::parse(der);
        if (below && certificate && !names_as_issuer(*below, *certificate)) return false;
        below = std::move(certificate);
    }
    return true;
}

}  // namespace

std::string adopt_alias(std::string_view stored, Findings& findings) {
    std::string alias = java_lower_case(stored);
    if (alias != stored) {
        add_warning(
            findings, "keystore-alias-case",
            fmt::format("the alias {} is not in lower case: Java lists it but does not find it", in_quotes(stored)));
    }
    return alias;
}

void check_aliases(const Keystore& keystore, Findings& findings) {
    std::set<std::string_view> seen;
    std::set<std::string_view> reported;
    for (const KeystoreEntry& entry : keystore.entries) {
        const std::string& alias = alias_of(entry);
        if (seen.insert(alias).second || !reported.insert(alias).second) continue;
        add_warning(findings, "keystore-duplicate-alias",
                    fmt::format("several entries have the alias {}: Java sees one of them", in_quotes(alias)));
    }
}

void check_key_chains(const Keystore& keystore, Findings& findings) {
    for (const KeystoreEntry& entry : keystore.entries) {
        const auto* key = std::get_if<KeyEntry>(&entry);
        if (key == nullptr) continue;
        if (key->chain.empty()) {
            add_warning(findings, "keystore-empty-chain",
                        fmt::format("the key entry {} has no certificate", in_quotes(key->alias)));
        } else if (!is_in_order(key->chain)) {
            add_warning(findings, "keystore-chain-order",
                        fmt::format("the chain of {} does not lead from its first certificate up to a root",
                                    in_quotes(key->alias)));
        }
    }
}

void add_trailing_bytes_finding(Findings& findings) {
    add_warning(findings, "keystore-trailing-bytes", "the file goes on after the keystore's end; Java ignores that");
}

void require_writable_entries(const Keystore& keystore) {
    std::set<std::string> seen;
    for (const KeystoreEntry& entry : keystore.entries) {
        const std::string& alias = alias_of(entry);
        if (!is_utf8(alias)) {
            throw Error(Code::failed, fmt::format("the alias {} is not valid UTF-8", in_quotes(alias)));
        }
        if (const auto* key = std::get_if<KeyEntry>(&entry); key != nullptr && key->chain.empty()) {
            throw Error(Code::failed, fmt::format("the key entry {} has no certificate", in_quotes(alias)));
        }
        const bool nameless = std::holds_alternative<OpaqueEntry>(entry) && alias.empty();
        if (!nameless && !seen.insert(java_lower_case(alias)).second) {
            throw Error(Code::failed, fmt::format("two entries have the alias {}", in_quotes(alias)),
                        "Java does not tell capital and small letters apart in an alias and would lose one of the two");
        }
    }
}

bool is_one_der_sequence(ByteView der) noexcept {
    constexpr std::uint8_t k_sequence = 0x30;
    constexpr std::size_t k_most_length_bytes = 4;
    if (der.size() < 2 || der[0] != k_sequence) return false;
    if (der[1] < 0x80) return der.size() == 2u + der[1];
    const std::size_t length_bytes = der[1] & 0x7Fu;
    if (length_bytes == 0 || length_bytes > k_most_length_bytes || der.size() < 2 + length_bytes) return false;
    std::size_t length = 0;
    for (std::size_t i = 0; i < length_bytes; ++i) length = (length << 8) | der[2 + i];
    return der.size() - 2 - length_bytes == length;
}

void throw_wrong_store_password() {
    throw Error(Code::invalid_data, "wrong keystore password, or the keystore is damaged",
                "the password is the one that the program which reads this keystore is configured with");
}

void throw_jceks_is_not_written() {
    throw Error(Code::failed, "a JCEKS keystore can be read, but not written",
                "convert it to PKCS12 with keytool -importkeystore first");
}

}  // namespace umsadm::keystore
