#pragma once

#include "umsadm/base/secret.hpp"

#include "lib/crypto/openssl_handles.hpp"

namespace umsadm {

// The key in an EncryptedPrivateKeyInfo. Its consistency is for the caller to check. Throws Code::invalid_data.
openssl::KeyPtr decrypt_private_key(ByteView der, const Secret& passphrase);

// OpenSSL could not decrypt a key: what it says, and whose fault that is.
[[noreturn]] void fail_to_decrypt();

}  // namespace umsadm
