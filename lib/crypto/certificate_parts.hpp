#pragma once

#include <optional>

#include "umsadm/crypto/key_spec.hpp"

#include "lib/crypto/openssl_handles.hpp"

namespace umsadm {

// RFC 5280, 4.1, as OpenSSL's own templates take it apart, but for the public key, which stays as it is written: to
// find the decoder of a key costs OpenSSL 3.0 more than all the rest, and most certificates are only looked at.
struct PublicKeyInfo {
    X509_ALGOR* algorithm;
    ASN1_BIT_STRING* key;
};

struct ToBeSigned {
    ASN1_INTEGER* version;
    ASN1_INTEGER* serial;
    X509_ALGOR* algorithm;
    X509_NAME* issuer;
    X509_VAL* validity;
    X509_NAME* subject;
    PublicKeyInfo* key;
    ASN1_BIT_STRING* issuer_id;
    ASN1_BIT_STRING* subject_id;
    STACK_OF(X509_EXTENSION) * extensions;
    ASN1_ENCODING encoding;  // as it was signed
};

struct CertificateParts {
    ToBeSigned* signed_part;
    X509_ALGOR* algorithm;
    ASN1_BIT_STRING* signature;
};

struct FreeCertificateParts {
    void operator()(CertificateParts* parts) const noexcept;
};
using CertificatePartsPtr = std::unique_ptr<CertificateParts, FreeCertificateParts>;

// Exactly one certificate in DER, nothing after it; what it accepts, d2i_X509() accepts. Throws Code::invalid_data.
CertificatePartsPtr decode_certificate_parts(ByteView der);

// The SubjectPublicKeyInfo.
Bytes public_key_der_of(const CertificateParts& parts);

// What the key says of itself, for the common kinds; nothing when OpenSSL has to decode it to tell.
std::optional<KeySpec> spec_of(const PublicKeyInfo& info);

// Whether the signature verifies with this key.
bool is_signed_with(const CertificateParts& parts, EVP_PKEY& key);

}  // namespace umsadm
