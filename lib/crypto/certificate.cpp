#include "umsadm/crypto/certificate.hpp"

#include <algorithm>
#include <ctime>

#include <openssl/objects.h>

#include "umsadm/base/encoding.hpp"
#include "umsadm/base/text.hpp"
#include "umsadm/crypto/digest.hpp"

#include "lib/crypto/certificate_data.hpp"
#include "lib/crypto/extensions.hpp"
#include "lib/crypto/name.hpp"
#include "lib/crypto/public_key.hpp"

namespace umsadm {
namespace {

constexpr std::string_view k_reading = "read a certificate";

openssl::CertPtr decode(ByteView der) {
    const unsigned char* at = der.data();
    openssl::CertPtr x509(
        openssl::require(d2i_X509(nullptr, &at, static_cast<long>(der.size())), k_reading, Code::invalid_data));
    if (at != der.data() + der.size())
        throw Error(Code::invalid_data, "cannot read a certificate: bytes after its end");
    // d2i also reads BER; then the fingerprint would depend on who encodes the certificate again.
    const Bytes again = openssl::to_der(x509.get(), i2d_X509, "encode a certificate");
    if (!std::equal(again.begin(), again.end(), der.begin(), der.end())) {
        throw Error(Code::invalid_data, "cannot read a certificate: it is not in DER");
    }
    return x509;
}

Fingerprint fingerprint_of(ByteView der) {
    const Bytes digest = sha256(der);
    std::array<std::uint8_t, Fingerprint::k_size> bytes{};
    std::copy(digest.begin(), digest.end(), bytes.begin());
    return Fingerprint(bytes);
}

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

std::string read_serial(X509& x509) {
    const openssl::BignumPtr number(openssl::require(ASN1_INTEGER_to_BN(X509_get0_serialNumber(&x509), nullptr),
                                                     "read a certificate's serial number", Code::invalid_data));
    const openssl::MemoryPtr<char> text(
        openssl::require(BN_bn2hex(number.get()), "read a certificate's serial number"));
    return to_lower(text.get());
}

std::string read_signature_digest(X509& x509) {
    int digest = NID_undef;
    if (X509_get_signature_info(&x509, &digest, nullptr, nullptr, nullptr) != 1 && digest == NID_undef) return {};
    return digest == NID_undef ? std::string() : to_lower(OBJ_nid2sn(digest));
}

KeySpec read_key(const X509& x509) {
    // A key of a kind that OpenSSL does not know is still a certificate to show and to keep.
    const EVP_PKEY* key = X509_get0_pubkey(&x509);
    return key == nullptr ? KeySpec{KeySpec::Type::other, 0, "unknown"} : spec_of(*key);
}

bool verifies(const Certificate& certificate, const Certificate& signer) {
    const openssl::CleanErrorQueue queue;
    EVP_PKEY* key = X509_get0_pubkey(data_of(signer).x509.get());
    return key != nullptr && X509_verify(data_of(certificate).x509.get(), key) == 1;
}

}  // namespace

Certificate Certificate::from_der(ByteView der) {
    const openssl::CleanErrorQueue queue;
    return Data::read(decode(der), to_bytes(der));
}

Certificate certificate_from(openssl::CertPtr x509) {
    const openssl::CleanErrorQueue queue;
    Bytes der = openssl::to_der(x509.get(), i2d_X509, "encode a certificate");
    return Certificate::Data::read(std::move(x509), std::move(der));
}

Certificate Certificate::Data::read(openssl::CertPtr handle, Bytes encoded) {
    auto data = std::make_shared<Data>();
    data->x509 = std::move(handle);
    data->der = std::move(encoded);
    X509& x509 = *data->x509;
    data->fingerprint = fingerprint_of(data->der);
    data->subject = name_text(*X509_get_subject_name(&x509));
    data->issuer = name_text(*X509_get_issuer_name(&x509));
    data->canonical_subject = canonical_name(*X509_get_subject_name(&x509));
    data->canonical_issuer = canonical_name(*X509_get_issuer_name(&x509));
    data->serial = read_serial(x509);
    data->not_before = read_time(X509_get0_notBefore(&x509));
    data->not_after = read_time(X509_get0_notAfter(&x509));
    data->signature_digest = read_signature_digest(x509);
    data->key = read_key(x509);
    data->public_key_der = openssl::to_der(X509_get_X509_PUBKEY(&x509), i2d_X509_PUBKEY, "encode a public key");
    read_extensions(*data);
    return Certificate(std::move(data));
}

const Certificate::Data& data_of(const Certificate& certificate) noexcept { return *certificate.m_data; }

const Bytes& Certificate::der() const noexcept { return m_data->der; }

std::string Certificate::pem() const {
    constexpr std::size_t line_length = 64;  // RFC 7468
    const std::string base64 = base64_encode(m_data->der);
    std::string text = "-----BEGIN CERTIFICATE-----\n";
    for (std::size_t at = 0; at < base64.size(); at += line_length) {
        text.append(base64, at, line_length);
        text += '\n';
    }
    return text + "-----END CERTIFICATE-----\n";
}

const Fingerprint& Certificate::fingerprint() const noexcept { return m_data->fingerprint; }
const std::string& Certificate::subject() const noexcept { return m_data->subject; }
const std::string& Certificate::issuer() const noexcept { return m_data->issuer; }
const Bytes& Certificate::canonical_subject() const noexcept { return m_data->canonical_subject; }
const Bytes& Certificate::canonical_issuer() const noexcept { return m_data->canonical_issuer; }

SubjectFields Certificate::subject_fields() const {
    const openssl::CleanErrorQueue queue;
    return name_fields(*X509_get_subject_name(m_data->x509.get()));
}

Bytes Certificate::subject_der() const {
    return openssl::to_der(X509_get_subject_name(m_data->x509.get()), i2d_X509_NAME, "encode a name");
}

const std::string& Certificate::serial() const noexcept { return m_data->serial; }
bool Certificate::has_subject_alt_name() const noexcept { return m_data->has_subject_alt_name; }
const std::vector<HostName>& Certificate::hosts() const noexcept { return m_data->hosts; }
const std::vector<std::string>& Certificate::unusable_hosts() const noexcept { return m_data->unusable_hosts; }
UtcTime Certificate::not_before() const noexcept { return m_data->not_before; }
UtcTime Certificate::not_after() const noexcept { return m_data->not_after; }

const std::optional<BasicConstraints>& Certificate::basic_constraints() const noexcept {
    return m_data->basic_constraints;
}

bool Certificate::is_ca() const noexcept { return m_data->basic_constraints && m_data->basic_constraints->ca; }
bool Certificate::may_sign_certificates() const noexcept { return m_data->may_sign_certificates; }
bool Certificate::may_serve_tls() const noexcept { return m_data->may_serve_tls; }
const KeySpec& Certificate::key() const noexcept { return m_data->key; }
const Bytes& Certificate::public_key_der() const noexcept { return m_data->public_key_der; }
const std::string& Certificate::signature_digest() const noexcept { return m_data->signature_digest; }

bool Certificate::is_self_issued() const noexcept { return canonical_subject() == canonical_issuer(); }

bool Certificate::is_self_signed() const { return is_signed_by(*this); }

bool Certificate::is_signed_by(const Certificate& issuer) const {
    return canonical_issuer() == issuer.canonical_subject() && verifies(*this, issuer);
}

}  // namespace umsadm
