#include "lib/keystore/x509_view.hpp"

namespace umsadm::keystore {
namespace {

std::optional<Bytes> octets_of(const ASN1_OCTET_STRING* string) {
    if (string == nullptr) return std::nullopt;
    return to_bytes({ASN1_STRING_get0_data(string), static_cast<std::size_t>(ASN1_STRING_length(string))});
}

}  // namespace

std::optional<X509View> X509View::parse(ByteView der) {
    const openssl::CleanErrorQueue errors;
    const unsigned char* at = der.data();
    openssl::CertPtr cert(der.empty() ? nullptr : d2i_X509(nullptr, &at, static_cast<long>(der.size())));
    if (!cert || at != der.data() + der.size()) return std::nullopt;
    return X509View(std::move(cert));
}

std::optional<Bytes> X509View::subject_key_id() const { return octets_of(X509_get0_subject_key_id(m_cert.get())); }

std::optional<Bytes> X509View::authority_key_id() const { return octets_of(X509_get0_authority_key_id(m_cert.get())); }

bool X509View::is_self_signed() const {
    const openssl::CleanErrorQueue errors;
    if (X509_NAME_cmp(subject(), issuer()) != 0) return false;
    EVP_PKEY* key = X509_get0_pubkey(m_cert.get());
    return key != nullptr && X509_verify(m_cert.get(), key) == 1;
}

}  // namespace umsadm::keystore
