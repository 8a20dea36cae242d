#include "lib/keystore/entry_rules.hpp"

#include <set>

#include <fmt/format.h>

#include "umsadm/base/text.hpp"

#include "lib/keystore/alias_case.hpp"
#include "lib/keystore/der_names.hpp"

namespace umsadm::keystore {
namespace {

void add_warning(Findings& findings, std::string_view code, std::string text) {
    findings.push_back({Severity::warning, std::string(code), std::move(text)});
}

bool is_in_order(const std::vector<Bytes>& chain) {
    for (std::size_t i = 0; i + 1 < chain.size(); ++i) {
        // What cannot be read is not judged.
        if (!names_as_issuer(chain[i], chain[i + 1]).value_or(true)) return false;
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
        if (alias.empty() && std::holds_alternative<OpaqueEntry>(entry)) continue;  // no entry for Java
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

void throw_wrong_store_password() {
    throw Error(Code::invalid_data, "wrong password, or the file is damaged",
                "the password is the one that the program which reads this keystore is configured with");
}

void throw_jceks_is_not_written() {
    throw Error(Code::failed, "a JCEKS keystore can be read, but not written",
                "convert it to PKCS12 with keytool -importkeystore first");
}

}  // namespace umsadm::keystore
