#pragma once

#include "lib/crypto/openssl_handles.hpp"

namespace umsadm {

// Whether the parts of a key pair belong together. That the public part is the right one is for the certificate to say.
bool is_consistent(EVP_PKEY& key);

}  // namespace umsadm
