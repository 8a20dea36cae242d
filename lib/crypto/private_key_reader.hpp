#pragma once

#include <string_view>

#include "umsadm/base/secret.hpp"

#include "lib/crypto/openssl_handles.hpp"

namespace umsadm {

// What PrivateKey::from_pem, from_der and from_encrypted_der promise, as OpenSSL's handle.
openssl::KeyPtr read_private_pem(std::string_view pem, const Secret* passphrase);
openssl::KeyPtr read_private_der(ByteView der);
openssl::KeyPtr read_encrypted_der(ByteView der, const Secret* passphrase);

}  // namespace umsadm
