#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include <openssl/provider.h>

#include "lib/crypto/openssl_handles.hpp"

namespace umsadm::keystore {

// How many rounds of hashing a file may ask of us: OpenSSL itself has no limit, Java has this one.
inline constexpr std::uint64_t k_most_rounds = 5'000'000;

// The number of rounds, 1 where the file does not say. Throws Code::invalid_data below 1 and over k_most_rounds.
std::uint64_t checked_rounds(const ASN1_INTEGER* rounds);

// The dotted form of an object identifier.
std::string dotted(const ASN1_OBJECT* object);

// Whether it is one of the old password-based algorithms, from before PBES2.
bool is_pbes1(const X509_ALGOR& algorithm);

struct PbeCost {
    std::uint64_t rounds = 1;
    bool needs_legacy_provider = false;
};

// What decrypting will take, looked at before any of it is done.
// Throws Code::invalid_data for an algorithm that is not supported, damaged parameters, or too many rounds.
PbeCost inspect_pbe(const X509_ALGOR& algorithm);

// OpenSSL with its legacy provider (RC2, single DES), in a library context of its own: loaded the usual way it would
// bring the old algorithms to the whole process. Throws Code::failed when it is not installed.
class LegacyContext {
public:
    LegacyContext();
    OSSL_LIB_CTX* get() const noexcept { return m_context.get(); }

private:
    std::unique_ptr<OSSL_LIB_CTX, openssl::CallFree<OSSL_LIB_CTX_free>> m_context;
    std::unique_ptr<OSSL_PROVIDER, openssl::CallFree<OSSL_PROVIDER_unload>> m_default;
    std::unique_ptr<OSSL_PROVIDER, openssl::CallFree<OSSL_PROVIDER_unload>> m_legacy;
};

}  // namespace umsadm::keystore
