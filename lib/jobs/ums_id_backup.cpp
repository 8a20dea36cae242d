#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"
#include "umsadm/jobs/exchange_entry.hpp"
#include "umsadm/jobs/ums_id.hpp"
#include "umsadm/keystore/keystore.hpp"

namespace umsadm {
namespace {

constexpr std::string_view k_alias = "ums-id";
// No moment is known here, and none is needed: an entry need not say when it was made.
constexpr JavaTime k_no_time = 0;

enum class Beside { nothing, trusted_entries };

[[noreturn]] void refuse(std::string_view what, std::string_view why) {
    throw Error(Code::refused, fmt::format("this is {}, not the UMS ID of a UMS: {}", what, why),
                "name a backup that \"umsadm id backup\" or the UMS made");
}

[[noreturn]] void throw_damaged(std::string_view why) {
    throw Error(Code::invalid_data, fmt::format("the backup of the UMS ID is damaged: {}", why),
                "use another copy of it");
}

// JKS or JCEKS, by their first bytes.
bool is_java_keystore(ByteView file) {
    try {
        return detect_format(file) != StoreFormat::pkcs12;
    } catch (const Error&) {
        return false;  // an answer here: it is no keystore at all
    }
}

DecodedKeystore decode_pkcs12(ByteView file, const Secret& password) {
    try {
        return decode_keystore(file, &password);
    } catch (Error& error) {
        error.set_hint("use the password that the file was made with; if that is right, use another copy of the file");
        throw;
    }
}

void require_pkcs12(ByteView file) {
    if (is_ums_id_backup(file)) return;
    if (is_java_keystore(file)) {
        throw Error(Code::invalid_data, "this is a keystore in Java's own format, a UMS ID is kept in PKCS#12",
                    "convert it with \"keytool -importkeystore\" if it holds the UMS ID");
    }
    throw Error(Code::invalid_data, "this is no PKCS#12 file",
                "a backup in a format of the UMS itself can only be restored by the UMS");
}

DecodedKeystore decode(ByteView file, const Secret& password) {
    require_pkcs12(file);
    DecodedKeystore decoded = decode_pkcs12(file, password);
    if (!decoded.integrity_verified) throw_damaged("nothing in it proves that it is whole");
    const auto is_trailing = [](const Finding& finding) { return finding.code == "keystore-trailing-bytes"; };
    if (std::any_of(decoded.findings.begin(), decoded.findings.end(), is_trailing)) {
        throw_damaged("something stands behind its end");
    }
    return decoded;
}

std::vector<const KeyEntry*> key_entries(const Keystore& keystore) {
    std::vector<const KeyEntry*> keys;
    for (const KeystoreEntry& entry : keystore.entries) {
        if (const auto* key = std::get_if<KeyEntry>(&entry)) keys.push_back(key);
    }
    return keys;
}

// Null when there is none.
const KeyEntry* only_key_entry(const Keystore& keystore) {
    const auto keys = key_entries(keystore);
    if (keys.size() > 1) refuse("a keystore", fmt::format("it has {} private keys", keys.size()));
    return keys.empty() ? nullptr : keys.front();
}

const KeyEntry& ums_id_entry(const Keystore& keystore, Beside beside) {
    const KeyEntry* entry = only_key_entry(keystore);
    if (entry == nullptr) refuse("a file of certificates", "it has no private key");
    if (entry->chain.empty()) refuse("a private key", "it has no certificate");
    const Certificate certificate = Certificate::from_der(entry->chain.front());
    if (!certificate.is_self_issued()) {
        refuse("a signed certificate, as gateways and web servers have it",
               fmt::format("{} is issued by {}", in_quotes(certificate.subject()), in_quotes(certificate.issuer())));
    }
    if (entry->chain.size() > 1 || !certificate.is_self_signed()) {
        refuse("a signed certificate", fmt::format("{} does not sign itself", in_quotes(certificate.subject())));
    }
    const bool has_more = keystore.entries.size() > 1;
    if (has_more && beside == Beside::nothing) refuse("a keystore", "it holds more than one key and its certificate");
    return *entry;
}

UmsId read_file(ByteView file, const Secret& password, Beside beside) {
    const DecodedKeystore decoded = decode(file, password);
    const KeyEntry& entry = ums_id_entry(decoded.keystore, beside);
    const Secret pkcs8 = decrypt_entry_key(entry, password);
    PrivateKey key = PrivateKey::from_der(pkcs8.reveal_bytes());
    Certificate certificate = Certificate::from_der(entry.chain.front());
    if (!key.fits(certificate)) refuse("a pair of strangers", "the private key is not that of the certificate");
    return {std::move(certificate), std::move(key)};
}

const PrivateKey& key_of(const UmsId& ums_id) {
    if (!ums_id.key) throw Error(Code::not_found, "the private key of the UMS ID is not known");
    if (!ums_id.key->fits(ums_id.certificate)) {
        throw Error(Code::invalid_data, "the private key is not that of the UMS ID's certificate");
    }
    return *ums_id.key;
}

Keystore keystore_of(const UmsId& ums_id, const Secret& password) {
    return new_keystore(StoreFormat::pkcs12, k_alias, key_of(ums_id), Chain{{ums_id.certificate}, true}, password,
                        k_no_time);
}

// Nobody looks at a backup before the day it is needed.
Bytes encode_and_read_back(const Keystore& keystore, const UmsId& ums_id, const Secret& password) {
    Bytes file = encode_keystore(keystore, password);
    const UmsId read = read_ums_id_file(file, password);
    if (!(read.certificate == ums_id.certificate)) {
        throw Error(Code::failed, "the new PKCS#12 file does not hold the UMS ID");
    }
    return file;
}

}  // namespace

UmsId read_ums_id_backup(ByteView file, const Secret& password) { return read_file(file, password, Beside::nothing); }

UmsId read_ums_id_file(ByteView file, const Secret& password) {
    return read_file(file, password, Beside::trusted_entries);
}

bool is_ums_id_backup(ByteView file) noexcept {
    // SEQUENCE, its length in one to five octets, INTEGER 3 (RFC 7292, 4: the version).
    constexpr std::array<std::uint8_t, 3> version{0x02, 0x01, 0x03};
    constexpr std::uint8_t sequence = 0x30;
    constexpr std::uint8_t long_form = 0x80;
    if (file.size() < 2 || file[0] != sequence) return false;
    const std::size_t more = file[1] >= long_form ? file[1] - long_form : 0U;
    if (more > 4 || file.size() < 2 + more + version.size()) return false;
    return std::equal(version.begin(), version.end(), file.begin() + static_cast<std::ptrdiff_t>(2 + more));
}

Bytes write_ums_id_backup(const UmsId& ums_id, const Secret& password) {
    return encode_and_read_back(keystore_of(ums_id, password), ums_id, password);
}

Bytes exchange_ums_id(ByteView present, const UmsId& ums_id, const Secret& password) {
    if (present.empty()) return write_ums_id_backup(ums_id, password);
    Keystore keystore = decode(present, password).keystore;
    if (const KeyEntry* entry = only_key_entry(keystore)) {
        keystore = exchange_entry(keystore, entry->alias, key_of(ums_id), Chain{{ums_id.certificate}, true}, password,
                                  k_no_time)
                       .keystore;
    } else {
        keystore.entries.push_back(keystore_of(ums_id, password).entries.front());
    }
    return encode_and_read_back(keystore, ums_id, password);
}

}  // namespace umsadm
