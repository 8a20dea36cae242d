#pragma once

#include <map>
#include <optional>
#include <string_view>

#include "umsadm/base/error.hpp"
#include "umsadm/base/secret_source.hpp"
#include "umsadm/crypto/private_key.hpp"
#include "umsadm/jobs/inventory.hpp"
#include "umsadm/registry/site.hpp"

#include "context.hpp"

namespace umsadm::app {

// A key that stays in a token. `what` says whose it is: "the private key of \"Root@1\"". `pin` is what the user gives
// with `option`. Throws as PrivateKey::from_token().
PrivateKey open_token_key(Context& ctx, const std::string& uri, const std::string& what,
                          const std::optional<SecretSource>& pin, std::string_view option);

// The private key of a certificate of the site, to sign with: in the site or in a token. `password` is that of the key
// or the PIN of the token. Throws Code::not_found when there is none, Code::refused when the key in the token is not
// that of the certificate, else as load_private_key() does.
PrivateKey load_signing_key(Context& ctx, const Site& site, const StoredCertificate& owner,
                            const std::optional<SecretSource>& password, std::string_view option);

// The keys of the authorities that a run signs with. Each is opened once, also when that fails: a token locks itself
// after a few wrong PINs.
class IssuerKeys {
public:
    IssuerKeys(Context& ctx, const Site& site, const std::optional<SecretSource>& password)
        : m_ctx(ctx), m_site(site), m_password(password) {}

    // The key of `issuer`: its own, or of another certificate of the same authority. Throws Code::not_found, with how
    // to sign elsewhere, when the site has none. The reference is valid as long as this object.
    const PrivateKey& key_of(const Certificate& issuer, const Inventory& inventory);

private:
    Context& m_ctx;
    const Site& m_site;
    std::optional<SecretSource> m_password;
    std::map<Bytes, PrivateKey> m_opened;  // by public key
    std::map<Bytes, Error> m_failed;
};

}  // namespace umsadm::app
