#pragma once

#include <initializer_list>
#include <memory>

#include "umsadm/base/bytes.hpp"

#include "lib/crypto/openssl_handles.hpp"
#include "lib/keystore/wiped_bytes.hpp"

namespace umsadm::keystore {

// One of the old hash functions that Java's formats are built on, set up once and used many times.
class Digest {
public:
    explicit Digest(const EVP_MD* algorithm)
        : m_context(openssl::require(EVP_MD_CTX_new(), "allocate memory")),
          m_size(static_cast<std::size_t>(EVP_MD_get_size(algorithm))) {
        openssl::require(EVP_DigestInit_ex(m_context.get(), algorithm, nullptr), "set up a digest");
    }

    // The digest of all pieces, one after the other.
    WipedBytes of(std::initializer_list<ByteView> pieces) {
        openssl::require(EVP_DigestInit_ex(m_context.get(), nullptr, nullptr), "set up a digest");
        for (const ByteView piece : pieces) {
            openssl::require(EVP_DigestUpdate(m_context.get(), piece.data(), piece.size()), "compute a digest");
        }
        WipedBytes result(m_size);
        openssl::require(EVP_DigestFinal_ex(m_context.get(), result.data(), nullptr), "compute a digest");
        return result;
    }

private:
    std::unique_ptr<EVP_MD_CTX, openssl::CallFree<EVP_MD_CTX_free>> m_context;
    std::size_t m_size;
};

}  // namespace umsadm::keystore
