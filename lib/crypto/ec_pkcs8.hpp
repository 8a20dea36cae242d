#pragma once

#include "lib/crypto/openssl_handles.hpp"

namespace umsadm {

// The key in `der` when that is, byte by byte, what OpenSSL writes for an EC key of a usual curve; null otherwise.
// Whether its parts belong together is not looked at.
openssl::KeyPtr read_ec_pkcs8(ByteView der);

}  // namespace umsadm
