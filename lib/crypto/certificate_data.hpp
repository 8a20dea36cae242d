#pragma once

#include <mutex>

#include "umsadm/crypto/certificate.hpp"

#include "lib/crypto/certificate_parts.hpp"
#include "lib/crypto/lazy.hpp"
#include "lib/crypto/openssl_handles.hpp"

namespace umsadm {

// What is read from the parts without the key, when it is first asked for: a site has thousands of certificates, and a
// command asks few of them.
struct CertificateContent {
    std::string subject;
    std::string issuer;
    std::string serial;
    std::string signature_digest;
    KeySpec key;
    bool has_subject_alt_name = false;
    std::vector<HostName> hosts;
    std::vector<std::string> unusable_hosts;
    std::optional<BasicConstraints> basic_constraints;
    bool may_sign_certificates = true;
    bool may_serve_tls = true;
};

// OpenSSL's own object, for what it verifies and serves. Throws Code::invalid_data when the key in it is written so
// that OpenSSL refuses the whole.
class CertificateHandle {
public:
    CertificateHandle(const Bytes& der, openssl::CertPtr decoded) : m_der(der), m_decoded(std::move(decoded)) {}

    X509* get() const;
    X509& operator*() const { return *get(); }

private:
    const Bytes& m_der;
    openssl::CertPtr m_decoded;  // where there was one already
    Lazy<openssl::CertPtr> m_x509;
};

struct Certificate::Data {
    // `digest` is that of `encoded`, `decoded` may be null. Throws Code::invalid_data.
    Data(Bytes encoded, const Fingerprint& digest, openssl::CertPtr decoded);
    static Certificate make(Bytes encoded, openssl::CertPtr decoded);

    const Bytes der;
    const CertificatePartsPtr parts;
    const CertificateHandle x509;
    const Fingerprint fingerprint;
    const Bytes canonical_subject;
    const Bytes canonical_issuer;
    const UtcTime not_before;
    const UtcTime not_after;
    const Bytes public_key_der;

    const CertificateContent& content() const;
    EVP_PKEY* public_key() const;  // null when OpenSSL does not know its kind
    // Whether the key of `signer` verifies the signature; names are not looked at.
    bool is_verified_with(const Data& signer) const;
    bool is_self_signed() const;

private:
    bool was_verified_with(const Data& signer) const;

    Lazy<CertificateContent> m_content;
    Lazy<bool> m_self_signed;
    mutable std::mutex m_guard;
    mutable std::vector<Fingerprint> m_signers;  // whose keys verified the signature already
};

const Certificate::Data& data_of(const Certificate& certificate) noexcept;

// A certificate that OpenSSL has decoded already, in its encoding. Throws Code::invalid_data as from_der() does.
Certificate certificate_from(openssl::CertPtr x509);

}  // namespace umsadm
