#include "umsadm/crypto/certificate.hpp"

#include <algorithm>
#include <ctime>

#include <openssl/objects.h>

#include "umsadm/base/text.hpp"

#include "lib/crypto/certificate_pool.hpp"
#include "lib/crypto/extensions.hpp"
#include "lib/crypto/name.hpp"
#include "lib/crypto/pem_body.hpp"
#include "lib/crypto/public_key.hpp"

namespace umsadm {
namespace {

UtcTime read_time(const ASN1_TIME* time) {
    std::tm fields{};
    openssl::require(time == nullptr ? 0 : ASN1_TIME_to_tm(time, &fields), "read a certificate's validity",
                     Code::invalid_data);
    const std::chrono::year_month_day date{std::chrono::year(fields.tm_year + 1900),
                                           std::chrono::month(static_cast<unsigned>(fields.tm_mon + 1)),
                                           std::chrono::day(static_cast<unsigned>(fields.tm_mday))};
    return std::chrono::sys_days(date) + std::chrono::hours(fields.tm_hour) + std::chrono::minutes(fields.tm_min) +
           std::chrono::seconds(fields.tm_sec);
}

std::string read_serial(const ASN1_INTEGER& serial) {
    const openssl::BignumPtr number(
        openssl::require(ASN1_INTEGER_to_BN(&serial, nullptr), "read a certificate's serial number"));
    const openssl::MemoryPtr<char> text(
        openssl::require(BN_bn2hex(number.get()), "read a certificate's serial number"));
    return to_lower(text.get());
}

std::string digest_name(int nid) { return nid == NID_undef ? std::string() : to_lower(OBJ_nid2sn(nid)); }

std::string read_signature_digest(const Certificate::Data& data) {
    int digest = NID_undef;
    int key = NID_undef;
    const int algorithm = OBJ_obj2nid(data.parts->algorithm->algorithm);
    if (OBJ_find_sigid_algs(algorithm, &digest, &key) == 1 && key != NID_rsassaPss) return digest_name(digest);
    // RSA-PSS names its digest in the parameters, which OpenSSL reads.
    X509_get_signature_info(data.x509.get(), &digest, nullptr, nullptr, nullptr);
    return digest_name(digest);
}

KeySpec read_key(const Certificate::Data& data) {
    if (const auto said = spec_of(*data.parts->signed_part->key)) return *said;
    // A key of a kind that OpenSSL does not know is still a certificate to show and to keep.
    const EVP_PKEY* key = data.public_key();
    return key == nullptr ? KeySpec{KeySpec::Type::other, 0, "unknown"} : spec_of(*key);
}

CertificateContent read_content(const Certificate::Data& data) {
    const openssl::CleanErrorQueue queue;
    const ToBeSigned& part = *data.parts->signed_part;
    CertificateContent content;
    content.subject = name_text(*part.subject);
    content.issuer = name_text(*part.issuer);
    content.serial = read_serial(*part.serial);
    content.signature_digest = read_signature_digest(data);
    content.key = read_key(data);
    read_extensions(part.extensions, content);
    return content;
}

}  // namespace

X509* CertificateHandle::get() const {
    if (m_decoded) return m_decoded.get();
    const auto decode = [this] {
        const openssl::CleanErrorQueue queue;
        const unsigned char* at = m_der.data();
        return openssl::CertPtr(openssl::require(d2i_X509(nullptr, &at, static_cast<long>(m_der.size())),
                                                 "read a certificate", Code::invalid_data));
    };
    return m_x509.get(decode).get();
}

Certificate::Data::Data(Bytes encoded, const Fingerprint& digest, openssl::CertPtr decoded)
    : der(std::move(encoded)),
      parts(decode_certificate_parts(der)),
      x509(der, std::move(decoded)),
      fingerprint(digest),
      canonical_subject(canonical_name(*parts->signed_part->subject)),
      canonical_issuer(canonical_name(*parts->signed_part->issuer)),
      not_before(read_time(parts->signed_part->validity->notBefore)),
      not_after(read_time(parts->signed_part->validity->notAfter)),
      public_key_der(public_key_der_of(*parts)) {}

const CertificateContent& Certificate::Data::content() const {
    return m_content.get([this] { return read_content(*this); });
}

EVP_PKEY* Certificate::Data::public_key() const {
    const openssl::CleanErrorQueue queue;
    try {
        // The handle's own: who asks for a key needs the handle, too, and the key is nearly all of what it costs.
        return X509_get0_pubkey(x509.get());
    } catch (const Error&) {  // OpenSSL refuses the whole
        return nullptr;
    }
}

bool Certificate::Data::was_verified_with(const Data& signer) const {
    const std::lock_guard lock(m_guard);
    return std::find(m_signers.begin(), m_signers.end(), signer.fingerprint) != m_signers.end();
}

bool Certificate::Data::is_verified_with(const Data& signer) const {
    if (was_verified_with(signer)) return true;
    EVP_PKEY* key = signer.public_key();
    const openssl::CleanErrorQueue queue;
    if (key == nullptr || !is_signed_with(*parts, *key)) return false;
    const std::lock_guard lock(m_guard);
    m_signers.push_back(signer.fingerprint);
    return true;
}

bool Certificate::Data::is_self_signed() const {
    return m_self_signed.get([this] { return canonical_subject == canonical_issuer && is_verified_with(*this); });
}

Certificate Certificate::from_der(ByteView der) {
    const openssl::CleanErrorQueue queue;
    return Data::make(to_bytes(der), nullptr);
}

Certificate certificate_from(openssl::CertPtr x509) {
    const openssl::CleanErrorQueue queue;
    Bytes der = openssl::to_der(x509.get(), i2d_X509, "encode a certificate");
    return Certificate::Data::make(std::move(der), std::move(x509));
}

Certificate Certificate::Data::make(Bytes encoded, openssl::CertPtr decoded) {
    return Certificate(CertificatePool::shared().get(std::move(encoded), std::move(decoded)));
}

const Certificate::Data& data_of(const Certificate& certificate) noexcept { return *certificate.m_data; }

const Bytes& Certificate::der() const noexcept { return m_data->der; }

std::string Certificate::pem() const { return to_pem("CERTIFICATE", m_data->der); }

const Fingerprint& Certificate::fingerprint() const noexcept { return m_data->fingerprint; }
const std::string& Certificate::subject() const noexcept { return m_data->content().subject; }
const std::string& Certificate::issuer() const noexcept { return m_data->content().issuer; }
const Bytes& Certificate::canonical_subject() const noexcept { return m_data->canonical_subject; }
const Bytes& Certificate::canonical_issuer() const noexcept { return m_data->canonical_issuer; }

SubjectFields Certificate::subject_fields() const {
    const openssl::CleanErrorQueue queue;
    return name_fields(*m_data->parts->signed_part->subject);
}

Bytes Certificate::subject_der() const {
    return openssl::to_der(m_data->parts->signed_part->subject, i2d_X509_NAME, "encode a name");
}

const std::string& Certificate::serial() const noexcept { return m_data->content().serial; }
bool Certificate::has_subject_alt_name() const noexcept { return m_data->content().has_subject_alt_name; }
const std::vector<HostName>& Certificate::hosts() const noexcept { return m_data->content().hosts; }
const std::vector<std::string>& Certificate::unusable_hosts() const noexcept {
    return m_data->content().unusable_hosts;
}
UtcTime Certificate::not_before() const noexcept { return m_data->not_before; }
UtcTime Certificate::not_after() const noexcept { return m_data->not_after; }

const std::optional<BasicConstraints>& Certificate::basic_constraints() const noexcept {
    return m_data->content().basic_constraints;
}

bool Certificate::is_ca() const noexcept { return basic_constraints() && basic_constraints()->ca; }
bool Certificate::may_sign_certificates() const noexcept { return m_data->content().may_sign_certificates; }
bool Certificate::may_serve_tls() const noexcept { return m_data->content().may_serve_tls; }
const KeySpec& Certificate::key() const noexcept { return m_data->content().key; }
const Bytes& Certificate::public_key_der() const noexcept { return m_data->public_key_der; }
const std::string& Certificate::signature_digest() const noexcept { return m_data->content().signature_digest; }

bool Certificate::is_self_issued() const noexcept { return canonical_subject() == canonical_issuer(); }

bool Certificate::is_self_signed() const { return m_data->is_self_signed(); }

bool Certificate::is_signed_by(const Certificate& issuer) const {
    return canonical_issuer() == issuer.canonical_subject() && m_data->is_verified_with(*issuer.m_data);
}

}  // namespace umsadm
