#include "lib/crypto/private_key_reader.hpp"

#include <algorithm>

#include <openssl/pem.h>

#include "umsadm/base/text.hpp"
#include "umsadm/crypto/private_key.hpp"

#include "lib/crypto/ec_pkcs8.hpp"
#include "lib/crypto/encrypted_key.hpp"
#include "lib/crypto/key_consistency.hpp"
#include "lib/crypto/pem_body.hpp"
#include "lib/crypto/pem_scanner.hpp"

namespace umsadm {
namespace {

constexpr std::string_view k_reading = "read a private key";

PemSpan find_private_key(std::string_view pem) {
    PemSpan found;
    for (const PemSpan& span : scan_pem(pem)) {
        if (!span.label.ends_with("PRIVATE KEY")) continue;
        if (!found.text.empty()) throw Error(Code::invalid_data, "there is more than one private key in this text");
        found = span;
    }
    if (found.text.empty()) throw Error(Code::invalid_data, "there is no private key in this text");
    if (found.label == "OPENSSH PRIVATE KEY") {
        throw Error(Code::invalid_data, "an OpenSSH key is no key of a certificate");
    }
    return found;
}

// Hands the passphrase to OpenSSL. Without a callback OpenSSL would ask on the terminal.
int give_passphrase(char* buffer, int size, int /*writing*/, void* context) {
    const auto* passphrase = static_cast<const Secret*>(context);
    if (passphrase == nullptr || passphrase->size() > static_cast<std::size_t>(size)) return -1;
    const std::string_view text = passphrase->reveal();
    std::copy(text.begin(), text.end(), buffer);
    return static_cast<int>(passphrase->size());
}

// Encrypted PKCS#8 is not authenticated: a flipped bit may give another key that still looks like one.
ReadKey require_consistent(ReadKey read) {
    if (!is_consistent(*read.key)) {
        throw Error(Code::invalid_data, "a private key is damaged: its parts do not belong together");
    }
    return read;
}

struct PemContent {
    unsigned char* bytes = nullptr;
    long size = 0;

    PemContent() = default;
    PemContent(const PemContent&) = delete;
    PemContent& operator=(const PemContent&) = delete;
    ~PemContent() { OPENSSL_secure_clear_free(bytes, static_cast<std::size_t>(size)); }
    ByteView view() const { return {bytes, static_cast<std::size_t>(size)}; }
};

int kind_in_pkcs8(ByteView der) {
    const unsigned char* at = der.data();
    const openssl::Pkcs8Ptr info(d2i_PKCS8_PRIV_KEY_INFO(nullptr, &at, static_cast<long>(der.size())));
    const ASN1_OBJECT* algorithm = nullptr;
    if (!info || PKCS8_pkey_get0(&algorithm, nullptr, nullptr, nullptr, info.get()) != 1) return EVP_PKEY_NONE;
    const int kind = OBJ_obj2nid(algorithm);  // OpenSSL names a kind of key by the number of its algorithm
    return kind == EVP_PKEY_RSA || kind == EVP_PKEY_EC || kind == EVP_PKEY_ED25519 ? kind : EVP_PKEY_NONE;
}

// The usual case. OpenSSL prepares its decoders for all kinds of keys unless it is told the kind, and that takes three
// times as long as the rest; for an EC key even those of one kind take several times as long as the rest. No key for
// what is no PKCS#8 key of a usual kind: the general way then says what it is.
ReadKey read_usual_pkcs8(ByteView der, const unsigned char** end) {
    const openssl::CleanErrorQueue queue;
    if (openssl::KeyPtr key = read_ec_pkcs8(der)) {
        *end = der.data() + der.size();
        return {std::move(key), Secret(der)};
    }
    const int kind = kind_in_pkcs8(der);
    *end = der.data();
    if (kind == EVP_PKEY_NONE) return {};
    return {openssl::KeyPtr(d2i_PrivateKey(kind, nullptr, end, static_cast<long>(der.size()))), {}};
}

ReadKey read_usual_pem(const PemSpan& span) {
    const openssl::CleanErrorQueue queue;
    if (span.label != PEM_STRING_PKCS8INF) return {};
    const openssl::BioPtr in = openssl::reader(as_bytes(span.text));
    PemContent content;
    if (PEM_bytes_read_bio_secmem(&content.bytes, &content.size, nullptr, PEM_STRING_PKCS8INF, in.get(), nullptr,
                                  nullptr) != 1) {
        return {};
    }
    const unsigned char* end = nullptr;
    return read_usual_pkcs8(content.view(), &end);
}

const Secret& require_passphrase(const Secret* passphrase) {
    if (passphrase == nullptr) {
        throw Error(Code::usage, "the private key is encrypted and has no passphrase given");
    }
    return *passphrase;
}

// A key with OpenSSL's old encryption of PEM, or none.
openssl::KeyPtr read_older_pem(const PemSpan& span, const Secret* passphrase) {
    const openssl::BioPtr in = openssl::reader(as_bytes(span.text));
    // OpenSSL only passes the context on to give_passphrase, which does not change it.
    return openssl::KeyPtr(
        PEM_read_bio_PrivateKey(in.get(), nullptr, give_passphrase, const_cast<Secret*>(passphrase)));
}

}  // namespace

ReadKey read_private_pem(std::string_view pem, const Secret* passphrase) {
    const PemSpan span = find_private_key(pem);
    const bool encrypted = is_encrypted_pem(span.text);
    if (encrypted) (void)require_passphrase(passphrase);
    if (span.label == PEM_STRING_PKCS8) {
        return read_encrypted_der(decode_pem_body(span), passphrase);
    }
    ReadKey read = encrypted ? ReadKey{} : read_usual_pem(span);
    if (!read.key) read.key = read_older_pem(span, passphrase);
    if (!read.key && encrypted) fail_to_decrypt();
    if (!read.key) openssl::fail(k_reading, Code::invalid_data);
    return require_consistent(std::move(read));
}

ReadKey read_encrypted_der(ByteView der, const Secret* passphrase) {
    return require_consistent({decrypt_private_key(der, require_passphrase(passphrase)), {}});
}

ReadKey read_private_der(ByteView der) {
    const unsigned char* at = nullptr;
    ReadKey read = read_usual_pkcs8(der, &at);
    if (!read.key) {
        at = der.data();
        read.key.reset(openssl::require(d2i_AutoPrivateKey(nullptr, &at, static_cast<long>(der.size())), k_reading,
                                        Code::invalid_data));
    }
    if (at != der.data() + der.size())
        throw Error(Code::invalid_data, "cannot read a private key: bytes after its end");
    return require_consistent(std::move(read));
}

}  // namespace umsadm
