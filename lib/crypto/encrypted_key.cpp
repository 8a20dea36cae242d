#include "lib/crypto/encrypted_key.hpp"

#include <openssl/err.h>
#include <openssl/evperr.h>

#include "lib/crypto/legacy_context.hpp"
#include "lib/crypto/pbe_cost.hpp"

namespace umsadm {
namespace {

constexpr std::string_view k_reading = "read an encrypted private key";

openssl::EncryptedPtr decode(ByteView der) {
    const unsigned char* at = der.data();
    openssl::EncryptedPtr encrypted(
        openssl::require(d2i_X509_SIG(nullptr, &at, static_cast<long>(der.size())), k_reading, Code::invalid_data));
    if (at != der.data() + der.size()) {
        throw Error(Code::invalid_data, "cannot read an encrypted private key: bytes after its end");
    }
    return encrypted;
}

// OpenSSL knows the algorithm, but none of its providers here has it.
bool lacks_provider() { return ERR_GET_REASON(ERR_peek_error()) == ERR_R_UNSUPPORTED; }

bool is_supported(int reason) {
    switch (reason) {
        case ERR_R_UNSUPPORTED:
        case EVP_R_MEMORY_LIMIT_EXCEEDED:  // scrypt
        case EVP_R_UNKNOWN_CIPHER:
        case EVP_R_UNKNOWN_PBE_ALGORITHM:
        case EVP_R_UNSUPPORTED_CIPHER:
        case EVP_R_UNSUPPORTED_KEY_DERIVATION_FUNCTION:
        case EVP_R_UNSUPPORTED_PRF: return false;
        default: return true;
    }
}

openssl::Pkcs8Ptr decrypt(const X509_SIG& encrypted, const Secret& passphrase, OSSL_LIB_CTX* context) {
    const std::string_view text = passphrase.reveal();
    return openssl::Pkcs8Ptr(
        PKCS8_decrypt_ex(&encrypted, text.data(), static_cast<int>(text.size()), context, nullptr));
}

}  // namespace

void fail_to_decrypt() {
    const bool supported = is_supported(ERR_GET_REASON(ERR_peek_error()));
    throw Error(Code::invalid_data, "cannot decrypt a private key: " + openssl::take_reason(),
                supported ? "the passphrase is wrong, or the file is damaged"
                          : "encrypt it in another way, with \"openssl pkcs8 -topk8\" on the machine that made it");
}

openssl::KeyPtr decrypt_private_key(ByteView der, const Secret& passphrase) {
    const openssl::EncryptedPtr encrypted = decode(der);
    const X509_ALGOR* algorithm = nullptr;
    X509_SIG_get0(encrypted.get(), &algorithm, nullptr);
    require_bearable_pbe(*algorithm);
    openssl::Pkcs8Ptr info = decrypt(*encrypted, passphrase, nullptr);
    if (!info && lacks_provider()) {
        ERR_clear_error();
        const openssl::LegacyContext legacy;
        info = decrypt(*encrypted, passphrase, legacy.get());
    }
    if (!info) fail_to_decrypt();
    openssl::KeyPtr key(EVP_PKCS82PKEY(info.get()));
    if (!key) fail_to_decrypt();
    return key;
}

}  // namespace umsadm
