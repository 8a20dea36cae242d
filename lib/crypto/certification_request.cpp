#include "umsadm/crypto/certification_request.hpp"

#include <algorithm>

#include <openssl/objects.h>

#include "umsadm/crypto/issue.hpp"

#include "lib/crypto/extension_writer.hpp"
#include "lib/crypto/extensions.hpp"
#include "lib/crypto/name.hpp"
#include "lib/crypto/pem_body.hpp"
#include "lib/crypto/private_key_data.hpp"
#include "lib/crypto/public_key.hpp"

namespace umsadm {

struct CertificationRequest::Data {
    Bytes der;
    std::string subject;
    SubjectFields subject_fields;
    Bytes subject_der;
    AlternativeNames names;
    std::optional<BasicConstraints> basic_constraints;
    KeySpec key;
    Bytes public_key_der;
};

namespace {

using openssl::CertRequestPtr;
using openssl::require;

constexpr std::string_view k_reading = "read a certification request";
constexpr std::string_view k_making = "make a certification request";
constexpr std::string_view k_label = "CERTIFICATE REQUEST";

bool is_request_label(std::string_view label) { return label == k_label || label == "NEW CERTIFICATE REQUEST"; }

CertRequestPtr decode(ByteView der) {
    const unsigned char* at = der.data();
    CertRequestPtr request(
        require(d2i_X509_REQ(nullptr, &at, static_cast<long>(der.size())), k_reading, Code::invalid_data));
    if (at != der.data() + der.size()) {
        throw Error(Code::invalid_data, "cannot read a certification request: bytes after its end");
    }
    const Bytes again = openssl::to_der(request.get(), i2d_X509_REQ, "encode a certification request");
    if (!std::equal(again.begin(), again.end(), der.begin(), der.end())) {
        throw Error(Code::invalid_data, "cannot read a certification request: it is not in DER");
    }
    return request;
}

void check_signature(X509_REQ& request) {
    EVP_PKEY* key =
        require(X509_REQ_get0_pubkey(&request), "read the key of a certification request", Code::invalid_data);
    if (X509_REQ_verify(&request, key) == 1) return;
    throw Error(Code::invalid_data, "the signature of a certification request is wrong: " + openssl::take_reason(),
                "the file is damaged, or was not made with the private key of its public key: ask for a new request");
}

openssl::ExtensionsPtr wanted_extensions(X509_REQ& request) {
    openssl::ExtensionsPtr extensions(X509_REQ_get_extensions(&request));
    const bool asks = X509_REQ_get_attr_by_NID(&request, NID_ext_req, -1) >= 0 ||
                      X509_REQ_get_attr_by_NID(&request, NID_ms_ext_req, -1) >= 0;
    if (asks && !extensions) {
        throw Error(Code::invalid_data, "cannot read a certification request: its extension request is damaged");
    }
    return extensions;
}

openssl::NamePtr subject_of(const RequestTemplate& wanted) {
    return wanted.subject_der.empty() ? make_name(wanted.subject) : decode_name(wanted.subject_der);
}

CertificateTemplate as_certificate(const RequestTemplate& wanted) {
    CertificateTemplate certificate;
    certificate.type = wanted.ca ? CertificateType::intermediate : CertificateType::end_entity;
    certificate.hosts = wanted.hosts;
    certificate.path_length = wanted.path_length;
    return certificate;
}

}  // namespace

CertificationRequest CertificationRequest::from_der(ByteView der) {
    const openssl::CleanErrorQueue queue;
    const CertRequestPtr request = decode(der);
    check_signature(*request);
    const X509_NAME& subject = *X509_REQ_get_subject_name(request.get());
    const openssl::ExtensionsPtr extensions = wanted_extensions(*request);

    auto data = std::make_shared<Data>();
    data->der = to_bytes(der);
    data->subject = name_text(subject);
    data->subject_fields = name_fields(subject);
    data->subject_der = openssl::to_der(&subject, i2d_X509_NAME, "encode a name");
    data->names = read_alternative_names(extensions.get());
    data->basic_constraints = read_basic_constraints(extensions.get());
    data->key = spec_of(*X509_REQ_get0_pubkey(request.get()));
    data->public_key_der =
        openssl::to_der(X509_REQ_get_X509_PUBKEY(request.get()), i2d_X509_PUBKEY, "encode a public key");
    return CertificationRequest(std::move(data));
}

CertificationRequest CertificationRequest::from_pem(std::string_view text) {
    std::optional<PemSpan> found;
    for (const PemSpan& span : scan_pem(text)) {
        if (!is_request_label(span.label)) continue;
        if (found) throw Error(Code::invalid_data, "there is more than one certification request in this text");
        found = span;
    }
    if (!found) throw Error(Code::invalid_data, "there is no certification request in this text");
    return from_der(decode_pem_body(*found));
}

const Bytes& CertificationRequest::der() const noexcept { return m_data->der; }
std::string CertificationRequest::pem() const { return to_pem(k_label, m_data->der); }
const std::string& CertificationRequest::subject() const noexcept { return m_data->subject; }
SubjectFields CertificationRequest::subject_fields() const { return m_data->subject_fields; }
Bytes CertificationRequest::subject_der() const { return m_data->subject_der; }
const std::vector<HostName>& CertificationRequest::hosts() const noexcept { return m_data->names.hosts; }

const std::vector<std::string>& CertificationRequest::unusable_hosts() const noexcept {
    return m_data->names.unusable_hosts;
}

const std::optional<BasicConstraints>& CertificationRequest::basic_constraints() const noexcept {
    return m_data->basic_constraints;
}

const KeySpec& CertificationRequest::key() const noexcept { return m_data->key; }
const Bytes& CertificationRequest::public_key_der() const noexcept { return m_data->public_key_der; }

CertificationRequest make_request(const RequestTemplate& wanted, const PrivateKey& key) {
    const openssl::CleanErrorQueue queue;
    EVP_PKEY* handle = data_of(key).key.get();
    const openssl::NamePtr subject = subject_of(wanted);
    const CertRequestPtr request(require(X509_REQ_new(), k_making));
    require(X509_REQ_set_version(request.get(), X509_REQ_VERSION_1), k_making);
    require(X509_REQ_set_subject_name(request.get(), subject.get()), k_making);
    require(X509_REQ_set_pubkey(request.get(), handle), k_making);
    const openssl::ExtensionsPtr extensions =
        make_extensions(as_certificate(wanted), *subject, *X509_REQ_get_X509_PUBKEY(request.get()));
    require(X509_REQ_add_extensions(request.get(), extensions.get()), k_making);
    require(X509_REQ_sign(request.get(), handle, signature_digest_for(*handle)), "sign a certification request");
    return CertificationRequest::from_der(
        openssl::to_der(request.get(), i2d_X509_REQ, "encode a certification request"));
}

}  // namespace umsadm
