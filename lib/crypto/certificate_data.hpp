#pragma once

#include "umsadm/crypto/certificate.hpp"

#include "lib/crypto/openssl_handles.hpp"

namespace umsadm {

struct Certificate::Data {
    Bytes der;
    openssl::CertPtr x509;
    Fingerprint fingerprint;
    std::string subject;
    std::string issuer;
    Bytes canonical_subject;
    Bytes canonical_issuer;
    std::string serial;
    UtcTime not_before;
    UtcTime not_after;
    std::string signature_digest;
    KeySpec key;
    Bytes public_key_der;

    bool has_subject_alt_name = false;
    std::vector<HostName> hosts;
    std::vector<std::string> unusable_hosts;
    std::optional<BasicConstraints> basic_constraints;
    bool may_sign_certificates = true;
    bool may_serve_tls = true;

    // `encoded` is the DER of `handle`.
    static Certificate read(openssl::CertPtr handle, Bytes encoded);
};

const Certificate::Data& data_of(const Certificate& certificate) noexcept;

// A certificate that OpenSSL has decoded already, in its encoding. Throws Code::invalid_data as from_der() does.
Certificate certificate_from(openssl::CertPtr x509);

}  // namespace umsadm
