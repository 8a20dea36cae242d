#pragma once

#include <optional>
#include <string>

#include "umsadm/crypto/private_key.hpp"
#include "umsadm/jobs/inventory.hpp"
#include "umsadm/registry/certificate_store.hpp"
#include "umsadm/registry/site.hpp"

#include "context.hpp"

namespace umsadm::app {

// A certificate made or read by this run, with what is kept of its key.
struct NewInSite {
    std::string name;
    Certificate certificate;
    CertificateOrigin origin = CertificateOrigin::created;
    const PrivateKey* key = nullptr;       // null: none
    const Secret* key_password = nullptr;  // null: the key is stored unencrypted
    std::string key_uri = {};              // of a key that stays in a token; `key` is null then
};

// Stores it as the next generation of its name. Hold the site's lock.
CertificateRecord store_in_site(const Site& site, const NewInSite& wanted, UtcTime now);

// Refuses a name that is taken (Code::failed, hint: renew it).
void refuse_taken_name(const Inventory& inventory, const std::string& name);

// How questions and messages call the password of a stored key.
std::string password_of_key(const StoredCertificate& owner);

// The private key of a certificate, from the site. When it is encrypted `password` is needed, which the user gives with
// `option`. Throws Code::not_found when the site has no key, Code::refused when it is in a token, Code::usage when it
// is encrypted and no password was given, Code::invalid_data when it is not the key of the certificate.
PrivateKey load_private_key(Context& ctx, const Site& site, const StoredCertificate& owner,
                            const std::optional<SecretSource>& password, std::string_view option);

}  // namespace umsadm::app
