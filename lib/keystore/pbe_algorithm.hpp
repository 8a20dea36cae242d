#pragma once

#include <cstdint>
#include <memory>
#include <string>

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

}  // namespace umsadm::keystore
