#pragma once

#include "umsadm/base/time.hpp"
#include "umsadm/pki/profile.hpp"

namespace umsadm {

constexpr int k_ums_id_years = 20;

// A new UMS ID as the UMS makes one at its installation: RSA 4096, SHA-512, 20 years, self-signed, and nothing of any
// host in it, because it survives a new host name, a new address and a restored database.
Issued issue_ums_id(UtcTime now);

}  // namespace umsadm
