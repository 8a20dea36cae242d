#pragma once

#include <memory>
#include <string>

#include "umsadm/base/bytes.hpp"
#include "umsadm/base/secret.hpp"
#include "umsadm/crypto/certificate.hpp"
#include "umsadm/crypto/key_spec.hpp"

namespace umsadm {

// A private key. Shared, immutable; nothing prints it.
class PrivateKey {
public:
    static PrivateKey generate(const KeySpec& spec);

    // One key in PEM: PKCS#8 plain or encrypted, PKCS#1, SEC1, also with OpenSSL's old PEM encryption.
    // Throws Code::invalid_data when it is none or the passphrase is wrong; Code::usage when it is encrypted and
    // `passphrase` is null. The key's own consistency is checked (a decrypted PKCS#8 has no integrity of its own).
    static PrivateKey from_pem(std::string_view pem, const Secret* passphrase);
    // An unencrypted PKCS#8 PrivateKeyInfo, PKCS#1 or SEC1 key in DER.
    static PrivateKey from_der(ByteView der);
    // An EncryptedPrivateKeyInfo in DER (RFC 5958, 3). Throws as from_pem().
    static PrivateKey from_encrypted_der(ByteView der, const Secret* passphrase);
    // A key that stays in a token: `uri` is a PKCS#11 URI (RFC 7512) that names it by "object" or "id", `pin` the user
    // PIN, which is tried once at most and may be null for a token that asks for none or has keys of its own. It signs
    // and fits() as every other key; to_pem() and the other exports throw Code::refused. Throws Code::not_found when
    // there is no such token or key, Code::refused when the PIN is wrong or locked, Code::failed when OpenSSL's
    // "pkcs11" engine or the token's module is not there or fails, Code::usage for a text that is no such URI or holds
    // a PIN, and when a PIN is needed and not given. All keys in tokens of a process are for one thread and one module;
    // tokens that are logged in for one key do not look at the PIN for the next.
    static PrivateKey from_token(std::string_view uri, const Secret* pin);

    bool is_in_token() const noexcept;

    Secret to_pem() const;  // unencrypted PKCS#8
    std::string to_encrypted_pem(
        const Secret& passphrase) const;  // PBES2, AES-256-CBC, PBKDF2-HMAC-SHA256, 600,000 rounds
    Secret to_pkcs8_der() const;          // unencrypted PrivateKeyInfo

    KeySpec spec() const;
    Bytes public_key_der() const;  // SubjectPublicKeyInfo
    // Whether this is the key of the certificate (compares the public keys).
    bool fits(const Certificate& certificate) const;

    struct Data;  // lib/crypto/private_key_data.hpp

private:
    explicit PrivateKey(std::shared_ptr<const Data> data) : m_data(std::move(data)) {}
    friend const Data& data_of(const PrivateKey& key) noexcept;

    std::shared_ptr<const Data> m_data;
};

// Whether a PEM text holds an encrypted private key.
bool is_encrypted_pem(std::string_view pem) noexcept;

}  // namespace umsadm
