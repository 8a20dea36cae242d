#include "umsadm/crypto/pem.hpp"

#include <fmt/format.h>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"

#include "lib/crypto/openssl_handles.hpp"
#include "lib/crypto/pem_body.hpp"
#include "lib/crypto/pem_scanner.hpp"

namespace umsadm {
namespace {

bool is_certificate_label(std::string_view label) {
    return label == "CERTIFICATE" || label == "X509 CERTIFICATE" || label == "TRUSTED CERTIFICATE";
}

// OpenSSL's "TRUSTED CERTIFICATE" has trust settings after the certificate; they mean nothing here.
Bytes without_trust_settings(const Bytes& bytes) {
    const openssl::CleanErrorQueue queue;
    const unsigned char* at = bytes.data();
    const openssl::CertPtr certificate(openssl::require(d2i_X509_AUX(nullptr, &at, static_cast<long>(bytes.size())),
                                                        "read a trusted certificate", Code::invalid_data));
    return openssl::to_der(certificate.get(), i2d_X509, "encode a certificate");
}

const STACK_OF(X509) * certificates_of(const PKCS7& pkcs7) {
    return PKCS7_type_is_signed(&pkcs7) && pkcs7.d.sign != nullptr ? pkcs7.d.sign->cert : nullptr;
}

}  // namespace

std::vector<PemBlock> find_pem_blocks(std::string_view text) {
    std::vector<PemBlock> blocks;
    for (const PemSpan& span : scan_pem(text)) blocks.push_back({std::string(span.label), std::string(span.text)});
    return blocks;
}

Certificate decode_pem_certificate(const PemBlock& block) {
    if (!is_certificate_label(block.label)) {
        throw Error(Code::invalid_data, fmt::format("a PEM block {} is no certificate", in_quotes(block.label)));
    }
    const Bytes bytes = decode_pem_body({block.label, block.text});
    return Certificate::from_der(block.label == "TRUSTED CERTIFICATE" ? without_trust_settings(bytes) : bytes);
}

std::vector<Certificate> read_pem_certificates(std::string_view text) {
    std::vector<Certificate> certificates;
    for (const PemSpan& span : scan_pem(text)) {
        if (!is_certificate_label(span.label)) continue;
        certificates.push_back(decode_pem_certificate({std::string(span.label), std::string(span.text)}));
    }
    if (certificates.empty()) throw Error(Code::invalid_data, "there is no certificate in this text");
    return certificates;
}

std::vector<Certificate> read_pkcs7_certificates(ByteView der) {
    const openssl::CleanErrorQueue queue;
    const unsigned char* at = der.data();
    const openssl::Pkcs7Ptr pkcs7(openssl::require(d2i_PKCS7(nullptr, &at, static_cast<long>(der.size())),
                                                   "read a PKCS#7 file", Code::invalid_data));
    if (at != der.data() + der.size()) {
        throw Error(Code::invalid_data, "cannot read a PKCS#7 file: bytes after its end");
    }
    std::vector<Certificate> certificates;
    const STACK_OF(X509)* stack = certificates_of(*pkcs7);
    for (int i = 0; stack != nullptr && i < sk_X509_num(stack); ++i) {
        certificates.push_back(
            Certificate::from_der(openssl::to_der(sk_X509_value(stack, i), i2d_X509, "encode a certificate")));
    }
    if (certificates.empty()) throw Error(Code::invalid_data, "there is no certificate in this PKCS#7 file");
    return certificates;
}

}  // namespace umsadm
