#pragma once

#include <optional>

#include "umsadm/base/secret_source.hpp"
#include "umsadm/jobs/inventory.hpp"

#include "certificate_options.hpp"
#include "context.hpp"
#include "signing_key.hpp"

namespace umsadm::app {

// What a renewal changes; without anything the next generation has everything of the current one but dates and key.
struct RenewalOptions {
    LifetimeOptions lifetime;
    std::optional<KeySpec> key;
    bool reuse_key = false;
    std::optional<SecretSource> key_password;  // of the key that is kept
    std::optional<SecretSource> root_key_password;
};

// Makes and stores the next generation, and writes it to the audit log. Returns its fingerprint. A CA keeps its key: a
// root is extended then. Throws Code::refused for a CA that would get a new key, Code::not_found when the issuer or its
// key is not there.
Fingerprint renew_certificate(Context& ctx, const Site& site, const StoredCertificate& current,
                              const Inventory& inventory, IssuerKeys& issuer_keys, const RenewalOptions& options);

// The key that signs the next generation of `current`, which is no root: for a look ahead. Throws as
// renew_certificate() does.
const PrivateKey& signing_key_for(const StoredCertificate& current, const Inventory& inventory, IssuerKeys& issuer_keys,
                                  UtcTime now);

}  // namespace umsadm::app
