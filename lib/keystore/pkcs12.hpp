#pragma once

#include <vector>

#include "umsadm/base/bytes.hpp"
#include "umsadm/base/secret.hpp"
#include "umsadm/keystore/keystore.hpp"

#include "lib/crypto/openssl_handles.hpp"

namespace umsadm::keystore {

// Oracle's TrustedKeyUsage: the attribute that makes a certificate a trusted entry for Java.
inline constexpr const char* k_trusted_key_usage = "2.16.840.1.113894.746875.1.1";
// Java keeps an entry's creation date in its localKeyID: this word and the milliseconds since 1970.
inline constexpr std::string_view k_date_prefix = "Time ";

// What each profile means. The numbers of rounds are Java's own.
struct Pkcs12Algorithms {
    int pbe_nid;                    // for one key: the PRF of PBES2, or an algorithm of PBES1
    int safe_nid;                   // for the certificates: the cipher of PBES2, or an algorithm of PBES1
    const EVP_CIPHER* (*cipher)();  // of PBES2
    const EVP_MD* (*mac_digest)();
    int rounds;
    int salt_size;
};
Pkcs12Algorithms algorithms_of(Pkcs12Profile profile) noexcept;

// A password as OpenSSL's PKCS#12 functions take it.
struct OpensslPassword {
    const char* text;
    int size;
};
// The forms a password can have: an empty one is either two zero bytes or nothing at all, and both are in use.
std::vector<OpensslPassword> openssl_passwords(const Secret& password);

// Throws Code::failed for a password that Java would refuse in PKCS#12.
void require_pkcs12_password(const Secret& password);

DecodedKeystore decode_pkcs12(ByteView file, const Secret* password);
Bytes encode_pkcs12(const Keystore& keystore, const Secret& password);

}  // namespace umsadm::keystore
