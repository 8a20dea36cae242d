#pragma once

#include <optional>

#include "umsadm/base/secret_source.hpp"
#include "umsadm/jobs/inventory.hpp"

#include "certificate_options.hpp"
#include "context.hpp"

namespace umsadm::app {

// What a renewal changes; without anything the next generation has everything of the current one but dates and key.
struct RenewalOptions {
    LifetimeOptions lifetime;
    std::optional<KeySpec> key;
    bool reuse_key = false;
    std::optional<SecretSource> key_password;  // of the key that is kept
    std::optional<SecretSource> root_key_password;
};

// Makes and stores the next generation of an end entity, and writes it to the audit log. Returns its fingerprint.
// Throws Code::refused for a CA, Code::not_found when the issuer or its key is not in the site.
Fingerprint renew_certificate(Context& ctx, const Site& site, const StoredCertificate& current,
                              const Inventory& inventory, const RenewalOptions& options);

}  // namespace umsadm::app
