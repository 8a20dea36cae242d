#pragma once

#include "lib/crypto/certificate_data.hpp"

namespace umsadm {

// Fills what the extensions of `data.x509` say. A damaged extension does not make the certificate unreadable (it may
// sit in a trust store that must be kept as it is); it gives nothing away: no CA, no host, no permission.
void read_extensions(Certificate::Data& data);

}  // namespace umsadm
