#pragma once

#include "umsadm/crypto/private_key.hpp"

#include "lib/crypto/openssl_handles.hpp"

namespace umsadm {

struct PrivateKey::Data {
    openssl::KeyPtr key;
    KeySpec spec;
};

const PrivateKey::Data& data_of(const PrivateKey& key) noexcept;

}  // namespace umsadm
