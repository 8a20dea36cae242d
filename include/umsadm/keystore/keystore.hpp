#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "umsadm/base/bytes.hpp"
#include "umsadm/base/finding.hpp"
#include "umsadm/base/secret.hpp"

namespace umsadm {

enum class StoreFormat { jks, pkcs12, jceks };

std::string_view store_format_name(StoreFormat format) noexcept;  // "JKS", "PKCS12", "JCEKS"

// Which algorithms a PKCS#12 file uses. `modern` is what Java 17 writes (PBES2 AES-256, HMAC-SHA256, 10,000 rounds);
// `compatible` can be read by Java before 8u301 and 11.0.12 (3DES, HMAC-SHA1, 50,000 rounds).
enum class Pkcs12Profile { modern, compatible };

// Milliseconds since 1970, as Java keeps the creation date of an entry; 0 when the file does not say.
using JavaTime = std::int64_t;

// Aliases are in lower case here whatever the file says, as Java looks them up and as they are written.

// A private key with its chain, leaf first, each certificate in DER. The key stays encrypted as it is in the file
// (an EncryptedPrivateKeyInfo in DER), so an entry can be carried over without ever decrypting it. Only a PKCS#12 file
// with an unencrypted key (finding "keystore-plain-key") gives a bare PrivateKeyInfo; it is encrypted when written.
struct KeyEntry {
    std::string alias;
    JavaTime created = 0;
    Bytes encrypted_key;
    std::vector<Bytes> chain;

    bool operator==(const KeyEntry&) const = default;
};

// A certificate in DER that Java trusts.
struct TrustedEntry {
    std::string alias;
    JavaTime created = 0;
    Bytes certificate;

    bool operator==(const TrustedEntry&) const = default;
};

// Anything else (a secret key, a CRL, a certificate that belongs to no entry): carried over as it is, never looked
// into. The alias is empty where Java sees no entry. PKCS#12: a SafeBag in DER. JCEKS: the serialised object.
struct OpaqueEntry {
    std::string alias;
    Bytes content;

    bool operator==(const OpaqueEntry&) const = default;
};

using KeystoreEntry = std::variant<KeyEntry, TrustedEntry, OpaqueEntry>;

const std::string& alias_of(const KeystoreEntry& entry) noexcept;

// The content of a Java keystore file.
struct Keystore {
    StoreFormat format = StoreFormat::jks;
    Pkcs12Profile profile = Pkcs12Profile::modern;  // only meaningful for PKCS#12
    std::vector<KeystoreEntry> entries;             // in the order of the file, also when written

    bool operator==(const Keystore&) const = default;
};

struct DecodedKeystore {
    Keystore keystore;
    bool integrity_verified = false;  // false without a password: a changed byte would go unnoticed
    // Oddities that Java would stumble over: "keystore-alias-case", "-duplicate-alias", "-empty-chain", "-chain-order",
    // "-trailing-bytes", "-no-mac", "-plain-key", "-key-without-id", "-unused-certificate", "-certificate-unreadable".
    Findings findings;
};

// The format of a file by its first bytes, whatever its name. Throws Code::invalid_data when it is no keystore.
StoreFormat detect_format(ByteView file);

// Reads a JKS, JCEKS or PKCS#12 file. The chains of a PKCS#12 file are put together as Java does it. Without a password
// integrity is not verified, and a PKCS#12 whose certificates are encrypted cannot be read. Memory is bounded by the
// size of the file. Throws Code::invalid_data: damaged, not a keystore, wrong password (the message says "wrong
// password or damaged" where the format cannot tell the two apart), an algorithm that is not supported, over 5,000,000
// rounds. Throws Code::failed when the file needs OpenSSL's legacy provider (RC2) and that is not installed.
DecodedKeystore decode_keystore(ByteView file, const Secret* store_password);

// Writes a file that Java reads. JCEKS is never written.
// Throws Code::failed when it cannot be written so that Java would read it back whole: a password that is not
// printable ASCII for PKCS#12, two entries whose aliases differ only in case, an empty chain, a key encrypted
// the way of another format, a PKCS#12 chain that another certificate in the store would break.
// What decode_keystore() returned reads back equal (an unencrypted key apart: it is encrypted now).
Bytes encode_keystore(const Keystore& keystore, const Secret& store_password);

// The PKCS#8 PrivateKeyInfo of an entry. Throws Code::invalid_data when the password is wrong or the key damaged.
Secret decrypt_entry_key(const KeyEntry& entry, const Secret& key_password);

// The reverse, in the way the format wants it. `pkcs8` is an unencrypted PrivateKeyInfo in DER.
Bytes encrypt_entry_key(ByteView pkcs8, StoreFormat format, Pkcs12Profile profile, const Secret& key_password);

}  // namespace umsadm
