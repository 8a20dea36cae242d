#pragma once

#include "umsadm/pki/compatibility.hpp"

namespace umsadm {

// The rules behind check_compatibility(), by what they look at. Each appends what it finds.

// How messages call the new certificate: certificate "ICG Berlin@3".
std::string called(const NewCertificate& next);

// Signatures, CA flags, path lengths, dates and strengths along the chain; at the end OpenSSL's own verdict.
void check_chain(const NewCertificate& next, UtcTime now, Findings& findings);

// The same without OpenSSL's verdict, which stands below; and single rules of it.
void check_members(const NewCertificate& next, UtcTime now, Findings& findings);
void check_verdict(const NewCertificate& next, UtcTime now, Findings& findings);
void check_path_lengths(const NewCertificate& next, Findings& findings);
void check_outlives(const NewCertificate& next, Findings& findings);
// "name-equals-root": also that the certificate has not its issuer's name.
void check_name(const NewCertificate& next, Findings& findings);

// The end entity itself: its kind, hosts, name and key.
void check_leaf(const CompatibilityRequest& request, Findings& findings);

// Against the certificate that it takes over from.
void check_against_current(const CompatibilityRequest& request, const CurrentCertificate& current, Findings& findings);

}  // namespace umsadm
