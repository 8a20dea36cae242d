#pragma once

#include <string_view>

#include "umsadm/base/finding.hpp"
#include "umsadm/crypto/certificate.hpp"

namespace umsadm {

// Rules about one member of a chain; `called` is how messages name it. Each appends what it finds.

// "expired", "not-yet-valid".
void check_validity(const Certificate& member, std::string_view called, UtcTime now, Findings& findings);
// "weak-signature". Not for a root's own signature.
void check_signature_strength(const Certificate& member, std::string_view called, Findings& findings);
// "weak-key".
void check_key_strength(const Certificate& member, std::string_view called, Findings& findings);
// "ca-flag-missing", of a certificate that signs others.
void check_ca_flag(const Certificate& member, std::string_view called, Findings& findings);

}  // namespace umsadm
