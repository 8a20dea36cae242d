#pragma once

#include <optional>
#include <string>
#include <vector>

#include "umsadm/base/time.hpp"
#include "umsadm/crypto/certificate.hpp"

namespace umsadm {

// A path from `leaf` upwards, leaf first. `complete` when it ends in a self-signed certificate.
struct Chain {
    std::vector<Certificate> certificates;
    bool complete = false;

    const Certificate& leaf() const { return certificates.front(); }
    const Certificate& top() const { return certificates.back(); }
};

// Builds the path from `leaf` up, using certificates of `pool` that really signed (dates do not matter here).
// Where several fit, one that is valid at `now` and lives longest is taken. Never loops; at most 10 certificates.
Chain build_chain(const Certificate& leaf, const std::vector<Certificate>& pool, UtcTime now);

// Whether two CA certificates are the same authority: same subject and same public key (a root that was extended
// with the same key counts as the same root).
bool same_authority(const Certificate& a, const Certificate& b);

// OpenSSL's own verdict over a complete chain as a TLS server's: purpose, dates at `now`, security level 2 for all but
// the root's own signature, and the rules of RFC 5280 (X509_STRICT) but for the few that the roots of the UMS break
// (docs/chain-verification.md). Empty when it is fine, else OpenSSL's reason.
std::optional<std::string> verify_server_chain(const Chain& chain, UtcTime now);

}  // namespace umsadm
