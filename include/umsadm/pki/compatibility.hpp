#pragma once

#include <optional>
#include <string>
#include <vector>

#include "umsadm/base/finding.hpp"
#include "umsadm/base/host_name.hpp"
#include "umsadm/crypto/chain.hpp"
#include "umsadm/crypto/private_key.hpp"

namespace umsadm {

// The certificate that would take over.
struct NewCertificate {
    std::string name;   // display name
    std::string label;  // what messages call it: "ICG Berlin@3", or a file's name
    Chain chain;
    std::string root_name;            // display name of its root, empty when not in the site
    const PrivateKey* key = nullptr;  // null: not looked at (only its presence is known) or absent
    bool has_key = false;
};

// The one it takes over from: its chain, completed from what is known.
struct CurrentCertificate {
    Chain chain;
    bool served = true;  // false: nothing is served now, this is the stored one
};

struct CompatibilityRequest {
    NewCertificate next;
    std::optional<CurrentCertificate> current;  // empty: only the rules about the new one itself
    std::optional<HostName> gateway_host;
    std::optional<HostName> external_host;
    std::optional<Fingerprint> allowed_root;  // --allow-root-change
};

// Every rule of the renewal, each finding with its stable code; docs/commands/cert.md lists them with their sources.
// No error finding: compatible. Where our own rules about the chain find nothing, OpenSSL has the last word
// (verify_server_chain): what it refuses for another reason, such as a purpose, is "chain-invalid".
Findings check_compatibility(const CompatibilityRequest& request, UtcTime now);

}  // namespace umsadm
