#pragma once

#include "umsadm/crypto/issue.hpp"

#include "lib/crypto/openssl_handles.hpp"

namespace umsadm {

// All extensions that follow from `wanted`. Subject and public key must be in the certificate already.
void write_extensions(X509& x509, const CertificateTemplate& wanted, const KeySpec& key);

// The key id that the issuer says of itself. Without one (the roots that the UMS makes) nothing is written.
void write_authority_key_id(X509& x509, X509& issuer);

}  // namespace umsadm
