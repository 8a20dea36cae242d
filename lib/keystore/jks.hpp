#pragma once

#include "umsadm/base/bytes.hpp"
#include "umsadm/base/secret.hpp"
#include "umsadm/keystore/keystore.hpp"

namespace umsadm::keystore {

inline constexpr std::uint32_t k_jks_magic = 0xFEEDFEED;
inline constexpr std::uint32_t k_jceks_magic = 0xCECECECE;
inline constexpr std::uint32_t k_jks_version = 2;

enum class JksTag : std::uint32_t { private_key = 1, trusted_certificate = 2, secret_key = 3 };

// SHA-1 over the password, Java's fixed phrase and the content: what stands at the end of the file.
Bytes jks_digest(ByteView content, const Secret& password);

// `file` begins with one of the magic numbers.
DecodedKeystore decode_jks(ByteView file, StoreFormat format, const Secret* password);
Bytes encode_jks(const Keystore& keystore, const Secret& password);

}  // namespace umsadm::keystore
