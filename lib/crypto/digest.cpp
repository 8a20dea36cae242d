#include "umsadm/crypto/digest.hpp"

#include <openssl/rand.h>

#include "umsadm/base/encoding.hpp"

#include "lib/crypto/openssl_handles.hpp"

namespace umsadm {

Bytes sha256(ByteView bytes) {
    const openssl::CleanErrorQueue queue;
    Bytes digest(32);
    openssl::require(EVP_Digest(bytes.data(), bytes.size(), digest.data(), nullptr, EVP_sha256(), nullptr),
                     "compute a SHA-256 digest");
    return digest;
}

std::string sha256_hex(ByteView bytes) { return hex_encode(sha256(bytes)); }

Bytes random_bytes(std::size_t count) {
    const openssl::CleanErrorQueue queue;
    Bytes bytes(count);
    openssl::require(RAND_bytes_ex(nullptr, bytes.data(), bytes.size(), 0), "get random bytes");
    return bytes;
}

std::string random_hex(std::size_t bytes) { return hex_encode(random_bytes(bytes)); }

}  // namespace umsadm
