#pragma once

#include <optional>

#include "umsadm/base/bytes.hpp"

#include "lib/crypto/openssl_handles.hpp"

namespace umsadm::keystore {

// What links a certificate to its issuer.
class X509View {
public:
    // Empty for what OpenSSL cannot read; such a certificate is carried, not judged.
    static std::optional<X509View> parse(ByteView der);

    const X509_NAME* subject() const noexcept { return X509_get_subject_name(m_cert.get()); }
    const X509_NAME* issuer() const noexcept { return X509_get_issuer_name(m_cert.get()); }
    std::optional<Bytes> subject_key_id() const;
    std::optional<Bytes> authority_key_id() const;
    // Own name as issuer, and signed with its own key.
    bool is_self_signed() const;
    X509* handle() const noexcept { return m_cert.get(); }

private:
    explicit X509View(openssl::CertPtr cert) : m_cert(std::move(cert)) {}

    openssl::CertPtr m_cert;
};

}  // namespace umsadm::keystore
