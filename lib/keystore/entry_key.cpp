#include <optional>

#include "umsadm/base/text.hpp"

#include "lib/crypto/legacy_context.hpp"
#include "lib/keystore/entry_rules.hpp"
#include "lib/keystore/key_protection.hpp"
#include "lib/keystore/pbe_algorithm.hpp"
#include "lib/keystore/pkcs12.hpp"

namespace umsadm {
namespace keystore {
namespace {

using openssl::require;

constexpr const char* k_jks_protector = "1.3.6.1.4.1.42.2.17.1.1";
constexpr const char* k_jceks_protector = "1.3.6.1.4.1.42.2.19.1";

// An EncryptedPrivateKeyInfo taken apart.
class EncryptedKey {
public:
    // Empty when `der` is none.
    explicit EncryptedKey(ByteView der) {
        const unsigned char* at = der.data();
        m_key.reset(der.empty() ? nullptr : d2i_X509_SIG(nullptr, &at, static_cast<long>(der.size())));
        if (m_key) X509_SIG_get0(m_key.get(), &m_algorithm, &m_octets);
    }

    explicit operator bool() const noexcept { return m_key != nullptr; }
    const X509_SIG* handle() const noexcept { return m_key.get(); }
    const X509_ALGOR& algorithm() const noexcept { return *m_algorithm; }
    std::string algorithm_id() const { return dotted(m_algorithm->algorithm); }
    ByteView octets() const noexcept {
        return {ASN1_STRING_get0_data(m_octets), static_cast<std::size_t>(ASN1_STRING_length(m_octets))};
    }
    // The DER of the algorithm's parameters; empty when they are no SEQUENCE.
    ByteView parameters() const noexcept {
        const ASN1_TYPE* type = m_algorithm->parameter;
        if (type == nullptr || type->type != V_ASN1_SEQUENCE) return {};
        return {ASN1_STRING_get0_data(type->value.sequence),
                static_cast<std::size_t>(ASN1_STRING_length(type->value.sequence))};
    }

private:
    openssl::EncryptedPtr m_key;
    const X509_ALGOR* m_algorithm = nullptr;
    const ASN1_OCTET_STRING* m_octets = nullptr;
};

openssl::Pkcs8Ptr read_pkcs8(ByteView der) {
    const unsigned char* at = der.data();
    return openssl::Pkcs8Ptr(der.empty() ? nullptr
                                         : d2i_PKCS8_PRIV_KEY_INFO(nullptr, &at, static_cast<long>(der.size())));
}

Secret plain_der(PKCS8_PRIV_KEY_INFO& key) {
    WipedBytes der(static_cast<std::size_t>(require(i2d_PKCS8_PRIV_KEY_INFO(&key, nullptr), "encode a private key")));
    unsigned char* out = der.data();
    require(i2d_PKCS8_PRIV_KEY_INFO(&key, &out), "encode a private key");
    return Secret(ByteView(der));
}

Secret decrypt_pbe(const EncryptedKey& key, const Secret& password) {
    std::optional<openssl::LegacyContext> legacy;
    if (inspect_pbe(key.algorithm()).needs_legacy_provider) legacy.emplace();
    for (const OpensslPassword& candidate : openssl_passwords(password)) {
        const openssl::Pkcs8Ptr plain(
            PKCS8_decrypt_ex(key.handle(), candidate.text, candidate.size, legacy ? legacy->get() : nullptr, nullptr));
        if (plain) return plain_der(*plain);
    }
    throw_wrong_key_password();
}

Bytes encode_encrypted_key(const char* algorithm, ByteView octets) {
    const openssl::EncryptedPtr key(require(X509_SIG_new(), "allocate memory"));
    X509_ALGOR* out_algorithm = nullptr;
    ASN1_OCTET_STRING* out_octets = nullptr;
    X509_SIG_getm(key.get(), &out_algorithm, &out_octets);
    ASN1_OBJECT* object = require(OBJ_txt2obj(algorithm, 1), "name an algorithm");
    require(X509_ALGOR_set0(out_algorithm, object, V_ASN1_NULL, nullptr), "name an algorithm");
    require(ASN1_OCTET_STRING_set(out_octets, octets.data(), static_cast<int>(octets.size())), "encode a private key");
    return openssl::to_der(key.get(), i2d_X509_SIG, "encode a private key");
}

Bytes encrypt_pbe(ByteView pkcs8, Pkcs12Profile profile, const Secret& password) {
    const openssl::Pkcs8Ptr plain = read_pkcs8(pkcs8);
    if (!plain) throw Error(Code::invalid_data, "this is no private key in PKCS#8");
    require_pkcs12_password(password);
    const Pkcs12Algorithms algorithms = algorithms_of(profile);
    const std::string_view text = password.reveal();
    const openssl::EncryptedPtr key(require(
        PKCS8_encrypt(algorithms.pbe_nid, algorithms.cipher(), text.empty() ? "" : text.data(),
                      static_cast<int>(text.size()), nullptr, algorithms.salt_size, algorithms.rounds, plain.get()),
        "encrypt a private key"));
    return openssl::to_der(key.get(), i2d_X509_SIG, "encode a private key");
}

}  // namespace

KeyProtection protection_of(ByteView key) {
    const openssl::CleanErrorQueue errors;
    if (const EncryptedKey encrypted(key); encrypted) {
        const std::string algorithm = encrypted.algorithm_id();
        if (algorithm == k_jks_protector) return KeyProtection::jks;
        if (algorithm == k_jceks_protector) return KeyProtection::jceks;
        return KeyProtection::pbe;
    }
    return read_pkcs8(key) ? KeyProtection::plain : KeyProtection::unknown;
}

Bytes carried_key(const KeyEntry& entry, StoreFormat format, Pkcs12Profile profile, const Secret& password) {
    const KeyProtection protection = protection_of(entry.encrypted_key);
    if (protection == KeyProtection::plain) return encrypt_entry_key(entry.encrypted_key, format, profile, password);
    const bool readable =
        format == StoreFormat::pkcs12 ? protection == KeyProtection::pbe : protection == KeyProtection::jks;
    if (!readable) {
        throw Error(Code::failed, "the key of " + in_quotes(entry.alias) + " is encrypted in a way that a " +
                                      std::string(store_format_name(format)) + " keystore cannot hold");
    }
    return entry.encrypted_key;
}

void throw_wrong_key_password() {
    throw Error(Code::invalid_data, "wrong key password, or the key is damaged",
                "a key may have a password of its own, different from the keystore's");
}

}  // namespace keystore

Secret decrypt_entry_key(const KeyEntry& entry, const Secret& key_password) {
    using namespace keystore;
    const openssl::CleanErrorQueue errors;
    const EncryptedKey key(entry.encrypted_key);
    if (!key) {
        if (const openssl::Pkcs8Ptr plain = read_pkcs8(entry.encrypted_key)) return plain_der(*plain);
        throw Error(Code::invalid_data, "the key of " + in_quotes(entry.alias) + " is damaged");
    }
    const std::string algorithm = key.algorithm_id();
    if (algorithm != k_jks_protector && algorithm != k_jceks_protector) return decrypt_pbe(key, key_password);

    const WipedBytes der = algorithm == k_jks_protector ? jks_unprotect(key.octets(), key_password)
                                                        : jceks_unprotect(key.octets(), key.parameters(), key_password);
    const openssl::Pkcs8Ptr plain = read_pkcs8(der);
    if (!plain) throw_wrong_key_password();
    return plain_der(*plain);
}

Bytes encrypt_entry_key(ByteView pkcs8, StoreFormat format, Pkcs12Profile profile, const Secret& key_password) {
    using namespace keystore;
    const openssl::CleanErrorQueue errors;
    switch (format) {
        case StoreFormat::jks: return encode_encrypted_key(k_jks_protector, jks_protect(pkcs8, key_password));
        case StoreFormat::pkcs12: return encrypt_pbe(pkcs8, profile, key_password);
        case StoreFormat::jceks: break;
    }
    throw_jceks_is_not_written();
}

}  // namespace umsadm
