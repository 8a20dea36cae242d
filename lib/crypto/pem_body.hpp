#pragma once

#include <string>
#include <string_view>

#include "umsadm/base/bytes.hpp"

#include "lib/crypto/pem_scanner.hpp"

namespace umsadm {

// The bytes between the two marker lines, however the lines of their Base64 are broken. Throws Code::invalid_data.
Bytes decode_pem_body(const PemSpan& block);

// `der` as a PEM block (RFC 7468).
std::string to_pem(std::string_view label, ByteView der);

}  // namespace umsadm
