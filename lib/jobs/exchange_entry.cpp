#include "umsadm/jobs/exchange_entry.hpp"

#include <algorithm>
#include <optional>
#include <set>

#include <fmt/format.h>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"
#include "umsadm/crypto/certificate.hpp"

namespace umsadm {
namespace {

// A store may hold certificates that OpenSSL cannot read; those are carried over, never judged.
std::optional<Certificate> try_parse(ByteView der) {
    try {
        return Certificate::from_der(der);
    } catch (const Error&) {
        return std::nullopt;
    }
}

bool starts_with_ca(const KeyEntry& entry) {
    if (entry.chain.empty()) return false;
    const auto first = try_parse(entry.chain.front());
    return first && first->is_ca();
}

std::vector<const KeyEntry*> key_entries(const Keystore& keystore) {
    std::vector<const KeyEntry*> result;
    for (const KeystoreEntry& entry : keystore.entries) {
        if (const auto* key = std::get_if<KeyEntry>(&entry)) result.push_back(key);
    }
    return result;
}

std::string aliases_of(const std::vector<const KeyEntry*>& entries) {
    std::string text;
    for (const KeyEntry* entry : entries) {
        if (!text.empty()) text += ", ";
        text += in_quotes(entry->alias);
    }
    return text;
}

// The certificates that Java takes as trust anchors from a store: of each trusted entry, and the first of each key
// entry.
std::set<Bytes> trust_anchors(const Keystore& keystore) {
    std::set<Bytes> anchors;
    for (const KeystoreEntry& entry : keystore.entries) {
        if (const auto* trusted = std::get_if<TrustedEntry>(&entry)) anchors.insert(trusted->certificate);
        if (const auto* key = std::get_if<KeyEntry>(&entry); key != nullptr && !key->chain.empty()) {
            anchors.insert(key->chain.front());
        }
    }
    return anchors;
}

KeyEntry make_key_entry(StoreFormat format, Pkcs12Profile profile, std::string alias, const PrivateKey& key,
                        const Chain& chain, const Secret& key_password, JavaTime now) {
    const Secret pkcs8 = key.to_pkcs8_der();
    KeyEntry entry{std::move(alias), now, encrypt_entry_key(pkcs8.reveal_bytes(), format, profile, key_password), {}};
    for (const Certificate& certificate : chain.certificates) entry.chain.push_back(certificate.der());
    return entry;
}

void require_anchors_kept(const Keystore& old, const Bytes& exchanged_leaf, const Keystore& fresh) {
    const std::set<Bytes> after = trust_anchors(fresh);
    for (const Bytes& anchor : trust_anchors(old)) {
        if (anchor != exchanged_leaf && !after.contains(anchor)) {
            const auto certificate = try_parse(anchor);
            throw Error(Code::failed, fmt::format("the new keystore would no longer trust {}",
                                                  certificate ? in_quotes(certificate->subject()) : "a certificate"));
        }
    }
}

}  // namespace

const KeyEntry& serving_entry(const Keystore& keystore, std::string_view alias) {
    const auto keys = key_entries(keystore);
    if (!alias.empty()) {
        // Java looks aliases up in lower case.
        const auto found = std::find_if(
            keys.begin(), keys.end(), [&](const KeyEntry* entry) { return to_lower(entry->alias) == to_lower(alias); });
        if (found != keys.end()) return **found;
        throw Error(Code::not_found, fmt::format("the keystore has no key entry {}", in_quotes(alias)),
                    keys.empty() ? "it has no key entry at all" : "its key entries are " + aliases_of(keys));
    }
    std::vector<const KeyEntry*> serving;
    std::copy_if(keys.begin(), keys.end(), std::back_inserter(serving),
                 [](const KeyEntry* entry) { return !starts_with_ca(*entry); });
    if (serving.size() == 1) return *serving.front();
    if (serving.empty()) {
        throw Error(Code::not_found, "the keystore has no key entry of an end entity",
                    keys.empty() ? "it is not the keystore of a gateway"
                                 : "name the entry to exchange with --alias: " + aliases_of(keys));
    }
    throw Error(Code::ambiguous,
                fmt::format("the keystore has {} key entries: {}", serving.size(), aliases_of(serving)),
                "name the one that the gateway serves with --alias");
}

ExchangedKeystore exchange_entry(const Keystore& old, std::string_view alias, const PrivateKey& key, const Chain& chain,
                                 const Secret& key_password, JavaTime now) {
    const KeyEntry& exchanged = serving_entry(old, alias);
    const Bytes old_leaf = exchanged.chain.empty() ? Bytes{} : exchanged.chain.front();
    ExchangedKeystore result{old, {}};
    for (std::size_t i = 0; i < old.entries.size(); ++i) {
        const auto* entry = std::get_if<KeyEntry>(&old.entries[i]);
        if (entry == nullptr) continue;
        if (entry == &exchanged) {
            result.keystore.entries[i] =
                make_key_entry(old.format, old.profile, entry->alias, key, chain, key_password, now);
        } else if (starts_with_ca(*entry)) {
            result.keystore.entries[i] = TrustedEntry{entry->alias, entry->created, entry->chain.front()};
            result.findings.push_back(
                {Severity::warning, "ca-key-in-keystore",
                 fmt::format(
                     "the present keystore holds the private key of a CA under {}; the new one holds its certificate "
                     "as a trusted entry instead",
                     in_quotes(entry->alias))});
        }
    }
    require_anchors_kept(old, old_leaf, result.keystore);
    return result;
}

Keystore new_keystore(StoreFormat format, std::string_view alias, const PrivateKey& key, const Chain& chain,
                      const Secret& key_password, JavaTime now, Pkcs12Profile profile) {
    Keystore keystore{format, profile, {}};
    keystore.entries.emplace_back(make_key_entry(format, profile, to_lower(alias), key, chain, key_password, now));
    return keystore;
}

}  // namespace umsadm
