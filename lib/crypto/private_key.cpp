#include "umsadm/crypto/private_key.hpp"

#include <algorithm>

#include <openssl/objects.h>
#include <openssl/pem.h>

#include "lib/crypto/certificate_data.hpp"
#include "lib/crypto/pem_scanner.hpp"
#include "lib/crypto/private_key_data.hpp"
#include "lib/crypto/private_key_reader.hpp"
#include "lib/crypto/public_key.hpp"
#include "lib/crypto/token_key.hpp"
#include "lib/crypto/token_uri.hpp"

namespace umsadm {
namespace {

constexpr int k_encryption_rounds = 600'000;

EVP_PKEY* generate_key(const KeySpec& spec) {
    switch (spec.type) {
        // The size is a variadic argument: it must really be a size_t.
        case KeySpec::Type::rsa: return EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", static_cast<std::size_t>(spec.bits));
        case KeySpec::Type::ec: {
            const char* curve = spec.bits == 256 ? "P-256" : spec.bits == 384 ? "P-384" : "P-521";
            return EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", curve);
        }
        case KeySpec::Type::ed25519: return EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
        case KeySpec::Type::other: break;
    }
    throw Error(Code::usage, "a key of kind \"" + spec.to_string() + "\" cannot be made");
}

openssl::Pkcs8Ptr to_pkcs8(const PrivateKey::Data& data) {
    if (data.token != nullptr) {
        throw Error(Code::refused, "a private key that is in a token cannot be taken out of it");
    }
    return openssl::Pkcs8Ptr(openssl::require(EVP_PKEY2PKCS8(data.key.get()), "encode a private key"));
}

std::shared_ptr<const PrivateKey::Data> make_data(openssl::KeyPtr key) {
    auto data = std::make_shared<PrivateKey::Data>();
    data->spec = spec_of(*key);
    data->key = std::move(key);
    return data;
}

std::shared_ptr<const PrivateKey::Data> make_data(ReadKey read) {
    auto data = make_data(std::move(read.key));
    if (!read.pkcs8.empty()) data->pkcs8.get([&] { return std::move(read.pkcs8); });
    return data;
}

}  // namespace

const PrivateKey::Data& data_of(const PrivateKey& key) noexcept { return *key.m_data; }

PrivateKey PrivateKey::generate(const KeySpec& spec) {
    const openssl::CleanErrorQueue queue;
    return PrivateKey(
        make_data(openssl::KeyPtr(openssl::require(generate_key(spec), "make a key " + spec.to_string()))));
}

PrivateKey PrivateKey::from_pem(std::string_view pem, const Secret* passphrase) {
    const openssl::CleanErrorQueue queue;
    return PrivateKey(make_data(read_private_pem(pem, passphrase)));
}

PrivateKey PrivateKey::from_der(ByteView der) {
    const openssl::CleanErrorQueue queue;
    return PrivateKey(make_data(read_private_der(der)));
}

PrivateKey PrivateKey::from_encrypted_der(ByteView der, const Secret* passphrase) {
    const openssl::CleanErrorQueue queue;
    return PrivateKey(make_data(read_encrypted_der(der, passphrase)));
}

PrivateKey PrivateKey::from_token(std::string_view uri, const Secret* pin) {
    const openssl::CleanErrorQueue queue;
    TokenKey loaded = load_token_key(parse_token_uri(uri), pin);
    auto data = std::make_shared<Data>();
    data->spec = spec_of(*loaded.key);
    data->token = std::move(loaded.token);
    data->key = std::move(loaded.key);
    return PrivateKey(std::move(data));
}

bool PrivateKey::is_in_token() const noexcept { return m_data->token != nullptr; }

Secret PrivateKey::to_pem() const {
    const openssl::CleanErrorQueue queue;
    const auto pkcs8 = to_pkcs8(*m_data);
    const openssl::BioPtr out = openssl::secret_writer();
    openssl::require(PEM_write_bio_PKCS8_PRIV_KEY_INFO(out.get(), pkcs8.get()), "write a private key");
    return Secret(openssl::written(*out));
}

std::string PrivateKey::to_encrypted_pem(const Secret& passphrase) const {
    const openssl::CleanErrorQueue queue;
    constexpr int salt_size = 16;
    // PEM_write_bio_PKCS8PrivateKey would do only 2048 rounds.
    openssl::AlgorithmPtr algorithm(openssl::require(
        PKCS5_pbe2_set_iv(EVP_aes_256_cbc(), k_encryption_rounds, nullptr, salt_size, nullptr, NID_hmacWithSHA256),
        "encrypt a private key"));
    const auto pkcs8 = to_pkcs8(*m_data);
    const std::string_view text = passphrase.reveal();
    const openssl::EncryptedPtr encrypted(
        openssl::require(PKCS8_set0_pbe(text.data(), static_cast<int>(text.size()), pkcs8.get(), algorithm.get()),
                         "encrypt a private key"));
    (void)algorithm.release();  // PKCS8_set0_pbe took it
    const openssl::BioPtr out = openssl::secret_writer();
    openssl::require(PEM_write_bio_PKCS8(out.get(), encrypted.get()), "write a private key");
    return std::string(openssl::written(*out));
}

Secret PrivateKey::to_pkcs8_der() const {
    const auto encode = [this] {
        const openssl::CleanErrorQueue queue;
        const auto pkcs8 = to_pkcs8(*m_data);
        const openssl::BioPtr out = openssl::secret_writer();
        openssl::require(i2d_PKCS8_PRIV_KEY_INFO_bio(out.get(), pkcs8.get()), "write a private key");
        return Secret(openssl::written(*out));
    };
    return m_data->pkcs8.get(encode).duplicate();
}

KeySpec PrivateKey::spec() const { return m_data->spec; }

Bytes PrivateKey::public_key_der() const {
    const openssl::CleanErrorQueue queue;
    return openssl::to_der(m_data->key.get(), i2d_PUBKEY, "encode a public key");
}

bool PrivateKey::fits(const Certificate& certificate) const {
    const openssl::CleanErrorQueue queue;
    const EVP_PKEY* certified = X509_get0_pubkey(data_of(certificate).x509.get());
    return certified != nullptr && EVP_PKEY_eq(certified, m_data->key.get()) == 1;
}

bool is_encrypted_pem(std::string_view pem) noexcept {
    // Not scan_pem: this must not throw, whatever the text is.
    return pem.find("-----BEGIN ENCRYPTED PRIVATE KEY-----") != std::string_view::npos ||
           pem.find("\nProc-Type: 4,ENCRYPTED") != std::string_view::npos;
}

}  // namespace umsadm
