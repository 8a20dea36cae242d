#pragma once

#include "umsadm/crypto/key_spec.hpp"

#include "lib/crypto/openssl_handles.hpp"

namespace umsadm {

KeySpec spec_of(const EVP_PKEY& key);

// A SubjectPublicKeyInfo. Throws Code::invalid_data, also for one that OpenSSL would not write again as it is.
openssl::KeyPtr decode_public_key(ByteView der);

// What X509_sign wants for this key: SHA-512, or none for a key that brings its own (Ed25519).
const EVP_MD* signature_digest_for(const EVP_PKEY& key);

}  // namespace umsadm
