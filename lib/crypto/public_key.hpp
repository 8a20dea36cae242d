#pragma once

#include "umsadm/crypto/key_spec.hpp"

#include "lib/crypto/openssl_handles.hpp"

namespace umsadm {

KeySpec spec_of(const EVP_PKEY& key);

// What X509_sign wants for this key: SHA-512, or none for a key that brings its own (Ed25519).
const EVP_MD* signature_digest_for(const EVP_PKEY& key);

}  // namespace umsadm
