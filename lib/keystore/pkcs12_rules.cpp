#include <algorithm>
#include <climits>

#include <openssl/objects.h>

#include "lib/keystore/pkcs12.hpp"

namespace umsadm::keystore {
namespace {

const EVP_CIPHER* no_cipher() { return nullptr; }

}  // namespace

Pkcs12Algorithms algorithms_of(Pkcs12Profile profile) noexcept {
    if (profile == Pkcs12Profile::compatible) {
        return {.pbe_nid = NID_pbe_WithSHA1And3_Key_TripleDES_CBC,
                .safe_nid = NID_pbe_WithSHA1And3_Key_TripleDES_CBC,
                .cipher = no_cipher,
                .mac_digest = EVP_sha1,
                .rounds = 50'000,
                .salt_size = 20};
    }
    return {.pbe_nid = NID_hmacWithSHA256,
            .safe_nid = NID_aes_256_cbc,
            .cipher = EVP_aes_256_cbc,
            .mac_digest = EVP_sha256,
            .rounds = 10'000,
            .salt_size = 20};
}

std::vector<OpensslPassword> openssl_passwords(const Secret& password) {
    const std::string_view text = password.reveal();
    if (text.size() > INT_MAX) throw Error(Code::invalid_data, "the keystore password is too long");
    if (text.empty()) return {{"", 0}, {nullptr, 0}};
    return {{text.data(), static_cast<int>(text.size())}};
}

void require_pkcs12_password(const Secret& password) {
    const std::string_view text = password.reveal();
    if (!std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c <= 0x7E; })) {
        throw Error(Code::failed, "the password of a PKCS#12 keystore must be printable ASCII: Java refuses any other",
                    "choose a password of plain letters, digits and punctuation");
    }
}

}  // namespace umsadm::keystore
