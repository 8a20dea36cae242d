#pragma once

#include <string>
#include <vector>

#include "umsadm/base/host_name.hpp"
#include "umsadm/base/time.hpp"
#include "umsadm/crypto/certificate.hpp"
#include "umsadm/crypto/private_key.hpp"

namespace umsadm {

enum class CertificateType { root, intermediate, end_entity };

std::string_view certificate_type_name(CertificateType type) noexcept;  // "root", "intermediate", "end-entity"

// What a certificate shall say. The extensions follow from the type (RFC 5280, 4.2):
// CA: critical basicConstraints CA:TRUE and keyUsage keyCertSign, cRLSign. End entity: critical CA:FALSE,
// digitalSignature (and keyEncipherment for RSA), serverAuth and clientAuth, SAN from the typed hosts.
struct CertificateTemplate {
    CertificateType type = CertificateType::end_entity;
    SubjectFields subject;
    Bytes subject_der;  // a whole name to be used as it stands; `subject` does not count then
    std::vector<HostName> hosts;
    UtcTime not_before;
    UtcTime not_after;
    std::optional<int> path_length;
};

// Throws Code::usage as issue() does for a subject that cannot be encoded: to know it before a key is made.
void check_subject(const SubjectFields& subject);

// Signs with SHA-512 (none of its own for ed25519) and a serial number of 158 random bits.
// Throws Code::usage for a field that cannot be encoded (country not two letters, a common name over 64 characters,
// control characters, not UTF-8), Code::failed when OpenSSL fails.
Certificate issue_self_signed(const CertificateTemplate& wanted, const PrivateKey& key);
Certificate issue(const CertificateTemplate& wanted, const PrivateKey& subject_key, const Certificate& issuer,
                  const PrivateKey& issuer_key);
// For somebody else's key, of which only the SubjectPublicKeyInfo is known: that of a certification request.
Certificate issue(const CertificateTemplate& wanted, ByteView subject_public_key_der, const Certificate& issuer,
                  const PrivateKey& issuer_key);

}  // namespace umsadm
