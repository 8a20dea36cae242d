#pragma once

#include "umsadm/crypto/issue.hpp"

#include "lib/crypto/extensions.hpp"
#include "lib/crypto/openssl_handles.hpp"

namespace umsadm {

// All extensions that follow from `wanted`, for this subject and this key.
openssl::ExtensionsPtr make_extensions(const CertificateTemplate& wanted, const X509_NAME& subject,
                                       const X509_PUBKEY& key);

// The key id that the issuer says of itself. Without one (the roots that the UMS makes) nothing is added.
void add_authority_key_id(Extensions& to, X509& issuer);

}  // namespace umsadm
