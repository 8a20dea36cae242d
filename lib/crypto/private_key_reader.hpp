#pragma once

#include <string_view>

#include "umsadm/base/secret.hpp"

#include "lib/crypto/openssl_handles.hpp"

namespace umsadm {

// A key, and the PKCS#8 that OpenSSL would write for it, where that is what was read; empty otherwise.
struct ReadKey {
    openssl::KeyPtr key;
    Secret pkcs8;
};

// What PrivateKey::from_pem, from_der and from_encrypted_der promise.
ReadKey read_private_pem(std::string_view pem, const Secret* passphrase);
ReadKey read_private_der(ByteView der);
ReadKey read_encrypted_der(ByteView der, const Secret* passphrase);

}  // namespace umsadm
