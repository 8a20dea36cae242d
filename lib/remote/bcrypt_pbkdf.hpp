#pragma once

#include <cstdint>

#include "umsadm/base/bytes.hpp"
#include "umsadm/base/secret.hpp"

namespace umsadm::remote {

// The key derivation of encrypted OpenSSH private keys (OpenSSH, PROTOCOL.key). OpenSSL 3.0 has no bcrypt, and libssh2
// offers its own only by reading the key file anew for every login, which costs 0.2 s each time.
Secret bcrypt_pbkdf(const Secret& passphrase, ByteView salt, std::uint32_t rounds, std::size_t size);

}  // namespace umsadm::remote
