#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "umsadm/crypto/certificate.hpp"

namespace umsadm {

// An extension as it stands in a certificate.
struct ExtensionDetails {
    std::string name;  // "X509v3 Key Usage", or the object identifier of one that nobody here knows
    bool critical = false;
    bool known = true;      // OpenSSL can act on it (RFC 5280, 4.2: an unknown critical one makes the certificate void)
    bool readable = true;   // its content can be decoded; always true of one that is not known
    bool repeated = false;  // not the first one of its kind
};

// Facts about a certificate that only rules ask for.
struct CertificateDetails {
    int version = 3;  // 1, 2 or 3; 0 for any other
    bool serial_is_positive = true;
    std::size_t serial_octets = 0;         // in its encoding
    bool validity_is_well_encoded = true;  // UTCTime until 2049, GeneralizedTime from then on, UTC with seconds
    bool has_subject = true;
    bool has_issuer = true;
    bool names_hold_control_characters = false;  // subject, issuer or an alternative name; NUL is one

    std::vector<ExtensionDetails> extensions;
    bool has_subject_key_identifier = false;
    bool has_authority_key_identifier = false;
    bool has_key_usage = false;
    bool claims_to_sign_certificates = false;  // a key usage with keyCertSign
    bool has_path_length = false;              // also where it is no CA
    // Entries of the Subject Alternative Name of kinds that no TLS client looks for a host in: "an e-mail address".
    std::vector<std::string> other_alternative_names;
};

CertificateDetails details_of(const Certificate& certificate);

}  // namespace umsadm
