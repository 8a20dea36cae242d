#include "umsadm/crypto/issue.hpp"

#include <ctime>

#include "lib/crypto/certificate_data.hpp"
#include "lib/crypto/extension_writer.hpp"
#include "lib/crypto/name.hpp"
#include "lib/crypto/private_key_data.hpp"
#include "lib/crypto/public_key.hpp"

namespace umsadm {
namespace {

using openssl::require;

constexpr std::string_view k_making = "make a certificate";

void set_serial(X509& x509) {
    // The top bit of the 159 is set: always 20 octets, always positive, and 158 bits are left to chance.
    constexpr int bits = 159;
    const openssl::BignumPtr number(require(BN_new(), k_making));
    require(BN_rand(number.get(), bits, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY), k_making);
    const openssl::IntegerPtr serial(require(BN_to_ASN1_INTEGER(number.get(), nullptr), k_making));
    require(X509_set_serialNumber(&x509, serial.get()), k_making);
}

void set_validity(X509& x509, const CertificateTemplate& wanted) {
    const auto seconds = [](UtcTime time) { return static_cast<std::time_t>(time.time_since_epoch().count()); };
    require(ASN1_TIME_set(X509_getm_notBefore(&x509), seconds(wanted.not_before)), "encode \"not before\"");
    require(ASN1_TIME_set(X509_getm_notAfter(&x509), seconds(wanted.not_after)), "encode \"not after\"");
}

openssl::CertPtr draft(const CertificateTemplate& wanted, EVP_PKEY& subject_key) {
    openssl::CertPtr x509(require(X509_new(), k_making));
    require(X509_set_version(x509.get(), X509_VERSION_3), k_making);
    set_serial(*x509);
    set_validity(*x509, wanted);
    const auto subject = wanted.subject_der.empty() ? make_name(wanted.subject) : decode_name(wanted.subject_der);
    require(X509_set_subject_name(x509.get(), subject.get()), k_making);
    require(X509_set_pubkey(x509.get(), &subject_key), k_making);
    return x509;
}

openssl::ExtensionsPtr extensions_for(X509& x509, const CertificateTemplate& wanted) {
    return make_extensions(wanted, *X509_get_subject_name(&x509), *X509_get_X509_PUBKEY(&x509));
}

void add_extensions(X509& x509, const Extensions& extensions) {
    for (int i = 0; i < sk_X509_EXTENSION_num(&extensions); ++i) {
        require(X509_add_ext(&x509, sk_X509_EXTENSION_value(&extensions, i), -1), k_making);
    }
}

Certificate sign(X509& x509, const PrivateKey& key) {
    EVP_PKEY* handle = data_of(key).key.get();
    require(X509_sign(&x509, handle, signature_digest_for(*handle)), "sign a certificate");
    return Certificate::from_der(openssl::to_der(&x509, i2d_X509, "encode a certificate"));
}

Certificate issue_for(EVP_PKEY& subject_key, const CertificateTemplate& wanted, const Certificate& issuer,
                      const PrivateKey& issuer_key) {
    X509& issuer_x509 = *data_of(issuer).x509;
    const openssl::CertPtr x509 = draft(wanted, subject_key);
    // Byte for byte: some clients compare names without the rules for case and blanks.
    require(X509_set_issuer_name(x509.get(), X509_get_subject_name(&issuer_x509)), k_making);
    const openssl::ExtensionsPtr extensions = extensions_for(*x509, wanted);
    add_authority_key_id(*extensions, issuer_x509);
    add_extensions(*x509, *extensions);
    return sign(*x509, issuer_key);
}

}  // namespace

std::string_view certificate_type_name(CertificateType type) noexcept {
    switch (type) {
        case CertificateType::root: return "root";
        case CertificateType::intermediate: return "intermediate";
        case CertificateType::end_entity: return "end-entity";
    }
    return "end-entity";
}

void check_subject(const SubjectFields& subject) {
    const openssl::CleanErrorQueue queue;
    (void)make_name(subject);
}

Certificate issue_self_signed(const CertificateTemplate& wanted, const PrivateKey& key) {
    const openssl::CleanErrorQueue queue;
    const openssl::CertPtr x509 = draft(wanted, *data_of(key).key);
    require(X509_set_issuer_name(x509.get(), X509_get_subject_name(x509.get())), k_making);
    add_extensions(*x509, *extensions_for(*x509, wanted));
    return sign(*x509, key);
}

Certificate issue(const CertificateTemplate& wanted, const PrivateKey& subject_key, const Certificate& issuer,
                  const PrivateKey& issuer_key) {
    const openssl::CleanErrorQueue queue;
    return issue_for(*data_of(subject_key).key, wanted, issuer, issuer_key);
}

Certificate issue(const CertificateTemplate& wanted, ByteView subject_public_key_der, const Certificate& issuer,
                  const PrivateKey& issuer_key) {
    const openssl::CleanErrorQueue queue;
    return issue_for(*decode_public_key(subject_public_key_der), wanted, issuer, issuer_key);
}

}  // namespace umsadm
