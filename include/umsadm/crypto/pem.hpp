#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "umsadm/base/bytes.hpp"
#include "umsadm/crypto/certificate.hpp"

namespace umsadm {

// One "-----BEGIN LABEL-----" block as it stands in a text, whole.
struct PemBlock {
    std::string label;
    std::string text;  // from BEGIN to END, ready for PrivateKey::from_pem or decode_pem_certificate
};

// All blocks of a text; what stands between them is passed over. Throws Code::invalid_data on a block without an end.
std::vector<PemBlock> find_pem_blocks(std::string_view text);

Certificate decode_pem_certificate(const PemBlock& block);

// All certificates of a PEM text. Throws Code::invalid_data when there is none or one is damaged.
std::vector<Certificate> read_pem_certificates(std::string_view text);

// All certificates of a PKCS#7 "certs only" file in DER (a .p7b). Throws Code::invalid_data.
std::vector<Certificate> read_pkcs7_certificates(ByteView der);

}  // namespace umsadm
