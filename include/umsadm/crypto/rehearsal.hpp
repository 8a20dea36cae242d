#pragma once

#include <vector>

#include "umsadm/crypto/certificate.hpp"
#include "umsadm/crypto/private_key.hpp"

namespace umsadm {

// Plays a TLS server with this key and chain (leaf first) against a TLS client, in memory, once with TLS 1.2 and once
// with TLS 1.3. Throws Code::failed unless the client sees exactly this chain both times.
void rehearse_tls(const PrivateKey& key, const std::vector<Certificate>& chain);

}  // namespace umsadm
