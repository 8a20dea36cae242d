#include <algorithm>

#include <openssl/crypto.h>

#include "umsadm/crypto/digest.hpp"

#include "lib/keystore/digest.hpp"
#include "lib/keystore/jks.hpp"
#include "lib/keystore/key_protection.hpp"
#include "lib/keystore/utf16.hpp"

namespace umsadm::keystore {
namespace {

constexpr std::size_t k_sha1_size = 20;

// XORs `text` with the key stream SHA1(P || salt), SHA1(P || what came before), ...
void apply_key_stream(WipedBytes& text, Digest& sha1, ByteView password, ByteView salt) {
    WipedBytes block(salt.begin(), salt.end());
    for (std::size_t at = 0; at < text.size(); at += k_sha1_size) {
        block = sha1.of({password, block});
        const std::size_t count = std::min(k_sha1_size, text.size() - at);
        for (std::size_t i = 0; i < count; ++i) text[at + i] ^= block[i];
    }
}

}  // namespace

Bytes jks_digest(ByteView content, const Secret& password) {
    const WipedBytes secret = to_utf16(password.reveal());
    const WipedBytes digest = Digest(EVP_sha1()).of({secret, as_bytes("Mighty Aphrodite"), content});
    return {digest.begin(), digest.end()};
}

Bytes jks_protect(ByteView pkcs8, const Secret& password) {
    const WipedBytes secret = to_utf16(password.reveal());
    Digest sha1(EVP_sha1());
    const Bytes salt = random_bytes(k_sha1_size);
    WipedBytes text(pkcs8.begin(), pkcs8.end());
    apply_key_stream(text, sha1, secret, salt);
    const WipedBytes check = sha1.of({secret, pkcs8});

    Bytes octets = salt;
    octets.insert(octets.end(), text.begin(), text.end());
    octets.insert(octets.end(), check.begin(), check.end());
    return octets;
}

WipedBytes jks_unprotect(ByteView octets, const Secret& password) {
    if (octets.size() <= 2 * k_sha1_size) throw_wrong_key_password();
    const WipedBytes secret = to_utf16(password.reveal());
    Digest sha1(EVP_sha1());
    const ByteView cipher_text = octets.subspan(k_sha1_size, octets.size() - 2 * k_sha1_size);
    WipedBytes text(cipher_text.begin(), cipher_text.end());
    apply_key_stream(text, sha1, secret, octets.first(k_sha1_size));
    const WipedBytes check = sha1.of({secret, text});
    if (CRYPTO_memcmp(check.data(), octets.last(k_sha1_size).data(), k_sha1_size) != 0) throw_wrong_key_password();
    return text;
}

}  // namespace umsadm::keystore
