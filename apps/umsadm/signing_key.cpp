#include "signing_key.hpp"

#include <fmt/format.h>

#include "umsadm/base/text.hpp"

#include "certificate_storing.hpp"

namespace umsadm::app {
namespace {

const StoredCertificate& owner_of_key(const Certificate& issuer, const Inventory& inventory) {
    if (const StoredCertificate* const holder = inventory.holder_of_key(issuer); holder != nullptr) return *holder;
    throw Error(Code::not_found,
                fmt::format("the private key of the issuer {} is not in the site", in_quotes(issuer.subject())),
                "sign where the key is: make a request here with \"umsadm cert request\", sign it there with \"umsadm "
                "cert sign\", and take the answer in with \"umsadm cert import\"; or add the key with \"umsadm cert "
                "import\", or \"umsadm cert set-key\" when it is in a token");
}

}  // namespace

PrivateKey open_token_key(Context& ctx, const std::string& uri, const std::string& what,
                          const std::optional<SecretSource>& pin, std::string_view option) {
    check_key_uri(uri);
    const Secret* const secret = ctx.secrets.read(pin, fmt::format("PIN of the token with {}", what));
    return with_context(fmt::format("opening {} in its token", what), [&] {
        try {
            return PrivateKey::from_token(uri, secret);
        } catch (Error& error) {
            if (secret == nullptr && error.hint().empty()) {
                error.set_hint(fmt::format("give the PIN of the token with {} SRC", option));
            }
            throw;
        }
    });
}

PrivateKey load_signing_key(Context& ctx, const Site& site, const StoredCertificate& owner,
                            const std::optional<SecretSource>& password, std::string_view option) {
    if (owner.record.key != StoredKey::token) return load_private_key(ctx, site, owner, password, option);
    const std::string what = fmt::format("the private key of {}", in_quotes(owner.label()));
    PrivateKey key = open_token_key(ctx, owner.record.key_uri, what, password, option);
    if (key.fits(owner.certificate)) return key;
    throw Error(Code::refused, fmt::format("the key {} in the token is not {}", in_quotes(owner.record.key_uri), what),
                "name the right one with \"umsadm cert set-key\"");
}

const PrivateKey& IssuerKeys::key_of(const Certificate& issuer, const Inventory& inventory) {
    const Bytes& id = issuer.public_key_der();
    if (const auto opened = m_opened.find(id); opened != m_opened.end()) return opened->second;
    if (const auto failed = m_failed.find(id); failed != m_failed.end()) throw Error(failed->second);
    try {
        const StoredCertificate& owner = owner_of_key(issuer, inventory);
        PrivateKey key = load_signing_key(m_ctx, m_site, owner, m_password, "--root-key-password");
        return m_opened.emplace(id, std::move(key)).first->second;
    } catch (const Error& error) {
        m_failed.emplace(id, error);
        throw;
    }
}

}  // namespace umsadm::app
