#pragma once

#include "umsadm/crypto/private_key.hpp"

#include "lib/crypto/lazy.hpp"
#include "lib/crypto/openssl_handles.hpp"

namespace umsadm {

struct PrivateKey::Data {
    std::shared_ptr<const void> token;  // what a key in a token needs as long as it lives; null for every other key
    openssl::KeyPtr key;
    KeySpec spec;
    Lazy<Secret> pkcs8;  // OpenSSL 3.0 looks for an encoder as long as it takes to make a small key
};

const PrivateKey::Data& data_of(const PrivateKey& key) noexcept;

}  // namespace umsadm
