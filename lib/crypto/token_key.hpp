#pragma once

#include <memory>

#include "umsadm/base/secret.hpp"

#include "lib/crypto/openssl_handles.hpp"
#include "lib/crypto/token_uri.hpp"

namespace umsadm {

struct TokenKey {
    std::shared_ptr<const void> token;  // must outlive `key`
    openssl::KeyPtr key;
};

// What PrivateKey::from_token promises. The PIN is given to the token once at most.
TokenKey load_token_key(const TokenUri& uri, const Secret* pin);

}  // namespace umsadm
