#pragma once

#include "umsadm/pki/compatibility.hpp"

namespace umsadm {

// The rules behind check_compatibility(), by what they look at. Each appends what it finds.

// How messages call the new certificate: certificate "ICG Berlin@3".
std::string called(const NewCertificate& next);

// Signatures, CA flags, path lengths, dates and strengths along the chain; at the end OpenSSL's own verdict.
void check_chain(const NewCertificate& next, UtcTime now, Findings& findings);

// The end entity itself: its kind, hosts, name and key.
void check_leaf(const CompatibilityRequest& request, Findings& findings);

// Against the certificate that it takes over from.
void check_against_current(const CompatibilityRequest& request, const CurrentCertificate& current, Findings& findings);

}  // namespace umsadm
