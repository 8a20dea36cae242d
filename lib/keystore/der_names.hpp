#pragma once

#include <optional>

#include "umsadm/base/bytes.hpp"

namespace umsadm::keystore {

// Whether `der` is a single DER SEQUENCE with nothing after it: the cheap look that finds a damaged certificate.
bool is_one_der_sequence(ByteView der) noexcept;

// Whether certificate `issuer` has the name that `subject` gives as its issuer's; empty when one of them cannot be
// read. Only the names are looked at: OpenSSL takes most of a millisecond for a whole certificate.
std::optional<bool> names_as_issuer(ByteView subject, ByteView issuer);

// Whether the second element inside the SEQUENCE `der` is the explicitly tagged [0].
bool has_explicit_second(ByteView der) noexcept;

}  // namespace umsadm::keystore
